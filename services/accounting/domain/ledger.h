/*
 * ledger.h: the double-entry ledger's words. Pure.
 *
 * An entry is a wide row of the table `ledger`: one or two legs on accounts of the chart. A leg's
 * amount is signed: credit above zero, debit below; the balance of an account is the sum. Assets and
 * expenses stand on one side, liabilities and revenues on the other:
 *
 *     sum(assets) + sum(expenses) = sum(liabilities) + sum(revenues)        for every currency
 *
 * A trade is no row of `ledger`: its row in `trades` is its entry, and trade_operations() spells
 * out the legs (reference 3.3, in that order).
 *
 * Operation ids, as the API shows them: journal id × 16 + leg, so they are unique and in time order.
 */
#ifndef ACCOUNTING_DOMAIN_LEDGER_H
#define ACCOUNTING_DOMAIN_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/domain/currency.h"
#include "contract/protocol.h"
#include "decimal/dec.h"

/* Account codes are 100 × type + 10 × kind + (1 fiat, 2 coin). */
enum account_type {
    ACCOUNT_ASSET = 1,
    ACCOUNT_LIABILITY = 2,
    ACCOUNT_REVENUE = 3,
    ACCOUNT_EXPENSE = 4
};
/* Suspense: an asset that is not there at the moment (domain/ledger_deposit.h). */
enum account_kind { KIND_MAIN = 0, KIND_LOCKED = 1, KIND_SUSPENSE = 2 };

static inline int16_t account_code(enum account_type type, enum account_kind kind, bool is_coin)
{
    return (int16_t)((int)type * 100 + (int)kind * 10 + (is_coin ? 2 : 1));
}
static inline enum account_type account_code_type(int code)
{
    return (enum account_type)(code / 100);
}

enum { LEDGER_WORD_SIZE = 21 };

struct ledger_entry {
    uint64_t id;                /* journal id; given when it is written */
    const char *reference_type; /* "order", "adjustment", "transfer", ... constant text */
    uint64_t reference_id;
    const char *event; /* "submit", "cancel", "accept", ... constant text */
    char currency_id[CURRENCY_ID_SIZE];
    uint64_t member_id;     /* 0: none */
    int16_t code_a, code_b; /* code_b 0: one leg */
    struct dec amount_a, amount_b;
    int64_t created_at;
};

/* Funds of a member from available to locked (order accepted), and back (closed, reduced). */
struct ledger_entry ledger_hold(const char *reference_type, uint64_t reference_id,
                                const char *event, const struct currency *currency,
                                uint64_t member_id, struct dec amount);
struct ledger_entry ledger_release(const char *reference_type, uint64_t reference_id,
                                   const char *event, const struct currency *currency,
                                   uint64_t member_id, struct dec amount);

struct trade {
    uint64_t id;
    char market_id[MARKET_ID_SIZE];
    uint64_t command_seq;
    struct dec price, amount, total;
    char base[CURRENCY_ID_SIZE], quote[CURRENCY_ID_SIZE];
    enum side taker_side;
    uint64_t maker_order_id, taker_order_id, maker_id, taker_id;
    struct dec maker_fee, taker_fee;                /* rates */
    struct dec buyer_fee_amount, seller_fee_amount; /* base; quote */
    struct dec maker_release, taker_release;        /* quote for a buy, base for a sell */
    int64_t created_at;
};

struct operation {
    uint64_t id;
    int32_t code;
    char currency_id[CURRENCY_ID_SIZE];
    struct dec credit, debit;
    uint64_t member_id; /* 0: none */
    const char *reference_type;
    uint64_t reference_id;
    int64_t created_at;
};

enum { TRADE_OPERATIONS_MAX = 10 };

/* The legs of a trade; zero amounts are left out. Gives the number of operations. */
size_t trade_operations(const struct trade *trade, bool base_is_coin, bool quote_is_coin,
                        struct operation ret_operations[static TRADE_OPERATIONS_MAX]);
/* The one or two legs of an entry. */
size_t ledger_operations(const struct ledger_entry *entry,
                         struct operation ret_operations[static 2]);

#endif
