/*
 * payout_requests.h: payments that the gateway is asked for. A row is written in the transaction that
 * moves its withdrawal to processing, and what its body pays never changes: asked again, the gateway
 * answers for the same payment. Approvals may be added to it.
 */
#ifndef ACCOUNTING_STORE_PAYOUT_REQUESTS_H
#define ACCOUNTING_STORE_PAYOUT_REQUESTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"

/* States: pending (to be sent), accepted (the gateway has it), refused (it will never have it), stopping
 * (somebody pays in another way),
 * conflict (it has another one of that name: for an operator), ended (nothing can go out any more). */
struct payout_request {
    uint64_t withdraw_id;
    const char *state, *body, *payout_state, *error;
    uint64_t attempts;
    int64_t next_at, created_at, updated_at;
};

/* A row that is there keeps its body and is sent again. */
bool payout_request_put(struct db *db, uint64_t withdraw_id, const char *body, int64_t now_us,
                        struct err *err) MUST_CHECK;
/* The body with other approvals, to be sent again unless it is over; an answer to the body of before
 * leaves it pending. */
bool payout_request_renew(struct db *db, uint64_t withdraw_id, const char *body, int64_t now_us,
                          struct err *err) MUST_CHECK;
/* ERR_NOT_FOUND. */
bool payout_request_find(struct db *db, struct arena *arena, uint64_t withdraw_id,
                         struct payout_request *ret_request, struct err *err) MUST_CHECK;
/* The pending ones that are due, oldest first. */
bool payout_requests_due(struct db *db, struct arena *arena, int64_t now_us, size_t limit,
                         struct payout_request **ret_requests, size_t *ret_count, struct err *err)
    MUST_CHECK;
/* Writes state, attempts (one more than were read), error, next_at, updated_at; only while it is still
 * pending and was not renewed meanwhile. */
bool payout_request_tried(struct db *db, const struct payout_request *request, struct err *err)
    MUST_CHECK;
bool payout_request_set_state(struct db *db, uint64_t withdraw_id, const char *state,
                              int64_t now_us, struct err *err) MUST_CHECK;
bool payout_request_set_payout_state(struct db *db, uint64_t withdraw_id, const char *payout_state,
                                     int64_t now_us, struct err *err) MUST_CHECK;

#endif
