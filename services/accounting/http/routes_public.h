/* routes_public.h: the routes that need no token. Tables end with method NULL; routes.c joins them. */
#ifndef ACCOUNTING_HTTP_ROUTES_PUBLIC_H
#define ACCOUNTING_HTTP_ROUTES_PUBLIC_H

#include "http/http.h"

extern const struct http_route public_catalog_routes[]; /* currencies, markets, config */
extern const struct http_route public_fee_routes[];     /* trading fees, withdraw limits */
extern const struct http_route public_market_routes[];  /* depth, trades, tickers, k-lines */
extern const struct http_route public_service_routes[]; /* time, version, health, levels */
extern const struct http_route public_webhook_routes[];
extern const struct http_route public_payment_routes[]; /* webhooks of the payment gateway */
extern const struct http_route coinmarketcap_routes[];
extern const struct http_route coingecko_routes[];

#endif
