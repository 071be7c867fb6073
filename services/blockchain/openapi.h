/* openapi.h: the documents of the API, printed from the route tables. */
#ifndef BLOCKCHAIN_OPENAPI_H
#define BLOCKCHAIN_OPENAPI_H

struct service;

/* The flag --print-openapi. `part`: "admin" (operators), "internal" (other services). */
int openapi_flag(struct service *service, const char *part);

#endif
