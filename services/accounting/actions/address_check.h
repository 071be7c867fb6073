/* address_check.h: what the gateway says of an address, before anything is sent there (W-24). */
#ifndef ACCOUNTING_ACTIONS_ADDRESS_CHECK_H
#define ACCOUNTING_ACTIONS_ADDRESS_CHECK_H

#include <stdbool.h>

#include "accounting/actions/outgoing.h"
#include "base/err.h"

struct address_check {
    const char *canonical; /* in the arena; with the tag that was behind it */
    const char *reason;    /* why it is refused; NULL: it may be paid to */
};

/*
 * Refused: no address of this chain and network (a reason of the gateway: "checksum", "network",
 * "zero"), an own wallet ("own_wallet"), a contract unless the configuration allows it ("contract").
 * A deposit address of a member is fine: such a withdrawal stays inside.
 * ERR_PEER_UNAVAILABLE: nobody knows.
 */
bool address_check(const struct outgoing *outgoing, const char *blockchain_key, const char *address,
                   struct address_check *ret_check, struct err *err) MUST_CHECK;

#endif
