// The disclosure page of a bundle: who measured what on what, and what is not disclosed,
// written from the result alone. Exchange floor: may include base, format, model, check.
#ifndef MB_EXCHANGE_DISCLOSURE_PAGE_H
#define MB_EXCHANGE_DISCLOSURE_PAGE_H

#include "base/arena.h"
#include "base/buf.h"
#include "check/rules.h"
#include "model/result.h"

// Appends the page as Markdown. Texts from the result can neither form markup nor steer
// a terminal. The same result always gives the same bytes.
void mb_disclosure_page(struct mb_arena *arena, const struct mb_result *result,
                        enum mb_level level, const char *digest, struct mb_buf *out);

#endif
