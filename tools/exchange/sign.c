#include "exchange/sign.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/proc.h"
#include "exchange/bundle.h"

#define NAMESPACE "meshbench"
#define TIMEOUT_NS INT64_C(60000000000)

enum {
    OUTPUT_BYTES = 64 << 10,
    ARMOUR_BYTES = 64 << 10,
    ARMOUR_COLUMNS = 70, // as ssh-keygen breaks its lines
    MAX_ARGS = 16
};

const char *mb_sign_state_name(enum mb_sign_state state)
{
    static const char *const names[] = {"none", "bad", "valid", "trusted", "unknown"};
    return names[state];
}

struct call {
    const char *argv[MAX_ARGS];
    const char *input;
    char *said; // what it printed, without the final line's end
    int status;
};

static enum mb_status keygen_run(struct mb_arena *arena, struct call *call,
                                 struct mb_err *err)
{
    struct mb_buf output;
    mb_buf_init(&output, OUTPUT_BYTES);
    const struct mb_proc_spec spec = {
        .argv = call->argv, .input_path = call->input, .cpu = -1, .detached = true};
    enum mb_status status =
        mb_proc_capture(&spec, true, TIMEOUT_NS, &output, &call->status, err);
    if (status != MB_OK) {
        mb_err_hint(err, "signatures are made and checked by OpenSSH's ssh-keygen, 8.1 "
                         "or later");
    }
    while (output.size > 0 && strchr("\r\n", output.data[output.size - 1]) != NULL) {
        output.size--;
    }
    call->said =
        mb_arena_copy_bytes(arena, output.size > 0 ? output.data : "", output.size);
    mb_buf_release(&output);
    return status;
}

// The first line of what it said, for messages.
static const char *first_line(struct mb_arena *arena, const char *said)
{
    return mb_arena_copy_bytes(arena, said, strcspn(said, "\r\n"));
}

enum mb_status mb_sign_make(struct mb_arena *arena, const char *dir, const char *key,
                            struct mb_err *err)
{
    struct call call = {.argv = {"ssh-keygen", "-q", "-Y", "sign", "-n", NAMESPACE, "-f",
                                 key, mb_file_join(arena, dir, MB_BUNDLE_SUMS), NULL}};
    enum mb_status status = keygen_run(arena, &call, err);
    if (status == MB_OK && (call.status != 0 || !mb_file_exists(mb_file_join(
                                                    arena, dir, MB_BUNDLE_SIGNATURE)))) {
        mb_err_hint(err, "a key with a passphrase is used through ssh-agent: name its "
                         ".pub file");
        status = mb_err_set(err, MB_FAILED, "cannot sign with '%s': %s", key,
                            call.said[0] != '\0' ? first_line(arena, call.said)
                                                 : "ssh-keygen says nothing");
    }
    return status;
}

// The armour has to be the one that ssh-keygen writes for its content, so that no byte of
// the file is free: line ends, padding and what stands around it.
static bool armour_exact(const char *text, size_t size)
{
    static const char begin[] = "-----BEGIN SSH SIGNATURE-----\n";
    static const char end[] = "-----END SSH SIGNATURE-----\n";
    struct mb_buf base64 = {0};
    struct mb_buf bytes = {0};
    struct mb_buf again = {0};
    struct mb_buf expected = {0};
    struct mb_err err = {0};
    for (size_t i = sizeof begin - 1; i + sizeof end - 1 < size; i++) {
        if (text[i] != '\n') {
            mb_buf_append_char(&base64, text[i]);
        }
    }
    bool good = mb_digest_base64_decode(mb_buf_string(&base64), base64.size, &bytes,
                                        &err) == MB_OK;
    mb_digest_base64_encode(mb_buf_string(&bytes), bytes.size, &again);
    mb_buf_append_string(&expected, begin);
    for (size_t i = 0; i < again.size; i += ARMOUR_COLUMNS) {
        size_t left = again.size - i;
        mb_buf_append(&expected, again.data + i,
                      left < ARMOUR_COLUMNS ? left : ARMOUR_COLUMNS);
        mb_buf_append_char(&expected, '\n');
    }
    mb_buf_append_string(&expected, end);
    good = good && expected.size == size && memcmp(expected.data, text, size) == 0;
    mb_buf_release(&expected);
    mb_buf_release(&again);
    mb_buf_release(&bytes);
    mb_buf_release(&base64);
    return good;
}

// 'Good "meshbench" signature with ED25519 key SHA256:...', perhaps 'for NAME' between.
static const char *key_find(struct mb_arena *arena, const char *said)
{
    const char *with = strstr(said, " with ");
    return with == NULL ? NULL : first_line(arena, with + strlen(" with "));
}

static enum mb_status signer_find(struct mb_arena *arena, const char *dir,
                                  const char *allowed, struct mb_sign *sign,
                                  struct mb_err *err)
{
    const char *signature = mb_file_join(arena, dir, MB_BUNDLE_SIGNATURE);
    struct call find = {.argv = {"ssh-keygen", "-Y", "find-principals", "-f", allowed,
                                 "-s", signature, NULL}};
    sign->state = MB_SIGN_UNKNOWN;
    enum mb_status status = keygen_run(arena, &find, err);
    if (status != MB_OK || find.status != 0) {
        return status;
    }
    const char *signer = first_line(arena, find.said);
    struct call verify = {.argv = {"ssh-keygen", "-Y", "verify", "-f", allowed, "-I",
                                   signer, "-n", NAMESPACE, "-s", signature, NULL},
                          .input = mb_file_join(arena, dir, MB_BUNDLE_SUMS)};
    status = keygen_run(arena, &verify, err);
    if (status == MB_OK && verify.status == 0) {
        sign->state = MB_SIGN_TRUSTED;
        sign->signer = signer;
    }
    return status;
}

enum mb_status mb_sign_check(struct mb_arena *arena, const char *dir, const char *allowed,
                             struct mb_sign *sign, struct mb_err *err)
{
    const char *path = mb_file_join(arena, dir, MB_BUNDLE_SIGNATURE);
    struct mb_buf armour = {0};
    *sign = (struct mb_sign){.state = MB_SIGN_NONE};
    if (!mb_file_exists(path)) {
        return MB_OK;
    }
    if (allowed != NULL && !mb_file_exists(allowed)) {
        return mb_err_set(err, MB_FAILED, "cannot read allowed signers '%s'", allowed);
    }
    enum mb_status status = mb_file_read(path, NULL, ARMOUR_BYTES, &armour, err);
    bool exact = status == MB_OK && armour_exact(mb_buf_string(&armour), armour.size);
    mb_buf_release(&armour);
    if (status != MB_OK) {
        return status;
    }
    struct call call = {.argv = {"ssh-keygen", "-Y", "check-novalidate", "-n", NAMESPACE,
                                 "-s", path, NULL},
                        .input = mb_file_join(arena, dir, MB_BUNDLE_SUMS)};
    status = keygen_run(arena, &call, err);
    if (status != MB_OK) {
        return status;
    }
    if (call.status != 0 || !exact) {
        sign->state = MB_SIGN_BAD;
        sign->trouble = call.status != 0 ? first_line(arena, call.said)
                                         : "not written as ssh-keygen writes it";
        return MB_OK;
    }
    sign->state = MB_SIGN_VALID;
    sign->key = key_find(arena, call.said);
    return allowed == NULL ? MB_OK : signer_find(arena, dir, allowed, sign, err);
}
