/* routes_admin.h: the tables of routes for operators. Each is in the file of its name. */
#ifndef BLOCKCHAIN_HTTP_ROUTES_ADMIN_H
#define BLOCKCHAIN_HTTP_ROUTES_ADMIN_H

#include "http/http.h"

extern const struct http_route admin_chain_routes[];  /* admin_chains.c */
extern const struct http_route admin_payout_routes[]; /* admin_payouts.c */
extern const struct http_route admin_stray_routes[];  /* admin_strays.c */

#endif
