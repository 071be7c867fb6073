/* ledger_withdraw.h: the ledger rows of withdrawals (reference 3.3). Pure. */
#ifndef ACCOUNTING_DOMAIN_LEDGER_WITHDRAW_H
#define ACCOUNTING_DOMAIN_LEDGER_WITHDRAW_H

#include <stddef.h>

#include "accounting/domain/ledger.h"
#include "accounting/domain/withdraw.h"

enum { WITHDRAW_ENTRIES_MAX = 2 };

/*
 * Accepted: main to locked. Given back: locked to main. Spent: the locked liability and the asset
 * become less, the fee is revenue; if the receiver is a member of ours, he gets what was locked, and
 * no asset moves. `event` is the word of the move. Gives the number of entries.
 */
size_t ledger_withdraw_entries(const struct withdraw *row, enum withdraw_effect effect,
                               const char *event,
                               struct ledger_entry ret_entries[static WITHDRAW_ENTRIES_MAX]);

#endif
