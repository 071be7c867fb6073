/*
 * order.h: a transaction as money: what it pays to whom, what it costs, what it uses up. It is made from
 * the bytes that will be signed (actions/), never from what the request says of them.
 */
#ifndef SIGNER_DOMAIN_ORDER_H
#define SIGNER_DOMAIN_ORDER_H

#include "signer/state/limits.h"
#include "signer/state/policy.h"
#include "signer/state/spends.h"

enum { TX_TEXT_SIZE = 67, INPUT_TEXT_SIZE = 80 };

struct payment {
    char payout_id[PAYOUT_ID_MAX + 1];
    char to[POLICY_ADDRESS_SIZE]; /* canonical */
    struct u256 units;
    bool is_own; /* `to` was derived from our keys: */
    enum account own_account;
};

struct order {
    const struct policy_chain *chain;
    enum purpose purpose;
    char contract[POLICY_ADDRESS_SIZE]; /* of the asset, canonical; "": native */
    unsigned from;                      /* accounts whose keys sign: bit n */
    struct payment *payments;
    size_t payments_count;
    struct u256 fee;           /* the most that it can cost, native */
    char tx[TX_TEXT_SIZE];     /* what tells this transaction from all others */
    char values[TX_TEXT_SIZE]; /* digest of what is believed of its inputs; "": nothing is */
    char (*inputs)
        [INPUT_TEXT_SIZE]; /* what it uses up: "txid:1", "evm:1/7:23" (account/index:nonce) */
    size_t inputs_count;
};

/* Marks as state/spends.h has them. */
struct mark order_place(const struct order *order, const struct payment *payment);
struct mark order_tx(const struct policy_chain *chain, const char *tx);
struct mark order_binding(const struct policy_chain *chain, const char *tx, const char *values);
struct mark order_input(const struct policy_chain *chain, const char *input);
struct mark payout_mark(const char *payout_id);

/* Letters, digits and -_.: up to PAYOUT_ID_MAX. */
bool payout_id_is_valid(const char *id);

/* A refusal: ERR_FORBIDDEN with one of our keys, "signer.policy.RULE". Always false. */
bool refuse(struct err *err, const char *key, const char *format, ...) PRINTF(3, 4);
#define RULE_KEY(rule) "signer.policy." rule

#endif
