// What the parts of the notes share. Compare floor, for notes*.c only.
#ifndef MB_COMPARE_NOTES_H
#define MB_COMPARE_NOTES_H

#include <stddef.h>

#include "base/arena.h"
#include "base/mem.h"
#include "compare/compare.h"

enum { MB_NOTES_SHOWN = 3 }; // places of one kind that are named; the others are counted

// Places at which one rule is broken. Begun with a code and zeros.
struct mb_notes_tally {
    const char *code;
    const char *messages[MB_NOTES_SHOWN];
    size_t count;
};

// Counts a place; the message is made only while it will be shown.
void mb_notes_count(struct mb_arena *arena, struct mb_notes_tally *tally,
                    const char *format, ...) MB_PRINTF(3, 4);

// Adds a note for each place that is named, and one for the others.
void mb_notes_end(struct mb_arena *arena, const struct mb_notes_tally *tally,
                  struct mb_compare_report *report);

// In arena: "NAME: " before what is said of one result among several, else "".
const char *mb_notes_side(struct mb_arena *arena, const struct mb_compare_report *report,
                          size_t side);

// Notes about effects; mb_compare_notes adds those about results.
void mb_notes_effects(struct mb_arena *arena, struct mb_compare_report *report);

#endif
