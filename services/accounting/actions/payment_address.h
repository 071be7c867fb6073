/*
 * payment_address.h: the address at which a member receives a coin. The row comes first, then the
 * gateway is asked; when it does not answer, the row is pending, and the collector's job asks again.
 */
#ifndef ACCOUNTING_ACTIONS_PAYMENT_ADDRESS_H
#define ACCOUNTING_ACTIONS_PAYMENT_ADDRESS_H

#include <stdbool.h>

#include "accounting/actions/accounting.h"
#include "accounting/actions/catalog_change.h"
#include "accounting/store/payment_addresses.h"

struct payment_address_asked {
    uint64_t member_id;
    const char *uid, *currency_id, *blockchain_key;
    bool fresh, remote; /* fresh: a new one, unless one is still pending */
};
/* ERR_NOT_FOUND: no active deposit wallet serves the currency on the chain. */
bool payment_address_provide(struct accounting *app, const struct change *change,
                             const struct payment_address_asked *asked,
                             struct payment_address *ret_address, struct err *err) MUST_CHECK;
/* Asks the gateway for the address of a pending row; ERR_PEER_UNAVAILABLE. */
bool payment_address_fill(struct accounting *app, const struct change *change,
                          struct payment_address *address, struct err *err) MUST_CHECK;

/* PUT of an address; `purpose` "deposit", "hot", ... In the arena. */
bool gateway_address(struct accounting *app, struct arena *arena, const char *blockchain_key,
                     const char *request_id, const char *purpose, const char *owner,
                     const char **ret_address, struct err *err) MUST_CHECK;

#endif
