#include "auth/http/api_key_view.h"

#include <string.h>

#include "auth/http/resource_support.h"

enum { SCOPE_WORDS_MAX = 256 };

#define AT(member) offsetof(struct api_key_view, member)
const struct json_field api_key_fields[] = {
    {"kid", JSON_TEXT, AT(kid), .doc = "Its name: X-Auth-Apikey."},
    {"algorithm", JSON_TEXT, AT(algorithm), .doc = "HS256."},
    {"scope", JSON_TEXT_ARRAY, AT(scope), .count_offset = AT(scope_count),
     .doc = "What it may at most be used for; empty: everything."},
    {"state", JSON_TEXT, AT(state), .doc = "active, or it signs nothing."},
    {"secret", JSON_TEXT, AT(secret), JSON_OMIT_EMPTY, .doc = "Shown once, when it is made."},
    {"created_at", JSON_TIME_ISO, AT(created_at), .doc = "When it was made."},
    {"updated_at", JSON_TIME_ISO, AT(updated_at), .doc = "When it changed last."},
    {NULL},
};
#undef AT

static bool split(struct arena *arena, const char *scope, struct api_key_view *view)
{
    const char **words = arena_alloc(arena, SCOPE_WORDS_MAX * sizeof(*words));
    size_t count = 0;
    for (; words && *scope && count < SCOPE_WORDS_MAX; count++) {
        size_t length = strcspn(scope, ",");
        words[count] = arena_strndup(arena, scope, length);
        if (!words[count])
            return false;
        scope += length;
        scope += *scope == ',';
    }
    view->scope = words;
    view->scope_count = count;
    return words != NULL;
}

struct api_key_view *api_key_views(struct call *call, const struct api_key *keys, size_t count)
{
    struct api_key_view *views = arena_alloc(call->arena, (count + 1) * sizeof(*views));
    for (size_t i = 0; views && i < count; i++) {
        views[i] = (struct api_key_view){.kid = keys[i].kid,
                                         .algorithm = keys[i].algorithm,
                                         .state = keys[i].state,
                                         .created_at = keys[i].created_at,
                                         .updated_at = keys[i].updated_at};
        if (!split(call->arena, keys[i].scope, &views[i]))
            return NULL;
    }
    return views;
}

void reply_api_key(struct http_request *request, struct call *call, const struct api_key *key,
                   const char *secret)
{
    struct api_key_view *view = api_key_views(call, key, 1);
    if (!view) {
        reply_no_memory(request);
        return;
    }
    view->secret = secret;
    http_reply_object(request, api_key_fields, view);
}

void reply_api_keys(struct http_request *request, struct call *call, struct key_holder holder,
                    const struct api_key_list *asked)
{
    const struct api_key_page page = {.order_by = asked->order_by,
                                      .descending = strcmp(asked->ordering, "desc") == 0,
                                      .offset = paging_offset(&asked->paging),
                                      .limit = paging_limit(&asked->paging)};
    struct api_key *keys;
    size_t count;
    uint64_t total;
    struct err err;
    if (!api_keys_page(call->db, call->arena, holder, &page, &keys, &count, &total, &err)) {
        http_reply_err(request, &err);
        return;
    }
    struct api_key_view *views = api_key_views(call, keys, count);
    if (!views) {
        reply_no_memory(request);
        return;
    }
    resource_paging(request, &asked->paging, total);
    http_reply_array(request, api_key_fields, views, count, sizeof(*views));
}

bool check_api_key_column(struct http_request *request, const char *text)
{
    (void)request;
    return api_key_column_is_known(text);
}
