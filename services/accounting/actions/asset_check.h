/*
 * asset_check.h: before a token's network is saved, its contract is asked, through the gateway, for its
 * decimals (W-09): a currency of 18 digits on a contract of 6 would credit a millionth of a millionth.
 * A chain that does not answer is no reason to refuse; the gateway looks again before it follows.
 */
#ifndef ACCOUNTING_ACTIONS_ASSET_CHECK_H
#define ACCOUNTING_ACTIONS_ASSET_CHECK_H

#include <stdbool.h>

#include "accounting/actions/accounting.h"
#include "accounting/actions/catalog_change.h"

/* ERR_INVALID: the contract says otherwise; the story is the sentence. */
bool asset_check(struct accounting *app, const struct change *change,
                 const struct network_draft *draft, struct err *err) MUST_CHECK;

#endif
