/*
 * node_url.h: whether the address of a node may be used (W-33). A node on this machine or in a private
 * network may be plain; one in the open network must be reached by TLS and must know who asks: a node that
 * answers everybody answers thieves, and what is said without TLS can be changed on its way.
 *
 * Private: loopback, RFC 1918, link-local and unique local addresses, names without a dot (of a compose
 * network) and those that end in .local, .internal, .svc, .localhost or .cluster.local. Credentials: a user
 * in the URL, or a key in its path or query. Pure; any thread.
 */
#ifndef BLOCKCHAIN_FAMILY_NODE_URL_H
#define BLOCKCHAIN_FAMILY_NODE_URL_H

#include "base/err.h"

/* ERR_CONFIG, with words for the operator and without the credentials. */
bool node_url_check(const char *url, struct err *err) MUST_CHECK;

#endif
