/*
 * main_network.h: what a chain whose coins are worth something needs before it is followed or paid on: two
 * providers that are not the same, so that none of them is believed alone (W-16). Who knows better names the
 * chain in SINGLE_PROVIDER_ALLOWED. Any thread.
 */
#ifndef BLOCKCHAIN_ACTIONS_MAIN_NETWORK_H
#define BLOCKCHAIN_ACTIONS_MAIN_NETWORK_H

#include "blockchain/actions/blockchain.h"

/* False for "": not known yet. */
bool main_network_is(const struct chain_client *client, const char *network);

/* ERR_CONFIG: it has one provider and must not. */
bool main_network_check(const struct blockchain *app, struct chain *chain, const char *network,
                        struct err *err) MUST_CHECK;

/* Whether the key is one of the words of the setting. */
bool main_network_is_listed(const char *setting, const char *chain_key);

#endif
