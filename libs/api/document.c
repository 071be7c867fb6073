#include "api/document.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"

bool api_route_has_prefix(const struct http_route *route, const char *prefix)
{
    return strncmp(route->path, prefix, strlen(prefix)) == 0;
}

bool api_route_is_admin(const struct http_route *route)
{
    return api_route_has_prefix(route, "/api/v2/admin/");
}

bool api_route_is_management(const struct http_route *route)
{
    return api_route_has_prefix(route, "/api/v2/management/");
}

bool api_document_print(const struct api_documents *documents, const char *name, struct str *out)
{
    for (size_t i = 0; i < documents->count; i++) {
        const struct api_document *row = &documents->rows[i];
        if (strcmp(row->name, name) != 0)
            continue;
        struct http_route *routes = calloc(documents->routes_max, sizeof(*routes));
        if (!routes)
            return false;
        documents->routes(routes);
        http_print_openapi(routes, &row->info, row->select, out);
        free(routes);
        return true;
    }
    return false;
}

bool api_document_say(const struct api_documents *documents, const char *program, const char *name)
{
    AUTO(str_release) struct str text = STR_INIT(API_DOCUMENT_BYTES_MAX);
    if (api_document_print(documents, name, &text) && str_ok(&text)) {
        printf("%s\n", str_data(&text));
        return true;
    }
    fprintf(stderr, "%s: --print-openapi ", program);
    for (size_t i = 0; i < documents->count; i++)
        fprintf(stderr, "%s%s", i > 0 ? "|" : "", documents->rows[i].name);
    fputc('\n', stderr);
    return false;
}

void api_document_reply(struct http_request *request, const struct api_documents *documents,
                        const char *name)
{
    struct err err;
    if (api_document_print(documents, name, http_reply_builder(request))) {
        http_reply_built(request, 200);
        return;
    }
    err_set(&err, ERR_INTERNAL, "no memory for the document");
    http_reply_err(request, &err);
}
