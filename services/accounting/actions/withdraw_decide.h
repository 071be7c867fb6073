/*
 * withdraw_decide.h: somebody decides about a withdrawal: its member cancels it, an operator or another
 * server moves it. Whatever gives the funds back makes sure first that no payment can go out any more:
 * the gateway has cancelled it, or never had it.
 */
#ifndef ACCOUNTING_ACTIONS_WITHDRAW_DECIDE_H
#define ACCOUNTING_ACTIONS_WITHDRAW_DECIDE_H

#include <stdbool.h>

#include "accounting/actions/outgoing.h"
#include "accounting/domain/withdraw.h"
#include "base/err.h"

struct withdraw_decision {
    uint64_t id;
    uint64_t member_id; /* 0: whoever's it is */
    enum withdraw_event event;
    const char *txid; /* NULL: none; of load, dispatch, success */
};

/* ERR_STATE_CONFLICT: not from where it stands, or the payment is signed; ERR_PEER_UNAVAILABLE: the
 * gateway does not say. */
bool withdraw_decide(const struct outgoing *outgoing, const struct withdraw_decision *decision,
                     struct withdraw *ret_row, struct err *err) MUST_CHECK;

/* Fiat, to its end: accepted if it still was prepared, processed, dispatched, succeed. Coins: as far
 * as `accept` brings them. */
bool withdraw_carry_out(const struct outgoing *outgoing, uint64_t id, struct withdraw *ret_row,
                        struct err *err) MUST_CHECK;

/* Merges an object into the row's metadata. ERR_INVALID: it grows too large. */
bool withdraw_add_metadata(const struct outgoing *outgoing, uint64_t id, const char *json,
                           struct withdraw *ret_row, struct err *err) MUST_CHECK;

#endif
