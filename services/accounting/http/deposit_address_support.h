/* deposit_address_support.h: providing an address, in the words of each of the three APIs. */
#ifndef ACCOUNTING_HTTP_DEPOSIT_ADDRESS_SUPPORT_H
#define ACCOUNTING_HTTP_DEPOSIT_ADDRESS_SUPPORT_H

#include "accounting/actions/payment_address.h"
#include "accounting/http/admin_support.h"
#include "accounting/http/context.h"
#include "accounting/http/entities_deposit.h"

struct address_codes {
    const char *deposit_disabled, *wallet_not_found;
    const char *cash_address; /* the chain has no cash addresses */
};

/* The network of the coin on the chain (key NULL: its first one); NULL: there is none. */
const struct network *coin_network(struct http_request *request, const char *currency_id,
                                   const char *blockchain_key);
bool check_coin(struct http_request *request, const char *code); /* an enabled coin, either case */

/* False: the reply is made. */
bool address_or_reply(struct http_request *request, const struct network *network,
                      struct payment_address_asked asked, const struct address_codes *codes,
                      struct payment_address *ret_address);

#endif
