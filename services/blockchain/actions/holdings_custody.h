/*
 * holdings_custody.h: what a custodian's wallet holds, for reconciliation (W-34): his total, which has what is on
 * its way in, and no more what is on its way out. It counts only while all that he tells of transfers was taken in
 * here: before and after, whoever compares asks for it, and what he said did not move in between.
 */
#ifndef BLOCKCHAIN_ACTIONS_HOLDINGS_CUSTODY_H
#define BLOCKCHAIN_ACTIONS_HOLDINGS_CUSTODY_H

#include "blockchain/actions/holdings.h"

/* ERR_STATE_CONFLICT: he knows news; count again. ERR_INVALID: a token. */
bool holdings_custody_count(struct chain *chain, struct db *db, struct provider_session *session,
                            const struct count_question *question, struct counted *ret_counted,
                            struct err *err) MUST_CHECK;

#endif
