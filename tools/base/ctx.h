// The process's surroundings: streams, clock, environment, seed, interruption. State that
// would else be global travels here, so that a test can replace each piece. Base floor.
#ifndef MB_BASE_CTX_H
#define MB_BASE_CTX_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct mb_clock {
    int64_t (*monotonic_ns)(void *state); // for durations; never goes back
    int64_t (*wall_ns)(void *state);      // UTC, since 1970-01-01
    // Sleeps until that monotonic time or until *interrupted is set.
    void (*sleep_until)(void *state, int64_t monotonic_ns,
                        const volatile sig_atomic_t *interrupted);
    void *state;
};

struct mb_ctx {
    FILE *in;
    FILE *out; // results, people's output
    FILE *err; // progress and diagnostics
    struct mb_clock clock;
    const char *(*env)(const char *name);     // getenv or a fake; NULL when unset
    const volatile sig_atomic_t *interrupted; // number of interrupts asked for so far
    const char *program;                      // argv[0]: how to start ourselves again
    bool out_terminal;
    bool err_terminal;
    bool color; // out and err may carry colour (terminal, no NO_COLOR, TERM not dumb)
    int width;  // columns of the terminal; 80 when unknown
};

// The machine's own clocks.
struct mb_clock mb_clock_system(void);

// Fills *ctx from the process: standard streams, system clock, getenv, terminal size.
// Borrows `interrupted` and `program`.
void mb_ctx_init(struct mb_ctx *ctx, const char *program,
                 const volatile sig_atomic_t *interrupted);

#endif
