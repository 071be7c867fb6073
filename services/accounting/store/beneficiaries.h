/* beneficiaries.h: the table of beneficiaries. One function a statement; the rules are the callers'. */
#ifndef ACCOUNTING_STORE_BENEFICIARIES_H
#define ACCOUNTING_STORE_BENEFICIARIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/domain/beneficiary.h"
#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"
#include "db/listing.h"

/* Gives the id. ERR_CONFLICT: the member has this address already. */
bool beneficiary_insert(struct db *db, struct beneficiary *row, struct err *err) MUST_CHECK;
/* Writes state, codes and times. ERR_CONFLICT as above. */
bool beneficiary_update(struct db *db, const struct beneficiary *row, struct err *err) MUST_CHECK;

/* member_id 0: anybody's. ERR_NOT_FOUND. */
bool beneficiary_find(struct db *db, struct arena *arena, uint64_t id, uint64_t member_id,
                      struct beneficiary *ret_row, struct err *err) MUST_CHECK;
bool beneficiary_find_locked(struct db *db, struct arena *arena, uint64_t id, uint64_t member_id,
                             struct beneficiary *ret_row, struct err *err) MUST_CHECK;
bool beneficiary_address_exists(struct db *db, uint64_t member_id, const char *currency_id,
                                const char *address_index, bool *ret_exists, struct err *err)
    MUST_CHECK;

struct beneficiary_filter {
    uint64_t member_id, id; /* 0: any */
    const char *blockchain_key;
    const char *const *currency_ids;
    size_t currency_ids_count;
    uint32_t states; /* a bit for each enum beneficiary_state; 0: any */
};
bool beneficiary_list(struct db *db, const struct beneficiary_filter *filter,
                      struct listing *listing, struct listed *ret_listed, struct err *err)
    MUST_CHECK;

/* ---- wrong codes ---- */

bool pin_failure_insert(struct db *db, uint64_t member_id, uint64_t beneficiary_id, int64_t now_us,
                        struct err *err) MUST_CHECK;
bool pin_failures_count(struct db *db, uint64_t member_id, int64_t since_us, uint64_t *ret_count,
                        struct err *err) MUST_CHECK;

#endif
