#include "app/timers.h"

#include "base/mem.h"

static void place(struct mb_timers *timers, size_t index, struct mb_timer *timer)
{
    timers->items[index] = timer;
    timer->index = index;
}

static void rise(struct mb_timers *timers, size_t index)
{
    struct mb_timer *timer = timers->items[index];
    while (index > 0 && timers->items[(index - 1) / 2]->due_ns > timer->due_ns) {
        place(timers, index, timers->items[(index - 1) / 2]);
        index = (index - 1) / 2;
    }
    place(timers, index, timer);
}

static void sink(struct mb_timers *timers, size_t index)
{
    struct mb_timer *timer = timers->items[index];
    for (;;) {
        size_t child = 2 * index + 1;
        if (child + 1 < timers->count &&
            timers->items[child + 1]->due_ns < timers->items[child]->due_ns) {
            child++;
        }
        if (child >= timers->count || timers->items[child]->due_ns >= timer->due_ns) {
            break;
        }
        place(timers, index, timers->items[child]);
        index = child;
    }
    place(timers, index, timer);
}

void mb_timers_release(struct mb_timers *timers)
{
    mb_mem_free(timers->items);
    *timers = (struct mb_timers){0};
}

void mb_timers_add(struct mb_timers *timers, struct mb_timer *timer)
{
    if (timers->count == timers->capacity) {
        timers->capacity = timers->capacity * 2 + 64;
        timers->items =
            mb_mem_resize(timers->items, timers->capacity, sizeof(struct mb_timer *));
    }
    timers->count++;
    place(timers, timers->count - 1, timer);
    rise(timers, timer->index);
}

void mb_timers_remove(struct mb_timers *timers, struct mb_timer *timer)
{
    timers->count--;
    struct mb_timer *last = timers->items[timers->count];
    if (last != timer) {
        place(timers, timer->index, last);
        rise(timers, last->index);
        sink(timers, last->index);
    }
}

struct mb_timer *mb_timers_first(const struct mb_timers *timers)
{
    return timers->count > 0 ? timers->items[0] : NULL;
}
