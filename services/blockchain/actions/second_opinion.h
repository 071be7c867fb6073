/*
 * second_opinion.h: whether a block holds so much that another provider has to say the same of it (W-16, W-32):
 * the setting SECOND_OPINION, "CHAIN:CONTRACT=UNITS ...", and on main networks whatever pays us and is not
 * named there. Pure.
 */
#ifndef BLOCKCHAIN_ACTIONS_SECOND_OPINION_H
#define BLOCKCHAIN_ACTIONS_SECOND_OPINION_H

#include "blockchain/actions/block_haul.h"

bool second_opinion_is_due(const char *setting, bool is_main, const struct block_haul *haul);
/* Whether both found the same transfers; what inner calls paid is left out when one of them can't tell. What one of
 * them found and the other parked is the same: it is parked as long as who is asked first does not find it. */
bool second_opinion_agrees(const struct block_haul *ours, const struct block_haul *theirs);
/* ERR_CONFIG: what is wrong with it. */
bool second_opinion_check(const char *setting, struct err *err) MUST_CHECK;

#endif
