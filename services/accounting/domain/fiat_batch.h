/*
 * fiat_batch.h: withdrawals that a bank is asked to pay together: the states of a batch. Pure; what a move
 * does is done by actions/fiat_batch.c.
 *
 *   made      one operator put it together; its withdrawals are processing, and in no other batch
 *   released  another one said yes: its withdrawals are confirming, the bank may have the file
 *   dropped   it was given up before that: its withdrawals may be put into another one
 */
#ifndef ACCOUNTING_DOMAIN_FIAT_BATCH_H
#define ACCOUNTING_DOMAIN_FIAT_BATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "accounting/domain/currency.h"
#include "base/err.h"
#include "decimal/dec.h"

/* clang-format off */
#define FIAT_BATCH_STATES(S) S(MADE, "made") S(RELEASED, "released") S(DROPPED, "dropped")
/* clang-format on */

enum fiat_batch_state {
#define S(name, word) FIAT_BATCH_##name,
    FIAT_BATCH_STATES(S)
#undef S
        FIAT_BATCH_STATES_COUNT
};

enum fiat_batch_event { FIAT_BATCH_RELEASE, FIAT_BATCH_DROP };

struct fiat_batch {
    uint64_t id, payments;
    enum fiat_batch_state state;
    char currency_id[CURRENCY_ID_SIZE];
    const char *message_id;
    bool by_gateway; /* the payment gateway is asked for each; else a file for the bank */
    const char *payer, *payer_iban, *payer_bic;
    struct dec sum;
    uint64_t maker_id, checker_id;       /* 0: none */
    const char *maker_uid, *checker_uid; /* read only */
    int64_t created_at, updated_at;
};

const char *fiat_batch_state_word(enum fiat_batch_state state);
bool fiat_batch_state_of(const char *word, enum fiat_batch_state *ret_state);
extern const char fiat_batch_state_words[]; /* separated by blanks */

/* ERR_STATE_CONFLICT: there is no such move. */
bool fiat_batch_move(struct fiat_batch *batch, enum fiat_batch_event event, struct err *err)
    MUST_CHECK;

#endif
