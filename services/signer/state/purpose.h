/* purpose.h: why money moves, and the accounts of BIP-44 that it moves from. */
#ifndef SIGNER_STATE_PURPOSE_H
#define SIGNER_STATE_PURPOSE_H

#include <stdbool.h>
#include <stdint.h>

#define PURPOSES(P)                                                                                \
    P(WITHDRAWAL, "withdrawal")                                                                    \
    P(COLLECTION, "collection")                                                                    \
    P(REFUND, "refund")                                                                            \
    P(OFFLOAD, "offload")                                                                          \
    P(GAS, "gas")                                                                                  \
    P(FILL, "fill") /* nothing, to the sender itself: a number that would hold up those behind it */

enum purpose {
#define P(name, text) PURPOSE_##name,
    PURPOSES(P)
#undef P
        PURPOSE_MAX
};

/* Hardened below m/PURPOSE'/COIN'; the numbers are part of every address. */
#define ACCOUNTS(A)                                                                                \
    A(DEPOSIT, "deposit")                                                                          \
    A(HOT, "hot")                                                                                  \
    A(WARM, "warm")                                                                                \
    A(FEE, "fee")

enum account {
#define A(name, text) ACCOUNT_##name,
    ACCOUNTS(A)
#undef A
        ACCOUNT_MAX
};

bool purpose_parse(const char *text, enum purpose *ret_purpose);
const char *purpose_text(enum purpose purpose);
bool account_parse(const char *text, enum account *ret_account);
const char *account_text(enum account account);

#endif
