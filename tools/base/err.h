// Status codes and the error that explains them. Base floor: includes nothing of ours.
//
// A function that can fail returns `enum mb_status` and takes `struct mb_err *err` last.
// The caller owns the struct and never passes NULL. On success it is untouched; on
// failure the first error wins and outer layers may only prepend context.
#ifndef MB_BASE_ERR_H
#define MB_BASE_ERR_H

#define MB_MUST_USE __attribute__((warn_unused_result))
#define MB_PRINTF(fmt_index, args_index)                                                 \
    __attribute__((format(printf, fmt_index, args_index)))

// The values are the exit statuses that the command line promises.
enum mb_status {
    MB_OK = 0,
    MB_INVALID = 1,      // the input was read and is wrong: a finding, a failed gate
    MB_USAGE = 2,        // the command line is wrong
    MB_FAILED = 3,       // the operation could not be done: I/O, network, tool missing
    MB_BUG = 70,         // we are wrong
    MB_UNDECIDED = 125,  // `duel` only: the data cannot tell; `git bisect run` skips it
    MB_INTERRUPTED = 130 // stopped by the user, after saving what was measured
};

struct mb_err {
    enum mb_status code;
    int line;           // 1-based; 0 when there is no place
    int column;         // 1-based, in characters; 0 when there is no place
    char file[512];     // empty when the error is not about a file
    char message[1024]; // lower case, failure first, no final stop
    char hint[512];     // what to do next; may be empty
};

// Fills *err unless it already holds an error. Returns the code that *err holds.
enum mb_status mb_err_set(struct mb_err *err, enum mb_status code, const char *format,
                          ...) MB_PRINTF(3, 4);

// Same, with the place. `file` is copied; line and column may be 0.
enum mb_status mb_err_at(struct mb_err *err, enum mb_status code, const char *file,
                         int line, int column, const char *format, ...) MB_PRINTF(6, 7);

// Same with MB_FAILED and the system's reason (an errno value) after ": ".
enum mb_status mb_err_system(struct mb_err *err, int number, const char *format, ...)
    MB_PRINTF(3, 4);

// Sets the hint of an error that has none yet.
void mb_err_hint(struct mb_err *err, const char *format, ...) MB_PRINTF(2, 3);

// Puts "context: " before the message. Call it only after a failure.
void mb_err_prepend(struct mb_err *err, const char *format, ...) MB_PRINTF(2, 3);

// Makes *err ready to hold a new first error.
void mb_err_clear(struct mb_err *err);

#endif
