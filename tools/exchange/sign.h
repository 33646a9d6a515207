// Detached signatures of a bundle, by OpenSSH's ssh-keygen (docs/why/signatures.md): over
// SHA256SUMS, namespace "meshbench". Exchange floor: may include base.
#ifndef MB_EXCHANGE_SIGN_H
#define MB_EXCHANGE_SIGN_H

#include "base/arena.h"
#include "base/err.h"

enum mb_sign_state {
    MB_SIGN_NONE,    // not signed
    MB_SIGN_BAD,     // it does not belong to these bytes, or is no signature
    MB_SIGN_VALID,   // by some key; nobody vouches for it
    MB_SIGN_TRUSTED, // by a key that the list of allowed signers names
    MB_SIGN_UNKNOWN  // valid, but the list does not name its key
};
const char *mb_sign_state_name(enum mb_sign_state state); // "none", "bad", ...

struct mb_sign {
    enum mb_sign_state state;
    const char *key;     // "ED25519 key SHA256:..."; NULL when not known
    const char *signer;  // who the list says that it is; NULL
    const char *trouble; // why it is bad; NULL
};

// Signs DIR/SHA256SUMS with an SSH key (a private key's file, or a public one whose
// private half is in the agent): writes DIR/SHA256SUMS.sig. A missing ssh-keygen, key or
// agent is MB_FAILED with its words.
MB_MUST_USE enum mb_status mb_sign_make(struct mb_arena *arena, const char *dir,
                                        const char *key, struct mb_err *err);

// Checks DIR/SHA256SUMS.sig. `allowed` is a file as ssh-keygen's ALLOWED SIGNERS, or
// NULL. Texts in arena. MB_FAILED: ssh-keygen could not be run.
MB_MUST_USE enum mb_status mb_sign_check(struct mb_arena *arena, const char *dir,
                                         const char *allowed, struct mb_sign *sign,
                                         struct mb_err *err);

#endif
