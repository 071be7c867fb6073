/*
 * routes.h: all that the signer answers. The tables are in http/, one a file.
 *
 * New endpoint: parameters or body, action with its test, handler, row in the table of its file.
 */
#ifndef SIGNER_ROUTES_H
#define SIGNER_ROUTES_H

#include "http/http.h"

enum { ROUTES_MAX = 32 };

/* Fills an array of ROUTES_MAX, which ends with method NULL. */
void signer_routes(struct http_route *routes);

#endif
