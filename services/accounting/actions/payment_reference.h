/*
 * payment_reference.h: what a member writes on a bank transfer, so that it is known whose it is. One for
 * each member and currency, for ever; made when it is first asked for.
 */
#ifndef ACCOUNTING_ACTIONS_PAYMENT_REFERENCE_H
#define ACCOUNTING_ACTIONS_PAYMENT_REFERENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "accounting/actions/catalog_change.h"
#include "accounting/store/fiat_payments.h"

bool payment_reference_provide(const struct change *change, uint64_t member_id,
                               const char *currency_id, struct payment_reference *ret_row,
                               struct err *err) MUST_CHECK;

#endif
