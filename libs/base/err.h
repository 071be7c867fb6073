/*
 * err.h: failures are values with a code and a story.
 *
 * A function that can fail returns bool, is MUST_CHECK, takes `struct err *err` last, and writes it
 * on failure only. Its `ret_` outputs are written on success only. So calls chain:
 *
 *     if (!market_find(markets, id, &market, err) || !order_cost(request, market, &cost, err))
 *         return false;
 *     if (dec_cmp(account->balance, cost) < 0)
 *         return err_set(err, ERR_FUNDS_INSUFFICIENT, "need %s %s", dec_str(cost, text), currency);
 *
 * The code decides what the world sees (errors.def: HTTP status, wire key, retry class); the story
 * (`what`) is for the log. A nearer wire key is attached with err_set_key(). The struct has a fixed
 * size: reporting a failure can't fail. It may be copied, and crosses threads by value.
 *
 * Libraries and actions return errors, they don't log them; the edges (http, bus, main) log once.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

#include "base/check.h"

enum err_code {
#define E(name, status, key, retry, doc) ERR_##name,
#include "base/errors.def"
#undef E
    ERR_MAX
};

enum err_retry { ERR_FINAL, ERR_RETRY };

struct err {
    enum err_code code;
    const char *key; /* wire key, a string that lives for ever; NULL: the one of the code */
    char what[216];  /* for the log; never empty after a failure */
};

/* Sets the error. Always false, so that it can be returned. */
bool err_set(struct err *err, enum err_code code, const char *format, ...) PRINTF(3, 4);

/* The same with a nearer wire key, which must be a constant string. Always false. */
bool err_set_key(struct err *err, enum err_code code, const char *key, const char *format, ...)
    PRINTF(4, 5);

/* Puts "CONTEXT: " in front of the story, keeps the code. Always false. */
bool err_wrap(struct err *err, const char *format, ...) PRINTF(2, 3);

/* ---- what the table says of a code ---- */

int err_status(enum err_code code);           /* HTTP status */
const char *err_key(const struct err *err);   /* the wire key */
const char *err_name(enum err_code code);     /* "FUNDS_INSUFFICIENT" */
const char *err_doc(enum err_code code);      /* one sentence */
enum err_retry err_retry(enum err_code code); /* whether the same request may succeed later */

#endif
