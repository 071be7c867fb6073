#include "accounting/domain/ledger_withdraw.h"

#include <string.h>

static const char reference[] = "withdraw";

static struct ledger_entry entry_of(const struct withdraw *row, const char *event,
                                    uint64_t member_id)
{
    struct ledger_entry entry = {.reference_type = reference,
                                 .reference_id = row->id,
                                 .event = event,
                                 .member_id = member_id};
    memcpy(entry.currency_id, row->currency_id, sizeof(entry.currency_id));
    return entry;
}

/* The liability leg, and the asset leg beside it. */
static size_t spent_outside(const struct withdraw *row, const char *event,
                            struct ledger_entry entries[static WITHDRAW_ENTRIES_MAX])
{
    entries[0] = entry_of(row, event, row->member_id);
    entries[0].code_a = account_code(ACCOUNT_LIABILITY, KIND_LOCKED, row->is_coin);
    entries[0].amount_a = dec_neg(row->sum);
    entries[0].code_b = account_code(ACCOUNT_ASSET, KIND_MAIN, row->is_coin);
    entries[0].amount_b = dec_neg(row->amount);
    if (dec_is_zero(row->fee))
        return 1;
    entries[1] = entry_of(row, event, row->member_id);
    entries[1].code_a = account_code(ACCOUNT_REVENUE, KIND_MAIN, row->is_coin);
    entries[1].amount_a = row->fee;
    return 2;
}

/* Two owners: two entries of one leg each. */
static size_t spent_inside(const struct withdraw *row, const char *event,
                           struct ledger_entry entries[static WITHDRAW_ENTRIES_MAX])
{
    assert(dec_is_zero(row->fee) && dec_cmp(row->sum, row->amount) == 0);
    entries[0] = entry_of(row, event, row->member_id);
    entries[0].code_a = account_code(ACCOUNT_LIABILITY, KIND_LOCKED, row->is_coin);
    entries[0].amount_a = dec_neg(row->sum);
    entries[1] = entry_of(row, event, row->receiver_id);
    entries[1].code_a = account_code(ACCOUNT_LIABILITY, KIND_MAIN, row->is_coin);
    entries[1].amount_a = row->sum;
    return 2;
}

size_t ledger_withdraw_entries(const struct withdraw *row, enum withdraw_effect effect,
                               const char *event,
                               struct ledger_entry ret_entries[static WITHDRAW_ENTRIES_MAX])
{
    struct currency currency = {.is_coin = row->is_coin};
    memcpy(currency.id, row->currency_id, sizeof(currency.id));
    switch (effect) {
    case EFFECT_NONE:
        return 0;
    case EFFECT_HOLD:
        ret_entries[0] =
            ledger_hold(reference, row->id, event, &currency, row->member_id, row->sum);
        return 1;
    case EFFECT_RELEASE:
        ret_entries[0] =
            ledger_release(reference, row->id, event, &currency, row->member_id, row->sum);
        return 1;
    case EFFECT_SPEND:
        break;
    }
    return row->receiver_id ? spent_inside(row, event, ret_entries)
                            : spent_outside(row, event, ret_entries);
}
