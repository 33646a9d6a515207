// Timers in a binary heap, earliest first. App floor: may include base.
#ifndef MB_APP_TIMERS_H
#define MB_APP_TIMERS_H

#include <stddef.h>
#include <stdint.h>

// Part of what waits for it.
struct mb_timer {
    int64_t due_ns;
    size_t index; // its place in the heap
};

// Filled with zeros it is empty.
struct mb_timers {
    struct mb_timer **items; // borrowed
    size_t count;
    size_t capacity;
};

void mb_timers_release(struct mb_timers *timers);

// Borrows the timer, which must not be in a heap, until it is removed.
void mb_timers_add(struct mb_timers *timers, struct mb_timer *timer);
// The timer must be in this heap.
void mb_timers_remove(struct mb_timers *timers, struct mb_timer *timer);

// The earliest, or NULL.
struct mb_timer *mb_timers_first(const struct mb_timers *timers);

#endif
