#include "accounting/domain/pnl.h"

#include <string.h>

int pnl_key_cmp(const struct pnl_key *a, const struct pnl_key *b)
{
    if (a->member_id != b->member_id)
        return a->member_id < b->member_id ? -1 : 1;
    return strcmp(a->currency_id, b->currency_id);
}

static bool add_credit(struct pnl_row *row, const struct pnl_change *change)
{
    return dec_add(row->total_credit, change->credit, &row->total_credit) &&
           dec_add(row->total_credit_fees, change->credit_fee, &row->total_credit_fees) &&
           dec_add(row->total_credit_value, change->value, &row->total_credit_value) &&
           dec_add(row->total_balance_value, change->value, &row->total_balance_value);
}

static bool add_debit(struct pnl_row *row, const struct pnl_change *change)
{
    struct dec held;
    if (!dec_add(row->total_debit, change->debit, &row->total_debit) ||
        !dec_add(row->total_debit_fees, change->debit_fee, &row->total_debit_fees) ||
        !dec_add(row->total_debit_value, change->value, &row->total_debit_value) ||
        !dec_mul(change->debit, row->average_balance_price, DEC_DOWN, &held))
        return false;
    held = dec_min(held, row->total_balance_value); /* never below nothing */
    row->total_balance_value.units -= held.units;
    return true;
}

bool pnl_apply(struct pnl_row *row, const struct pnl_change *change, struct err *err)
{
    struct pnl_row next = *row;
    struct dec balance = DEC_ZERO;
    assert(dec_is_zero(change->credit) || dec_is_zero(change->debit));
    bool fits = dec_is_zero(change->debit) ? add_credit(&next, change) : add_debit(&next, change);
    if (!fits || !dec_sub(next.total_credit, next.total_debit, &balance))
        return err_set(err, ERR_OVERFLOW, "statistics of member %lu in %s leave the range",
                       (unsigned long)row->key.member_id, row->key.currency_id);
    /* More went out than was seen coming in: nothing is known of its price. */
    if (!dec_is_positive(balance) ||
        !dec_div(next.total_balance_value, balance, DEC_DOWN, &next.average_balance_price))
        next.average_balance_price = DEC_ZERO;
    *row = next;
    return true;
}

static struct pnl_key key_of(const char *currency_id, uint64_t member_id)
{
    struct pnl_key key = {.member_id = member_id};
    memcpy(key.currency_id, currency_id, strnlen(currency_id, sizeof(key.currency_id) - 1));
    return key;
}

void pnl_trade_changes(const struct trade *trade,
                       struct pnl_change ret_changes[static PNL_TRADE_CHANGES])
{
    bool taker_buys = trade->taker_side == SIDE_BUY;
    uint64_t buyer = taker_buys ? trade->taker_id : trade->maker_id;
    uint64_t seller = taker_buys ? trade->maker_id : trade->taker_id;
    struct dec bought = {trade->amount.units - trade->buyer_fee_amount.units};
    struct dec earned = {trade->total.units - trade->seller_fee_amount.units};
    ret_changes[0] = (struct pnl_change){
        .key = key_of(trade->base, buyer), .credit = bought, .credit_fee = trade->buyer_fee_amount};
    ret_changes[1] = (struct pnl_change){.key = key_of(trade->quote, buyer), .debit = trade->total};
    ret_changes[2] = (struct pnl_change){.key = key_of(trade->quote, seller),
                                         .credit = earned,
                                         .credit_fee = trade->seller_fee_amount};
    ret_changes[3] =
        (struct pnl_change){.key = key_of(trade->base, seller), .debit = trade->amount};
}
