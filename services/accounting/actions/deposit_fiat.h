/*
 * deposit_fiat.h: a deposit that came by bank: what is asked of its amount, its row, its credit.
 */
#ifndef ACCOUNTING_ACTIONS_DEPOSIT_FIAT_H
#define ACCOUNTING_ACTIONS_DEPOSIT_FIAT_H

#include <stdbool.h>

#include "accounting/actions/deposit_move.h"

/* A fiat deposit; accepted at once if asked for. */
struct deposit_fiat_draft {
    const char *uid, *currency_id, *tid, *transfer_type; /* tid NULL: a new one */
    struct dec amount;                                   /* gross */
    bool accept;
};

/* ERR_INVALID with the sentence: nothing is written then. */
bool deposit_create_fiat(struct accounting *app, const struct change *change,
                         const struct deposit_fiat_draft *draft, struct deposit *ret_deposit,
                         struct err *err) MUST_CHECK;
/* The same inside of a transaction. */
bool deposit_fiat_in(struct chain_tx *tx, const struct deposit_fiat_draft *draft,
                     struct deposit *ret_deposit, struct err *err) MUST_CHECK;

#endif
