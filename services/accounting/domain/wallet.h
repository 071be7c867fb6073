/* wallet.h: the exchange's own wallets: their kinds, and which they are for. Pure. */
#ifndef ACCOUNTING_DOMAIN_WALLET_H
#define ACCOUNTING_DOMAIN_WALLET_H

#include <stdbool.h>
#include <stdint.h>

enum wallet_kind {
    WALLET_DEPOSIT = 100, /* stands for the members' addresses */
    WALLET_FEE = 200,     /* pays the gas of collections */
    WALLET_HOT = 310,     /* withdrawals */
    WALLET_WARM = 320,
    WALLET_COLD = 330
};

extern const char wallet_kind_words[]; /* "deposit fee hot warm cold" */
const char *wallet_kind_word(int64_t kind);
int64_t wallet_kind_number(const char *word); /* 0: no such word */

/* Where deposits are collected to. */
static inline bool wallet_kind_takes_collections(int64_t kind)
{
    return kind / 100 == 3;
}

/* What an address is while the gateway could not be asked for one. */
#define WALLET_ADDRESS_CHANGEME "changeme"
bool wallet_address_is_real(const char *address);

/* The back ends, ending with NULL: "bitcoin", "litecoin", ..., "bitgo". */
extern const char *const wallet_gateways[];

#endif
