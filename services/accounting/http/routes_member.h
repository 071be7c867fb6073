/* routes_member.h: the routes of members and of those who look after them. Tables end with method
 * NULL; routes.c joins them. */
#ifndef ACCOUNTING_HTTP_ROUTES_MEMBER_H
#define ACCOUNTING_HTTP_ROUTES_MEMBER_H

#include "http/http.h"

extern const struct http_route market_routes[];       /* /market/orders */
extern const struct http_route market_trade_routes[]; /* /market/trades */
extern const struct http_route account_routes[];      /* /account/balances, stats, members */
extern const struct http_route account_beneficiary_routes[];
extern const struct http_route account_withdraw_routes[];
extern const struct http_route account_transaction_routes[];
extern const struct http_route admin_order_routes[];
extern const struct http_route admin_trade_routes[];
extern const struct http_route admin_member_routes[]; /* and /admin/abilities */
extern const struct http_route admin_operation_routes[];
extern const struct http_route internal_routes[];       /* /internal/matching */
extern const struct http_route internal_chain_routes[]; /* /internal/chains */

#endif
