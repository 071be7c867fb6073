/*
 * pnl.h: profit and loss of a member in one currency, valued in another (reference 5.8). Pure.
 *
 * What comes in adds its value, what goes out takes the average value of what is held: so the value
 * of the balance over the balance is the average price at which it was bought.
 */
#ifndef ACCOUNTING_DOMAIN_PNL_H
#define ACCOUNTING_DOMAIN_PNL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/domain/currency.h"
#include "accounting/domain/ledger.h"
#include "base/err.h"
#include "decimal/dec.h"

struct pnl_key {
    char currency_id[CURRENCY_ID_SIZE];
    uint64_t member_id;
};

struct pnl_row {
    struct pnl_key key;
    struct dec total_credit, total_credit_fees, total_credit_value;
    struct dec total_debit, total_debit_fees, total_debit_value;
    struct dec total_balance_value, average_balance_price;
};

/* Something that came in (credit) or went out (debit), never both. */
struct pnl_change {
    struct pnl_key key;
    struct dec credit, credit_fee, debit, debit_fee;
    struct dec value; /* of credit or debit */
};

int pnl_key_cmp(const struct pnl_key *a, const struct pnl_key *b);

/* ERR_OVERFLOW: a sum leaves the range; the row is left alone. */
bool pnl_apply(struct pnl_row *row, const struct pnl_change *change, struct err *err) MUST_CHECK;

enum { PNL_TRADE_CHANGES = 4 };

/* What a trade does to its buyer and its seller, in base and quote, without values: buyer's credit,
 * buyer's debit, seller's credit, seller's debit. */
void pnl_trade_changes(const struct trade *trade,
                       struct pnl_change ret_changes[static PNL_TRADE_CHANGES]);

#endif
