/*
 * document.h: the OpenAPI documents of a service, printed from its routes and served by it. A service
 * has a table of them, one a part of its API, and hands it over with its routes:
 *
 *     static const struct api_documents documents = {parts, ARRAY_LEN(parts), accounting_routes, ROUTES_MAX};
 *     api_document_print(&documents, "user", &text);
 *     api_document_say(&documents, "bourse-accounting", "user");   // of the flag --print-openapi
 *     api_document_reply(request, &documents, "user");        // in a handler, HTTP_WORKER
 */
#ifndef API_DOCUMENT_H
#define API_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "http/http.h"

enum { API_DOCUMENT_BYTES_MAX = 8 << 20 };

struct api_document {
    const char *name; /* "user" */
    struct openapi_info info;
    bool (*select)(const struct http_route *route);
};

struct api_documents {
    const struct api_document *rows;
    size_t count;
    size_t (*routes)(struct http_route *routes); /* fills the table of all routes */
    size_t routes_max;
};

#define API_LICENSE                                                                                \
    .license_name = "Apache-2.0", .license_url = "https://www.apache.org/licenses/LICENSE-2.0"

/* False: no such part, or no memory. */
bool api_document_print(const struct api_documents *documents, const char *name, struct str *out);
/* For --print-openapi: to stdout; false: stderr says which parts there are. */
bool api_document_say(const struct api_documents *documents, const char *program, const char *name);
void api_document_reply(struct http_request *request, const struct api_documents *documents,
                        const char *name);

bool api_route_has_prefix(const struct http_route *route, const char *prefix);
/* Parts that every service of the platform has, by their paths. */
bool api_route_is_admin(const struct http_route *route);
bool api_route_is_management(const struct http_route *route);

#endif
