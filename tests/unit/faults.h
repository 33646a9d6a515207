// System calls that fail on purpose. The linker sends the calls of the library through
// here (--wrap, see FAULT_CALLS in the Makefile); as long as nothing is armed they go on
// to the system. Meant for loops that make each call fail once:
//
//     for (unsigned nth = 1;; nth++) {
//         fault_arm(FAULT_WRITE, nth, ENOSPC);
//         enum mb_status status = operation(&err);
//         if (!fault_disarm()) {
//             break; // there is no nth call: all of them have failed once
//         }
//         assert_int_equal(status, MB_FAILED);
//     }
#ifndef MB_TESTS_FAULTS_H
#define MB_TESTS_FAULTS_H

#include <stdbool.h>

enum fault_call {
    FAULT_NONE,
    FAULT_OPEN,
    FAULT_READ,
    FAULT_WRITE,
    FAULT_FSYNC,
    FAULT_CLOSE, // closes, then fails, as the system does
    FAULT_RENAME,
    FAULT_FCHMOD,
    FAULT_FTRUNCATE,
    FAULT_MKDIR,
    FAULT_PIPE,
    FAULT_FORK
};

// What a call does instead of failing with an errno value: it reads or writes one byte.
enum { FAULT_SHORT = -1 };

// The nth call (from 1) of this kind from now on fails with `reason`, an errno value, or
// is cut short. The calls before and after it work.
void fault_arm(enum fault_call call, unsigned nth, int reason);

// Lets all calls work again. True when the armed one has happened.
bool fault_disarm(void);

#endif
