/* context.h: who asks. Every route is for the gateway alone, which proves itself by a service token. */
#ifndef SIGNER_HTTP_CONTEXT_H
#define SIGNER_HTTP_CONTEXT_H

#include "http/http.h"

struct signer;

struct signer *request_signer(const struct http_request *request);

bool context_before(struct http_request *request, const struct http_route *route, struct err *err);

#endif
