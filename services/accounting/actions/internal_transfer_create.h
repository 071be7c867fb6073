/*
 * internal_transfer_create.h: one member sends funds to another, at once and for good: the row, two
 * ledger entries and both balances in one transaction, and a signed event.
 */
#ifndef ACCOUNTING_ACTIONS_INTERNAL_TRANSFER_CREATE_H
#define ACCOUNTING_ACTIONS_INTERNAL_TRANSFER_CREATE_H

#include <stdbool.h>

#include "accounting/actions/catalog_change.h"
#include "accounting/domain/member.h"
#include "accounting/store/transfers.h"
#include "base/err.h"

struct internal_transfer_request {
    const struct member *sender, *receiver; /* not the same */
    const char *currency_id;
    struct dec amount; /* > 0 */
};

/* ERR_FUNDS_INSUFFICIENT: the sender has less. */
bool internal_transfer_create(const struct change *change,
                              const struct internal_transfer_request *transfer_request,
                              struct internal_transfer *ret_transfer, struct err *err) MUST_CHECK;

#endif
