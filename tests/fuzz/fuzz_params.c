/*
 * Any bytes as a request target, a query, a form, or a JSON body, read into the struct of a route
 * that has one parameter of every kind. The first byte says which.
 */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "http/private.h"
#include "json/read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct all {
    const char *id, *text, *json, *nested, *lower;
    struct param_i64 number, time;
    struct param_dec decimal;
    struct param_bool flag;
    struct param_list list;
};

#define AT(member) offsetof(struct all, member)

static bool check_text(struct http_request *request, const char *text)
{
    assert(request != NULL && utf8_is_valid(text, strlen(text)));
    return text[0] != 'x';
}

static const struct param rows[] = {
    {.name = "id",
     .kind = PARAM_TEXT,
     .offset = AT(id),
     .flags = PARAM_IN_PATH,
     .check = check_text},
    {.name = "t",
     .kind = PARAM_TEXT,
     .offset = AT(text),
     .flags = PARAM_REQUIRED | PARAM_NOT_BLANK,
     .check = check_text},
    {.name = "j", .kind = PARAM_JSON, .offset = AT(json)},
    {.name = "s[c]", .kind = PARAM_NESTED, .offset = AT(nested), .check = check_text},
    {.name = "w", .kind = PARAM_TEXT, .offset = AT(lower), .flags = PARAM_LOWER, .values = "a b c"},
    {.name = "n",
     .kind = PARAM_I64,
     .offset = AT(number),
     .flags = PARAM_RANGE,
     .min = -5,
     .max = 5},
    {.name = "i", .kind = PARAM_TIME, .offset = AT(time)},
    {.name = "d", .kind = PARAM_DEC, .offset = AT(decimal), .flags = PARAM_POSITIVE},
    {.name = "f", .kind = PARAM_BOOL, .offset = AT(flag), .fallback = "true"},
    {.name = "l",
     .kind = PARAM_MULTI,
     .offset = AT(list),
     .flags = PARAM_LOWER,
     .check = check_text},
    PARAM_END,
};

static void handle(struct http_request *request)
{
    (void)request;
}

static const struct http_route routes[] = {
    {.method = "POST",
     .path = "/a/:id",
     .handler = handle,
     .params = rows,
     .params_size = sizeof(struct all),
     .class_name = "fuzz"},
    {.method = "GET", .path = "/a/b", .handler = handle},
    {.method = NULL},
};

static struct http_server server = {
    .spec = {.clock = &clock_real},
    .limits = {.body_bytes_max = 1 << 20, .arena_bytes_max = 1 << 20},
};

static void read_params(struct http_request *request)
{
    struct codes codes;
    struct err err;
    request->params = arena_alloc(request->arena, sizeof(struct all));
    if (!request->params)
        return;
    params_read(request, &routes[0], &codes);
    assert(codes.count <= PARAM_CODES_MAX);
    const struct all *all = request->params;
    assert(codes.count > 0 || all->text);
    if (codes.count == 0 && all->number.given)
        assert(all->number.value >= -5 && all->number.value <= 5);
    if (codes.count == 0 && all->json) {
        bool valid = json_check(all->json, strlen(all->json), &err);
        assert(valid);
    }
    (void)http_param_given(request, "s");
}

static void read_target(struct http_request *request, char *text)
{
    struct router *router;
    struct err err;
    bool made = router_new(routes, &router, &err);
    assert(made);
    if (target_parse(text, request->arena, &request->target, &err)) {
        const char *path = request->target.path;
        assert(path[0] == '/' && utf8_is_valid(path, strlen(path)) && !strchr(path, '\\'));
        assert(!strstr(path, "/../") && !strstr(path, "/./"));
        (void)router_find(router, VERB_POST, request->target.segments,
                          request->target.segments_count);
    }
    router_free(router);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err;
    if (size == 0 || size > 100000)
        return 0;
    struct http_request *request = request_new(&server);
    if (!request)
        return 0;
    request->route = &routes[0];
    request->target.segments[0] = "a";
    request->target.segments[1] = "7";
    request->target.segments_count = 2;
    char *text = arena_strndup(request->arena, (const char *)data + 1, size - 1);
    if (!text) {
        request_free(request);
        return 0;
    }
    if (data[0] % 3 == 0)
        read_target(request, text);
    else if (data[0] % 3 == 1 &&
             values_add_pairs(&request->values, text, FORM_PAIRS_MAX, request->arena, &err))
        read_params(request);
    else if (data[0] % 3 == 2 && http_set_params_json(request, text, size - 1, &err))
        read_params(request);
    request_free(request);
    return 0;
}
