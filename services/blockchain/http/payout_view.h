/* payout_view.h: how a payout looks, for accounting and in explanations. */
#ifndef BLOCKCHAIN_HTTP_PAYOUT_VIEW_H
#define BLOCKCHAIN_HTTP_PAYOUT_VIEW_H

#include "blockchain/store/payouts.h"
#include "json/field.h"

struct payout_tx_shown {
    const char *txid, *state, *fee_units, *raw;
    uint64_t nonce, height;
    bool has_nonce, is_replacement;
};

struct payout_shown {
    const char *payout_id, *chain, *contract, *to, *from, *units, *purpose, *owner, *state, *reason;
    const char *txid, *fee_units;
    bool subtract_fee;
    uint64_t height;
    int64_t created_at, updated_at;
    const struct payout_tx_shown *transactions;
    size_t transactions_count;
};
extern const struct json_field payout_fields[];

/* With its transactions; texts are those of `payout` and of the arena. */
bool payout_show(struct arena *arena, struct db *db, const struct payout *payout,
                 struct payout_shown *ret_shown, struct err *err) MUST_CHECK;

#endif
