/*
 * ledger_deposit.h: what deposits do to the ledger (reference 3.3, and what it leaves out). Pure.
 *
 *   accept    asset 10x +amount+fee; liability main 20x (or locked 21x) +amount; revenue 30x +fee
 *   dispatch  locked funds: liability locked 21x −amount, main 20x +amount
 *   revert    a credited deposit left the chain, or the bank took it back: asset 10x −(amount+fee), suspense 12x
 *             +(amount+fee), so that 10x stays what is there; and what the member still has: main −frozen, locked +frozen
 *   return    it is there again: the same with other signs
 *   settle    it will not come back: suspense 12x −(amount+fee); liability locked 21x −frozen, main 20x −collected; what is left
 *             of it, expense 40x +rest
 *   refund    it was sent back: asset 102 −amount, liability locked 212 −amount
 *   refund_fee  what the network took of a refund came off the member's part, and is booked as a fee when
 *             the gateway tells it: asset 102 +fee, revenue 302 +fee; so the asset lost what arrived, and
 *             the fee once
 *   fee       the network took it: asset 102 −fee, expense 402 +fee
 *
 * Suspense (121 fiat, 122 coins) is an asset that is not there at the moment: when a reverted deposit
 * is given up, an adjustment writes it off against the frozen part and expenses.
 */
#ifndef ACCOUNTING_DOMAIN_LEDGER_DEPOSIT_H
#define ACCOUNTING_DOMAIN_LEDGER_DEPOSIT_H

#include "accounting/domain/ledger.h"

enum { DEPOSIT_ENTRIES_MAX = 4 };

struct deposit_booking {
    uint64_t deposit_id, member_id;
    const struct currency *currency;
    struct dec amount, fee, frozen;
    struct dec suspended; /* return, settle: what stands there */
    struct dec collected; /* settle: of what the member has beside what is frozen */
    bool locked;          /* accept: into the locked part */
};

/* Each gives the number of entries, 0 to DEPOSIT_ENTRIES_MAX: zero amounts make none. */
size_t ledger_deposit_accept(const struct deposit_booking *booking,
                             struct ledger_entry entries[static DEPOSIT_ENTRIES_MAX]);
size_t ledger_deposit_dispatch(const struct deposit_booking *booking,
                               struct ledger_entry entries[static DEPOSIT_ENTRIES_MAX]);
size_t ledger_deposit_revert(const struct deposit_booking *booking,
                             struct ledger_entry entries[static DEPOSIT_ENTRIES_MAX]);
size_t ledger_deposit_return(const struct deposit_booking *booking,
                             struct ledger_entry entries[static DEPOSIT_ENTRIES_MAX]);
/* amount + fee is not below frozen + collected. */
size_t ledger_deposit_settle(const struct deposit_booking *booking,
                             struct ledger_entry entries[static DEPOSIT_ENTRIES_MAX]);
size_t ledger_deposit_refund(const struct deposit_booking *booking,
                             struct ledger_entry entries[static DEPOSIT_ENTRIES_MAX]);
/* booking->fee: of the refund, borne by the member. */
size_t ledger_deposit_refund_fee(const struct deposit_booking *booking,
                                 struct ledger_entry entries[static DEPOSIT_ENTRIES_MAX]);
size_t ledger_network_fee(uint64_t seq, const struct currency *currency, struct dec fee,
                          struct ledger_entry entries[static DEPOSIT_ENTRIES_MAX]);

#endif
