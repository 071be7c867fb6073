/* routes_internal.h: the tables of routes for other services. Each is in the file of its name. */
#ifndef BLOCKCHAIN_HTTP_ROUTES_INTERNAL_H
#define BLOCKCHAIN_HTTP_ROUTES_INTERNAL_H

#include "http/http.h"

extern const struct http_route internal_chain_routes[];     /* internal_chains.c */
extern const struct http_route internal_try_routes[];       /* internal_try.c */
extern const struct http_route internal_address_routes[];   /* internal_addresses.c */
extern const struct http_route internal_event_routes[];     /* internal_events.c */
extern const struct http_route internal_payout_routes[];    /* internal_payouts.c */
extern const struct http_route internal_asset_routes[];     /* internal_assets.c */
extern const struct http_route internal_read_routes[];      /* internal_reads.c */
extern const struct http_route internal_stopped_routes[];   /* internal_stopped.c */
extern const struct http_route webhook_routes[];            /* webhooks.c: providers, signed */
extern const struct http_route internal_statement_routes[]; /* internal_statement.c */

#endif
