/*
 * fiat_payments.h: the tables of payments by bank and of the references that members write on them.
 * One function a statement; the rules are the callers'. Text belongs to the arena.
 */
#ifndef ACCOUNTING_STORE_FIAT_PAYMENTS_H
#define ACCOUNTING_STORE_FIAT_PAYMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "accounting/domain/fiat_payment.h"
#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"
#include "db/listing.h"

/* Gives the id. ERR_CONFLICT: the source told of it before. */
bool fiat_payment_insert(struct db *db, struct fiat_payment *row, int64_t now_us, struct err *err)
    MUST_CHECK;
/* Writes what moves: state, reason, member, deposit, who, note. */
bool fiat_payment_update(struct db *db, struct fiat_payment *row, int64_t now_us, struct err *err)
    MUST_CHECK;

/* ERR_NOT_FOUND. */
bool fiat_payment_find_locked(struct db *db, struct arena *arena, uint64_t id,
                              struct fiat_payment *ret_row, struct err *err) MUST_CHECK;
bool fiat_payment_find_event_locked(struct db *db, struct arena *arena, const char *source,
                                    const char *event_id, struct fiat_payment *ret_row,
                                    struct err *err) MUST_CHECK;
bool fiat_payment_get(struct db *db, struct arena *arena, uint64_t id, struct fiat_payment *ret_row,
                      struct err *err) MUST_CHECK;

struct fiat_payment_filter {
    uint64_t id, member_id; /* 0: any */
    const char *state, *currency_id, *source, *event_id;
};
bool fiat_payment_list(struct db *db, const struct fiat_payment_filter *filter,
                       struct listing *listing, struct listed *ret_listed, struct err *err)
    MUST_CHECK;

/* ---- references ---- */

struct payment_reference {
    char reference[PAYMENT_REFERENCE_SIZE], currency_id[CURRENCY_ID_SIZE];
    uint64_t member_id;
};
/* ERR_NOT_FOUND. */
bool payment_reference_of_member(struct db *db, uint64_t member_id, const char *currency_id,
                                 struct payment_reference *ret_row, struct err *err) MUST_CHECK;
bool payment_reference_find(struct db *db, const char *reference, struct payment_reference *ret_row,
                            struct err *err) MUST_CHECK;
/* ERR_CONFLICT: it is taken, or the member has one. */
bool payment_reference_insert(struct db *db, const struct payment_reference *row, int64_t now_us,
                              struct err *err) MUST_CHECK;

#endif
