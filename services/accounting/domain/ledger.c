#include "accounting/domain/ledger.h"

#include <string.h>

enum { LEGS_PER_JOURNAL_ID = 16, TRADE_FIRST_LEG = 2 };

static struct ledger_entry move_funds(const char *reference_type, uint64_t reference_id,
                                      const char *event, const struct currency *currency,
                                      uint64_t member_id, struct dec to_locked)
{
    assert(!dec_is_zero(to_locked));
    struct ledger_entry entry = {
        .reference_type = reference_type,
        .reference_id = reference_id,
        .event = event,
        .member_id = member_id,
    };
    memcpy(entry.currency_id, currency->id, sizeof(entry.currency_id));
    /* The leg that loses comes first, as the contract lists them. */
    enum account_kind from = dec_is_positive(to_locked) ? KIND_MAIN : KIND_LOCKED;
    enum account_kind to = dec_is_positive(to_locked) ? KIND_LOCKED : KIND_MAIN;
    struct dec amount = dec_is_positive(to_locked) ? to_locked : dec_neg(to_locked);
    entry.code_a = account_code(ACCOUNT_LIABILITY, from, currency->is_coin);
    entry.amount_a = dec_neg(amount);
    entry.code_b = account_code(ACCOUNT_LIABILITY, to, currency->is_coin);
    entry.amount_b = amount;
    return entry;
}

struct ledger_entry ledger_hold(const char *reference_type, uint64_t reference_id,
                                const char *event, const struct currency *currency,
                                uint64_t member_id, struct dec amount)
{
    return move_funds(reference_type, reference_id, event, currency, member_id, amount);
}

struct ledger_entry ledger_release(const char *reference_type, uint64_t reference_id,
                                   const char *event, const struct currency *currency,
                                   uint64_t member_id, struct dec amount)
{
    return move_funds(reference_type, reference_id, event, currency, member_id, dec_neg(amount));
}

static void set_amount(struct operation *operation, struct dec amount)
{
    operation->credit = dec_is_positive(amount) ? amount : DEC_ZERO;
    operation->debit = dec_is_negative(amount) ? dec_neg(amount) : DEC_ZERO;
}

size_t ledger_operations(const struct ledger_entry *entry,
                         struct operation ret_operations[static 2])
{
    size_t count = entry->code_b ? 2 : 1;
    for (size_t i = 0; i < count; i++) {
        struct operation *operation = &ret_operations[i];
        *operation = (struct operation){
            .id = entry->id * LEGS_PER_JOURNAL_ID + i,
            .code = i == 0 ? entry->code_a : entry->code_b,
            .reference_type = entry->reference_type,
            .reference_id = entry->reference_id,
            .created_at = entry->created_at,
        };
        memcpy(operation->currency_id, entry->currency_id, sizeof(operation->currency_id));
        set_amount(operation, i == 0 ? entry->amount_a : entry->amount_b);
        /* Assets and expenses are the platform's, whoever the other leg belongs to. */
        enum account_type type = account_code_type(operation->code);
        if (type == ACCOUNT_LIABILITY || type == ACCOUNT_REVENUE)
            operation->member_id = entry->member_id;
    }
    return count;
}

struct leg {
    enum account_type type;
    enum account_kind kind;
    bool base; /* else quote */
    uint64_t member_id;
    struct dec amount;
};

size_t trade_operations(const struct trade *trade, bool base_is_coin, bool quote_is_coin,
                        struct operation ret_operations[static TRADE_OPERATIONS_MAX])
{
    bool taker_buys = trade->taker_side == SIDE_BUY;
    uint64_t buyer = taker_buys ? trade->taker_id : trade->maker_id;
    uint64_t seller = taker_buys ? trade->maker_id : trade->taker_id;
    struct dec buyer_gets = {trade->amount.units - trade->buyer_fee_amount.units};
    struct dec seller_gets = {trade->total.units - trade->seller_fee_amount.units};
    const struct leg legs[TRADE_OPERATIONS_MAX] = {
        {ACCOUNT_LIABILITY, KIND_LOCKED, true, seller, dec_neg(trade->amount)},
        {ACCOUNT_LIABILITY, KIND_LOCKED, false, buyer, dec_neg(trade->total)},
        {ACCOUNT_LIABILITY, KIND_MAIN, true, buyer, buyer_gets},
        {ACCOUNT_LIABILITY, KIND_MAIN, false, seller, seller_gets},
        {ACCOUNT_LIABILITY, KIND_LOCKED, taker_buys, trade->maker_id,
         dec_neg(trade->maker_release)},
        {ACCOUNT_LIABILITY, KIND_MAIN, taker_buys, trade->maker_id, trade->maker_release},
        {ACCOUNT_LIABILITY, KIND_LOCKED, !taker_buys, trade->taker_id,
         dec_neg(trade->taker_release)},
        {ACCOUNT_LIABILITY, KIND_MAIN, !taker_buys, trade->taker_id, trade->taker_release},
        {ACCOUNT_REVENUE, KIND_MAIN, false, seller, trade->seller_fee_amount},
        {ACCOUNT_REVENUE, KIND_MAIN, true, buyer, trade->buyer_fee_amount},
    };
    size_t count = 0;
    for (size_t i = 0; i < TRADE_OPERATIONS_MAX; i++) {
        const struct leg *leg = &legs[i];
        if (dec_is_zero(leg->amount))
            continue;
        struct operation *operation = &ret_operations[count++];
        *operation = (struct operation){
            .id = trade->id * LEGS_PER_JOURNAL_ID + TRADE_FIRST_LEG + i,
            .code = account_code(leg->type, leg->kind, leg->base ? base_is_coin : quote_is_coin),
            .member_id = leg->member_id,
            .reference_type = "trade",
            .reference_id = trade->id,
            .created_at = trade->created_at,
        };
        memcpy(operation->currency_id, leg->base ? trade->base : trade->quote,
               sizeof(operation->currency_id));
        set_amount(operation, leg->amount);
    }
    return count;
}
