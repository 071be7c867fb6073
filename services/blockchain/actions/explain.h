/*
 * explain.h: what became of a transaction, and why it is not what somebody hoped for; what an address is
 * and what came to it. One answer for "the coins are in the chain and nothing in my account".
 */
#ifndef BLOCKCHAIN_ACTIONS_EXPLAIN_H
#define BLOCKCHAIN_ACTIONS_EXPLAIN_H

#include "blockchain/actions/blockchain.h"
#include "blockchain/store/addresses.h"
#include "blockchain/store/custody_sends.h"
#include "blockchain/store/parked.h"
#include "blockchain/store/settlements.h"
#include "blockchain/store/strays.h"
#include "blockchain/store/transfers.h"

enum { REASONS_MAX = 8, EXPLAIN_TRANSFERS_MAX = 50 };

struct tx_story {
    struct tx_status status; /* as a node says; `place` TX_UNKNOWN if no node answered as well */
    const struct transfer_row *transfers;
    size_t transfers_count;
    const struct parked_row *parked;
    size_t parked_count;
    const struct stray_row *strays; /* what of it is nobody's deposit */
    size_t strays_count;
    const char *reasons[REASONS_MAX]; /* sentences, in the arena */
    size_t reasons_count;
};
bool explain_tx(struct blockchain *app, struct chain *chain, struct db *db,
                struct provider_session *session, struct arena *arena, const char *txid,
                struct tx_story *ret_story, struct err *err) MUST_CHECK;

struct address_story {
    struct address_form form;
    bool is_ours;
    struct address_row row;
    const struct transfer_row *transfers;
    size_t transfers_count;
    const char *reasons[REASONS_MAX];
    size_t reasons_count;
};
bool explain_address(struct chain *chain, struct db *db, struct arena *arena, const char *address,
                     struct address_story *ret_story, struct err *err) MUST_CHECK;

struct payout_story {
    struct payout payout;
    bool is_custody; /* a custodian was asked */
    struct custody_send_row send;
    struct settlement_list settlements; /* what operators said of it, the newest first */
    const char *reasons[REASONS_MAX];
    size_t reasons_count;
};
/* Of any family; no node is asked. ERR_NOT_FOUND: no such payout. */
bool explain_payout(struct db *db, struct arena *arena, const char *id,
                    struct payout_story *ret_story, struct err *err) MUST_CHECK;

#endif
