/*
 * change_rules.h: the small rules that every row of the catalog obeys, and how a draft is laid over
 * a row. A rule that is broken is ERR_INVALID; its story is a sentence that begins with the name of
 * the field, as administrators read it.
 */
#ifndef ACCOUNTING_ACTIONS_CHANGE_RULES_H
#define ACCOUNTING_ACTIONS_CHANGE_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "contract/param_value.h"
#include "db/db.h"

/* ---- laying a draft over a row; what was not given stays ---- */

void take_text(const char **slot, const char *given); /* "" clears */
void take_dec(struct dec *slot, struct param_dec given);
void take_i64(int64_t *slot, struct param_i64 given);
void take_bool(bool *slot, struct param_bool given);

/* ---- trying ---- */

/* Runs the unit in a transaction that is rolled back, whatever it says. */
bool unit_try(struct db *db, db_unit *unit, void *arg, struct err *err) MUST_CHECK;

/* ---- rules ---- */

bool rule_present(const char *field, const char *text, struct err *err) MUST_CHECK;
bool rule_length(const char *field, const char *text, size_t max, struct err *err) MUST_CHECK;
/* One of the words, which are separated by blanks; NULL is none of them. */
bool rule_word(const char *field, const char *text, const char *words, struct err *err) MUST_CHECK;
bool rule_range(const char *field, int64_t number, int64_t min, int64_t max, struct err *err)
    MUST_CHECK;
bool rule_not_negative(const char *field, struct dec value, struct err *err) MUST_CHECK;
/* A JSON object; NULL is fine. */
bool rule_object(const char *field, const char *json, size_t max, struct err *err) MUST_CHECK;
/* Lower-case letters, digits, '-', '_' and '.', beginning with a letter or digit. */
bool rule_code(const char *field, const char *text, size_t max, struct err *err) MUST_CHECK;
/* NULL, or http:// or https:// and something behind it. */
bool rule_url(const char *field, const char *text, struct err *err) MUST_CHECK;
/* NULL, or one and more of them between blanks and commas. */
bool rule_urls(const char *field, const char *text, struct err *err) MUST_CHECK;

/* Turns the database's "duplicate" (a race that the check before it lost) into the sentence. */
bool rule_unique(const char *field, bool written, struct err *err) MUST_CHECK;

/* The text in lower case, without blanks around it; NULL: NULL. */
const char *lower_text(struct arena *arena, const char *text);

#endif
