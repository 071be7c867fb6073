/*
 * payout_request.h: what accounting asks: pay this, forget it, where is it. The id makes it one payout
 * however often it is asked; the same id with something else in it is refused.
 */
#ifndef BLOCKCHAIN_ACTIONS_PAYOUT_REQUEST_H
#define BLOCKCHAIN_ACTIONS_PAYOUT_REQUEST_H

#include "base/arena.h"
#include "blockchain/actions/blockchain.h"
#include "blockchain/store/payout_txs.h"
#include "blockchain/store/payouts.h"

struct payout_request {
    const char *id, *chain, *contract, *to, *units, *purpose, *from, *fee_cap_units, *owner;
    const char *approvals; /* JSON array */
    bool subtract_fee;
};

/* ret_is_new false: it was asked for before, word for word. ERR_PAYOUT_DIFFERS: the id has another
 * request. ERR_INVALID with a key: what can't be meant (no such chain or asset, no number). What can be
 * meant and must not be done (a broken address, our own deposit address) is a payout that is refused. */
bool payout_request(struct blockchain *app, struct db *db, struct arena *arena,
                    const struct payout_request *asked, bool *ret_is_new, struct payout *ret_payout,
                    struct err *err) MUST_CHECK;

/* Forgets what nobody has signed. ERR_NOT_FOUND, ERR_PAYOUT_SIGNED. Again is fine. */
bool payout_cancel(struct blockchain *app, struct db *db, struct arena *arena, const char *id,
                   struct payout *ret_payout, struct err *err) MUST_CHECK;

#endif
