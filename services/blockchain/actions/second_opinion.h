/*
 * second_opinion.h: whether a block holds so much that another provider has to know it too (W-16, W-32):
 * the setting SECOND_OPINION, "CHAIN:CONTRACT=UNITS ...". Pure.
 */
#ifndef BLOCKCHAIN_ACTIONS_SECOND_OPINION_H
#define BLOCKCHAIN_ACTIONS_SECOND_OPINION_H

#include "blockchain/actions/block_haul.h"

bool second_opinion_is_due(const char *setting, const struct block_haul *haul);
/* ERR_CONFIG: what is wrong with it. */
bool second_opinion_check(const char *setting, struct err *err) MUST_CHECK;

#endif
