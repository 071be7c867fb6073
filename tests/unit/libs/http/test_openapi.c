/* The document of a route table: valid JSON, every path once, parameters where they belong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "http/http.h"
#include "json/read.h"

struct order {
    const char *id, *code;
    struct param_list state;
    struct param_i64 limit;
    struct param_dec price;
};

#define AT(member) offsetof(struct order, member)

static const struct param params[] = {
    {.name = "id",
     .kind = PARAM_TEXT,
     .offset = AT(id),
     .flags = PARAM_IN_PATH,
     .doc = "Id or \"uuid\"."},
    {.name = "search[code]", .kind = PARAM_NESTED, .offset = AT(code)},
    {.name = "state", .kind = PARAM_MULTI, .offset = AT(state), .values = "wait done"},
    {.name = "limit",
     .kind = PARAM_I64,
     .offset = AT(limit),
     .flags = PARAM_RANGE,
     .min = 1,
     .max = 1000,
     .fallback = "100"},
    {.name = "price", .kind = PARAM_DEC, .offset = AT(price), .flags = PARAM_REQUIRED},
    PARAM_END,
};

static const struct json_field reply[] = {
    {"id", JSON_TEXT, AT(id), .doc = "The id."},
    {NULL},
};

static void handle(struct http_request *request)
{
    (void)request;
}

static const struct http_route routes[] = {
    {.method = "GET",
     .path = "/orders/:id",
     .handler = handle,
     .params = params,
     .params_size = sizeof(struct order),
     .reply = reply,
     .access = 1,
     .tag = "market",
     .doc = "One of my orders."},
    {.method = "GET", .path = "/hidden", .handler = handle, .tag = "internal"},
    {.method = "GET",
     .path = "/orders",
     .handler = handle,
     .reply = reply,
     .reply_is_array = true,
     .tag = "public"},
    {.method = "POST",
     .path = "/orders/:id",
     .handler = handle,
     .params = params,
     .params_size = sizeof(struct order),
     .access = 1,
     .tag = "market"},
    {.method = NULL},
};

static const struct openapi_info info = {.title = "Test",
                                         .version = "1.2.3",
                                         .description = "A \"test\".",
                                         .route_base = "",
                                         .public_base = "/api/v2"};

static bool is_shown(const struct http_route *route)
{
    return strcmp(route->tag, "internal") != 0;
}

static const cJSON *at(const cJSON *node, const char *path)
{
    char copy[256], *rest = copy, *key;
    snprintf(copy, sizeof(copy), "%s", path);
    while (node && (key = strsep(&rest, " ")))
        node =
            cJSON_IsArray(node) ? cJSON_GetArrayItem(node, key[0] - '0') : json_member(node, key);
    return node;
}

static void assert_at(const cJSON *root, const char *path, const char *expected)
{
    const cJSON *node = at(root, path);
    if (!node || !cJSON_IsString(node) || strcmp(node->valuestring, expected) != 0)
        fail_msg("%s is %s", path, node && node->valuestring ? node->valuestring : "no string");
}

static cJSON *print(struct str *out, bool (*select)(const struct http_route *route))
{
    struct err err = {.code = ERR_NONE};
    cJSON *root = NULL;
    str_clear(out);
    http_print_openapi(routes, &info, select, out);
    assert_true(str_ok(out));
    if (!json_read(out->data, out->length, &root, &err)) /* also refuses a path given twice */
        fail_msg("%s", err.what);
    return root;
}

static void http_print_openapi__routes__become_operations(void **state)
{
    struct str out = STR_INIT(1024 * 1024);
    cJSON *root = print(&out, is_shown);
    (void)state;
    assert_at(root, "openapi", "3.0.3");
    assert_at(root, "info version", "1.2.3");
    assert_null(at(root, "paths /api/v2/hidden"));
    assert_int_equal(cJSON_GetArraySize(at(root, "paths")), 2);
    assert_int_equal(cJSON_GetArraySize(at(root, "tags")), 2);
    const cJSON *get = at(root, "paths /api/v2/orders/{id} get");
    assert_at(get, "operationId", "getOrdersById");
    assert_at(get, "summary", "One of my orders.");
    assert_at(get, "parameters 0 name", "id");
    assert_at(get, "parameters 0 in", "path");
    assert_at(get, "parameters 0 description", "Id or \"uuid\".");
    assert_at(get, "parameters 1 name", "search[code]");
    assert_at(get, "parameters 1 in", "query");
    assert_at(get, "parameters 2 name", "state[]");
    assert_at(get, "parameters 2 schema items enum 1", "done");
    assert_at(get, "parameters 3 schema type", "integer");
    assert_true(cJSON_IsTrue(at(get, "parameters 4 required")));
    assert_non_null(at(get, "security 0 bearer"));
    assert_at(get, "responses 200 content application/json schema properties id type", "string");
    assert_null(at(get, "requestBody"));
    const cJSON *post = at(root, "paths /api/v2/orders/{id} post");
    assert_int_equal(cJSON_GetArraySize(at(post, "parameters")), 1);
    assert_at(post, "requestBody content application/json schema required 0", "price");
    assert_non_null(
        at(post, "requestBody content application/x-www-form-urlencoded schema properties state"));
    assert_non_null(at(post, "responses 201"));
    assert_at(root, "paths /api/v2/orders get responses 200 content application/json schema type",
              "array");
    assert_int_equal(cJSON_GetArraySize(at(root, "paths /api/v2/orders get security")), 0);
    cJSON_Delete(root);
    root = print(&out, NULL);
    assert_non_null(at(root, "paths /api/v2/hidden"));
    cJSON_Delete(root);
    str_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(http_print_openapi__routes__become_operations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
