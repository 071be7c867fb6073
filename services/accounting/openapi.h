/* openapi.h: the documents of the API, printed from the route tables (reference 1.1: swagger). */
#ifndef ACCOUNTING_OPENAPI_H
#define ACCOUNTING_OPENAPI_H

#include "http/http.h"

struct service;

/* The flag --print-openapi. `part`: "user" (public, account, market, coinmarketcap, coingecko), "admin", "management". */
int openapi_flag(struct service *service, const char *part);

/* Handlers. */
void openapi_user(struct http_request *request);
void openapi_admin(struct http_request *request);
void openapi_management(struct http_request *request);

#endif
