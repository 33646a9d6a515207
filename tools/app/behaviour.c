#include "app/behaviour.h"

#include <string.h>

#include "base/units.h"

#define SHARE_ONE INT64_C(1000000000)

enum { LEAST_STATUS = 200, MOST_STATUS = 599, PIECE_BYTES = 80 };

// Copies the piece of `text` up to one of `marks` and moves on past it. False when it is
// too long to be anything that we know.
static bool take_piece(const char **text, const char *marks, char piece[PIECE_BYTES])
{
    size_t length = strcspn(*text, marks);
    if (length >= PIECE_BYTES) {
        return false;
    }
    memcpy(piece, *text, length);
    piece[length] = '\0';
    *text += length;
    *text += **text != '\0';
    return true;
}

static bool parse_status(const char *text, int *status)
{
    struct mb_err err = {0};
    int64_t value = 0;
    if (mb_units_parse_int(text, LEAST_STATUS, MOST_STATUS, &value, &err) != MB_OK) {
        return false;
    }
    *status = (int)value;
    return true;
}

static enum mb_status bad_mix(const char *text, struct mb_err *err)
{
    (void)mb_err_set(err, MB_INVALID, "'%.100s' is not a mix of statuses", text);
    mb_err_hint(err, "as 503, or 503:1%%,429:0.5%%: statuses from 200 to 599, at most "
                     "16 of them, shares up to 100%% in total");
    return MB_INVALID;
}

enum mb_status mb_behaviour_parse_mix(const char *text, struct mb_behaviour *behaviour,
                                      struct mb_err *err)
{
    char piece[PIECE_BYTES];
    const char *rest = text;
    int64_t left = SHARE_ONE;
    struct mb_behaviour made = *behaviour;
    made.status_count = 0;
    while (*rest != '\0') {
        struct mb_err why = {0};
        struct mb_behaviour_status *item = &made.statuses[made.status_count];
        if (made.status_count == MB_BEHAVIOUR_MAX_STATUSES ||
            !take_piece(&rest, ",", piece)) {
            return bad_mix(text, err);
        }
        char *share = strchr(piece, ':');
        item->share = SHARE_ONE;
        if (share != NULL) {
            *share++ = '\0';
            if (mb_units_parse(MB_UNIT_SHARE, share, &item->share, &why) != MB_OK) {
                return bad_mix(text, err);
            }
        }
        left -= item->share;
        if (!parse_status(piece, &item->status) || left < 0) {
            return bad_mix(text, err);
        }
        made.status_count++;
    }
    if (made.status_count == 0) {
        return bad_mix(text, err);
    }
    *behaviour = made;
    return MB_OK;
}

static enum mb_status parse_parameter(const char *name, const char *value,
                                      struct mb_behaviour *behaviour, struct mb_err *err)
{
    if (strcmp(name, "delay") == 0) {
        behaviour->delayed = true;
        return mb_delay_parse(value, &behaviour->delay, err);
    }
    if (strcmp(name, "status") == 0) {
        return mb_behaviour_parse_mix(value, behaviour, err);
    }
    if (strcmp(name, "size") == 0) {
        struct mb_err why = {0};
        int64_t size = 0;
        if (mb_units_parse_int(value, 0, MB_BEHAVIOUR_MAX_SIZE, &size, &why) != MB_OK) {
            enum mb_status status = mb_units_parse(MB_UNIT_SIZE, value, &size, err);
            if (status != MB_OK) {
                return status;
            }
        }
        if (size > MB_BEHAVIOUR_MAX_SIZE) {
            return mb_err_set(err, MB_INVALID, "a size of '%.40s' is more than 1Gi",
                              value);
        }
        behaviour->size_bytes = size;
    }
    return MB_OK;
}

enum mb_status mb_behaviour_parse_query(const char *query, struct mb_behaviour *behaviour,
                                        struct mb_err *err)
{
    char piece[PIECE_BYTES];
    const char *rest = query;
    enum mb_status status = MB_OK;
    while (status == MB_OK && *rest != '\0') {
        if (!take_piece(&rest, "&", piece)) {
            return mb_err_set(err, MB_INVALID, "a query parameter is too long");
        }
        char *value = strchr(piece, '=');
        if (value != NULL) {
            *value++ = '\0';
            status = parse_parameter(piece, value, behaviour, err);
        }
    }
    return status;
}

int mb_behaviour_draw_status(const struct mb_behaviour *behaviour, struct mb_rng *rng)
{
    if (behaviour->status_count == 0) {
        return 200;
    }
    int64_t point = (int64_t)mb_rng_below(rng, (uint64_t)SHARE_ONE);
    for (size_t i = 0; i < behaviour->status_count; i++) {
        point -= behaviour->statuses[i].share;
        if (point < 0) {
            return behaviour->statuses[i].status;
        }
    }
    return 200;
}

enum mb_status mb_stall_parse(const char *text, struct mb_stall *stall,
                              struct mb_err *err)
{
    static const char random_prefix[] = "random:";
    char piece[PIECE_BYTES];
    struct mb_err why = {0};
    struct mb_stall made = {.active = true};
    const char *rest = text;
    if (strncmp(text, random_prefix, strlen(random_prefix)) == 0) {
        made.random = true;
        rest += strlen(random_prefix);
    }
    if (take_piece(&rest, "/", piece) &&
        mb_units_parse(MB_UNIT_DURATION, piece, &made.length_ns, &why) == MB_OK &&
        mb_units_parse(MB_UNIT_DURATION, rest, &made.every_ns, &why) == MB_OK &&
        made.length_ns > 0 && made.every_ns > 0 &&
        (made.random || made.length_ns < made.every_ns) &&
        made.every_ns <= MB_DELAY_MAX_NS && made.length_ns <= MB_DELAY_MAX_NS) {
        *stall = made;
        return MB_OK;
    }
    (void)mb_err_set(err, MB_INVALID, "'%.60s' is not a stall", text);
    mb_err_hint(err, "as 200ms/2s (200 ms long, one every 2 s) or random:200ms/2s");
    return MB_INVALID;
}

static int64_t draw_exponential(struct mb_stall *stall, int64_t mean_ns)
{
    struct mb_delay delay = {.kind = MB_DELAY_EXPONENTIAL, .first_ns = mean_ns};
    return mb_delay_draw(&delay, &stall->rng);
}

static void draw_next(struct mb_stall *stall, int64_t start_ns, int64_t end_ns)
{
    stall->next_ns = start_ns + stall->every_ns;
    stall->next_length_ns = stall->length_ns;
    if (stall->random) {
        stall->next_ns = end_ns + draw_exponential(stall, stall->every_ns);
        stall->next_length_ns = draw_exponential(stall, stall->length_ns);
    }
}

void mb_stall_begin(struct mb_stall *stall, uint64_t seed, int64_t now_ns)
{
    mb_rng_init(&stall->rng, mb_rng_derive(seed, "stalls"));
    // Half a gap before the first, so that a trial of n gaps that is begun soon has n
    // whole stalls.
    draw_next(stall, now_ns, now_ns);
    stall->next_ns -= stall->random ? 0 : stall->every_ns / 2;
}

void mb_stall_advance(struct mb_stall *stall)
{
    draw_next(stall, stall->next_ns, stall->next_ns + stall->next_length_ns);
}
