#include "accounting/domain/ledger_deposit.h"

#include <string.h>

static struct ledger_entry entry_of(const char *reference_type, uint64_t reference_id,
                                    const char *event, const struct currency *currency)
{
    struct ledger_entry entry = {
        .reference_type = reference_type, .reference_id = reference_id, .event = event};
    memcpy(entry.currency_id, currency->id, sizeof(entry.currency_id));
    return entry;
}

static struct ledger_entry deposit_entry(const struct deposit_booking *booking, const char *event)
{
    struct ledger_entry entry = entry_of("deposit", booking->deposit_id, event, booking->currency);
    entry.member_id = booking->member_id;
    return entry;
}

/* What came of it; nothing is booked of a deposit of nothing. */
static struct dec gross_of(const struct deposit_booking *booking)
{
    struct dec gross;
    bool fits = dec_add(booking->amount, booking->fee, &gross);
    assert(fits);
    return dec_is_zero(booking->amount) ? DEC_ZERO : gross;
}

size_t ledger_deposit_accept(const struct deposit_booking *booking,
                             struct ledger_entry entries[static DEPOSIT_ENTRIES_MAX])
{
    bool is_coin = booking->currency->is_coin;
    size_t count = 0;
    if (dec_is_zero(booking->amount))
        return 0;
    struct ledger_entry *entry = &entries[count++];
    *entry = deposit_entry(booking, "accept");
    entry->code_a = account_code(ACCOUNT_ASSET, KIND_MAIN, is_coin);
    entry->amount_a = gross_of(booking);
    entry->code_b =
        account_code(ACCOUNT_LIABILITY, booking->locked ? KIND_LOCKED : KIND_MAIN, is_coin);
    entry->amount_b = booking->amount;
    if (dec_is_zero(booking->fee))
        return count;
    entry = &entries[count++];
    *entry = deposit_entry(booking, "accept");
    entry->code_a = account_code(ACCOUNT_REVENUE, KIND_MAIN, is_coin);
    entry->amount_a = booking->fee;
    return count;
}

size_t ledger_deposit_dispatch(const struct deposit_booking *booking,
                               struct ledger_entry entries[static DEPOSIT_ENTRIES_MAX])
{
    if (dec_is_zero(booking->amount))
        return 0;
    entries[0] = ledger_release("deposit", booking->deposit_id, "dispatch", booking->currency,
                                booking->member_id, booking->amount);
    return 1;
}

/* From the asset to the suspense account; backwards when `amount` is below zero. */
static struct ledger_entry to_suspense(const struct deposit_booking *booking, const char *event,
                                       struct dec amount)
{
    bool is_coin = booking->currency->is_coin;
    struct ledger_entry entry = deposit_entry(booking, event);
    entry.code_a = account_code(ACCOUNT_ASSET, KIND_MAIN, is_coin);
    entry.amount_a = dec_neg(amount);
    entry.code_b = account_code(ACCOUNT_ASSET, KIND_SUSPENSE, is_coin);
    entry.amount_b = amount;
    return entry;
}

size_t ledger_deposit_revert(const struct deposit_booking *booking,
                             struct ledger_entry entries[static DEPOSIT_ENTRIES_MAX])
{
    size_t count = 0;
    if (!dec_is_zero(booking->amount))
        entries[count++] = to_suspense(booking, "revert", gross_of(booking));
    if (!dec_is_zero(booking->frozen))
        entries[count++] = ledger_hold("deposit", booking->deposit_id, "revert", booking->currency,
                                       booking->member_id, booking->frozen);
    return count;
}

size_t ledger_deposit_return(const struct deposit_booking *booking,
                             struct ledger_entry entries[static DEPOSIT_ENTRIES_MAX])
{
    size_t count = 0;
    if (!dec_is_zero(booking->suspended))
        entries[count++] = to_suspense(booking, "return", dec_neg(booking->suspended));
    if (!dec_is_zero(booking->frozen))
        entries[count++] = ledger_release("deposit", booking->deposit_id, "return",
                                          booking->currency, booking->member_id, booking->frozen);
    return count;
}

/* One part of what is missing, against an account that bears it. */
static size_t bear(const struct deposit_booking *booking, struct dec part, enum account_type type,
                   enum account_kind kind, struct ledger_entry *entry)
{
    bool is_coin = booking->currency->is_coin;
    if (dec_is_zero(part))
        return 0;
    *entry = deposit_entry(booking, "settle");
    entry->code_a = account_code(ACCOUNT_ASSET, KIND_SUSPENSE, is_coin);
    entry->amount_a = dec_neg(part);
    entry->code_b = account_code(type, kind, is_coin);
    entry->amount_b = type == ACCOUNT_EXPENSE ? part : dec_neg(part);
    return 1;
}

size_t ledger_deposit_settle(const struct deposit_booking *booking,
                             struct ledger_entry entries[static DEPOSIT_ENTRIES_MAX])
{
    struct dec gross = gross_of(booking), taken, rest, left;
    size_t count = 0;
    bool fits = dec_add(booking->frozen, booking->collected, &taken) &&
                dec_sub(gross, taken, &rest) && dec_sub(gross, booking->suspended, &left);
    assert(fits && !dec_is_negative(rest));
    /* The fee, where it was left in the asset. */
    if (!dec_is_zero(left))
        entries[count++] = to_suspense(booking, "settle", left);
    count += bear(booking, booking->frozen, ACCOUNT_LIABILITY, KIND_LOCKED, entries + count);
    count += bear(booking, booking->collected, ACCOUNT_LIABILITY, KIND_MAIN, entries + count);
    return count + bear(booking, rest, ACCOUNT_EXPENSE, KIND_MAIN, entries + count);
}

size_t ledger_deposit_refund(const struct deposit_booking *booking,
                             struct ledger_entry entries[static DEPOSIT_ENTRIES_MAX])
{
    if (dec_is_zero(booking->amount))
        return 0;
    entries[0] = deposit_entry(booking, "refund");
    entries[0].code_a = account_code(ACCOUNT_ASSET, KIND_MAIN, true);
    entries[0].amount_a = dec_neg(booking->amount);
    entries[0].code_b = account_code(ACCOUNT_LIABILITY, KIND_LOCKED, true);
    entries[0].amount_b = dec_neg(booking->amount);
    return 1;
}

size_t ledger_deposit_refund_fee(const struct deposit_booking *booking,
                                 struct ledger_entry entries[static DEPOSIT_ENTRIES_MAX])
{
    if (dec_is_zero(booking->fee))
        return 0;
    entries[0] = deposit_entry(booking, "refund_fee");
    entries[0].code_a = account_code(ACCOUNT_ASSET, KIND_MAIN, true);
    entries[0].amount_a = booking->fee;
    entries[0].code_b = account_code(ACCOUNT_REVENUE, KIND_MAIN, true);
    entries[0].amount_b = booking->fee;
    return 1;
}

size_t ledger_network_fee(uint64_t seq, const struct currency *currency, struct dec fee,
                          struct ledger_entry entries[static DEPOSIT_ENTRIES_MAX])
{
    if (dec_is_zero(fee))
        return 0;
    entries[0] = entry_of("network_fee", seq, "fee", currency);
    entries[0].code_a = account_code(ACCOUNT_ASSET, KIND_MAIN, true);
    entries[0].amount_a = dec_neg(fee);
    entries[0].code_b = account_code(ACCOUNT_EXPENSE, KIND_MAIN, true);
    entries[0].amount_b = fee;
    return 1;
}
