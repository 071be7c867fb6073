/* openapi.h: the documents of the API, printed from the route tables (reference 1.1: swagger). */
#ifndef ACCOUNTING_OPENAPI_H
#define ACCOUNTING_OPENAPI_H

#include <stdbool.h>

#include "base/str.h"
#include "http/http.h"

/* `part`: "user" (public, account, market, coinmarketcap, coingecko), "admin", "management".
 * False: no such part. */
bool openapi_print(const char *part, struct str *out);

/* Handlers. */
void openapi_user(struct http_request *request);
void openapi_admin(struct http_request *request);
void openapi_management(struct http_request *request);

#endif
