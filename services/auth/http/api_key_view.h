/* api_key_view.h: API keys as the API shows them, and lists of them: to users, administrators and
 * servers. */
#ifndef AUTH_HTTP_API_KEY_VIEW_H
#define AUTH_HTTP_API_KEY_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "api/paging.h"
#include "auth/actions/api_key.h"
#include "auth/actions/call.h"
#include "http/http.h"

struct api_key_view {
    const char *kid, *algorithm, *state;
    const char *const *scope;
    size_t scope_count;
    const char *secret; /* NULL: left out */
    int64_t created_at, updated_at;
};
extern const struct json_field api_key_fields[];

/* In the arena; NULL: no memory. */
struct api_key_view *api_key_views(struct call *call, const struct api_key *keys, size_t count);

/* The answer to who made or changed one; secret NULL: it is not shown. */
void reply_api_key(struct http_request *request, struct call *call, const struct api_key *key,
                   const char *secret);

/* The answer to a list, with its headers. */
struct api_key_list {
    const char *ordering, *order_by;
    struct paging paging;
};
void reply_api_keys(struct http_request *request, struct call *call, struct key_holder holder,
                    const struct api_key_list *asked);

/* Whether `order_by` is a column of the table; for the rows of parameters. */
bool check_api_key_column(struct http_request *request, const char *text);

#endif
