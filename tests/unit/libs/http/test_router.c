/* Targets and routes: what a path means, decided once; and what is refused as ambiguous. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/auto.h"
#include "http/private.h"

static void handle(struct http_request *request)
{
    (void)request;
}

#define ROUTE(verb, where)                                                                         \
    {                                                                                              \
        .method = verb, .path = where, .handler = handle                                           \
    }

static const struct http_route routes[] = {
    ROUTE("GET", "/"),
    ROUTE("GET", "/api/v2/market/orders"),
    ROUTE("POST", "/api/v2/market/orders"),
    ROUTE("GET", "/api/v2/market/orders/:id"),
    ROUTE("POST", "/api/v2/market/orders/:id/cancel"),
    ROUTE("POST", "/api/v2/market/orders/cancel"),
    ROUTE("GET", "/api/v2/public/markets/tickers"),
    ROUTE("GET", "/api/v2/public/markets/:market/tickers"),
    ROUTE("GET", "/api/v2/public/markets/:market/:what"),
    ROUTE("DELETE", "/api/v2/a/:b/c"),
    ROUTE("*", "/api/v2/auth/*"),
    ROUTE("GET", "/api/v2/auth/near"),
    {.method = NULL},
};

struct world {
    struct router *router;
    struct arena *arena;
};

static int world_open(void **state)
{
    static struct world world;
    struct err err;
    world.arena = arena_new(1024 * 1024);
    *state = &world;
    return world.arena && router_new(routes, &world.router, &err) ? 0 : -1;
}

static int world_close(void **state)
{
    struct world *world = *state;
    router_free(world->router);
    arena_free(world->arena);
    return 0;
}

static bool parse(struct world *world, const char *raw, struct target *ret_target)
{
    struct err err = {.code = ERR_NONE};
    bool parsed = target_parse(arena_strdup(world->arena, raw), world->arena, ret_target, &err);
    assert_true(parsed || err.code == ERR_REQUEST_INVALID);
    return parsed;
}

static struct route_match match(struct world *world, const char *method, const char *raw)
{
    struct target target;
    assert_true(parse(world, raw, &target));
    return router_find(world->router, verb_parse(method), target.segments, target.segments_count);
}

static void assert_route(struct world *world, const char *method, const char *raw, const char *path)
{
    const struct http_route *route = match(world, method, raw).route;
    if (!path)
        assert_null(route);
    else if (!route || strcmp(route->path, path) != 0)
        fail_msg("%s %s is %s", method, raw, route ? route->path : "nothing");
}

static void router_find__paths__literals_win(void **state)
{
    struct world *world = *state;
    assert_route(world, "GET", "/", "/");
    assert_route(world, "GET", "/api/v2/market/orders", "/api/v2/market/orders");
    assert_route(world, "HEAD", "/api/v2/market/orders", "/api/v2/market/orders");
    assert_route(world, "GET", "/api/v2/market/orders/", "/api/v2/market/orders");
    assert_route(world, "GET", "/api/v2/market/%6frders?x=1", "/api/v2/market/orders");
    assert_route(world, "GET", "/api/v2/market/orders/7", "/api/v2/market/orders/:id");
    assert_route(world, "POST", "/api/v2/market/orders/cancel", "/api/v2/market/orders/cancel");
    assert_route(world, "GET", "/api/v2/market/orders/cancel", "/api/v2/market/orders/:id");
    assert_route(world, "POST", "/api/v2/market/orders/cancel/cancel",
                 "/api/v2/market/orders/:id/cancel");
    assert_route(world, "GET", "/api/v2/public/markets/tickers", "/api/v2/public/markets/tickers");
    assert_route(world, "GET", "/api/v2/public/markets/tickers/tickers",
                 "/api/v2/public/markets/:market/tickers");
    assert_route(world, "GET", "/api/v2/public/markets/b/depth",
                 "/api/v2/public/markets/:market/:what");
}

static void router_find__unknown_paths__are_none(void **state)
{
    static const char *const rows[] = {
        "/api",
        "/api/v2",
        "/api/v2/market",
        "/api/v2/market/orders/7/8",
        "//",
        "//api/v2/market/orders",
        "/api/v2//market/orders",
        "/api/v2/market/orders//",
        "/API/v2/market/orders",
        "/api/v2/market/orders;x",
        "/api/v2/a//c",
        "/1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6/7/8/9",
    };
    struct world *world = *state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct route_match found = match(world, "GET", rows[i]);
        if (found.route || found.verbs)
            fail_msg("%s is known", rows[i]);
    }
}

static void router_find__wrong_verb__tells_the_right_ones(void **state)
{
    struct world *world = *state;
    struct route_match found = match(world, "PUT", "/api/v2/market/orders");
    assert_null(found.route);
    assert_int_equal(found.verbs, 1U << VERB_GET | 1U << VERB_POST);
    found = match(world, "DELETE", "/api/v2/market/orders/cancel");
    assert_null(found.route);
    assert_int_equal(found.verbs, 1U << VERB_GET | 1U << VERB_POST);
    found = match(world, "get", "/api/v2/market/orders");
    assert_null(found.route);
}

static void router_find__star__takes_every_verb_of_what_is_nearer_to_nobody(void **state)
{
    static const char *const verbs[] = {"GET", "POST", "HEAD", "OPTIONS", "PATCH", "TRACE"};
    struct world *world = *state;
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
        assert_route(world, verbs[i], "/api/v2/auth/x", "/api/v2/auth/*");
        assert_route(world, verbs[i], "/api/v2/auth//api/v2/peatio/x/y", "/api/v2/auth/*");
    }
    assert_route(world, "GET", "/api/v2/auth/near", "/api/v2/auth/near");
    assert_route(world, "POST", "/api/v2/auth/near", "/api/v2/auth/*");
    assert_route(world, "GET", "/api/v2/auth/near/by", "/api/v2/auth/*");
    assert_route(world, "GET", "/api/v2/auth", NULL);
    assert_route(world, "GET", "/api/v2/auth/", NULL);
    assert_route(world, "GET", "/api/v2/authx/y", NULL);
}

static void router_new__bad_tables__are_refused(void **state)
{
    static const struct http_route twice[] = {
        ROUTE("GET", "/a/:b"), ROUTE("GET", "/a/:c"), {.method = NULL}};
    static const struct http_route verb[] = {ROUTE("OPTIONS", "/a"), {.method = NULL}};
    static const struct http_route relative[] = {ROUTE("GET", "a"), {.method = NULL}};
    static const struct http_route star_twice[] = {
        ROUTE("*", "/a/*"), ROUTE("*", "/a/*"), {.method = NULL}};
    static const struct http_route star_inside[] = {ROUTE("*", "/a/*/b"), {.method = NULL}};
    static const struct http_route star_missing[] = {ROUTE("*", "/a/b"), {.method = NULL}};
    struct router *router = NULL;
    struct err err;
    (void)state;
    assert_false(router_new(star_twice, &router, &err));
    assert_false(router_new(star_inside, &router, &err));
    assert_false(router_new(star_missing, &router, &err));
    assert_false(router_new(twice, &router, &err));
    assert_int_equal(err.code, ERR_CONFIG);
    assert_false(router_new(verb, &router, &err));
    assert_false(router_new(relative, &router, &err));
    assert_null(router);
    router_free(NULL);
}

static void route_segment__names__are_found_by_whole_word(void **state)
{
    static const struct http_route route = {.path = "/a/:id/:identity/c/:x"};
    (void)state;
    assert_int_equal(route_segment(&route, "id"), 1);
    assert_int_equal(route_segment(&route, "identity"), 2);
    assert_int_equal(route_segment(&route, "x"), 4);
    assert_int_equal(route_segment(&route, "a"), -1);
    assert_int_equal(route_segment(&route, "ident"), -1);
}

static void target_parse__ambiguous_targets__are_refused(void **state)
{
    static const char *const rows[] = {
        "",        "api",    "*",           "http://a/api", "/a/../b", "/..",         "/a/..",
        "/a/.",    "/./a",   "/a/%2e%2e/b", "/a/%2E./b",    "/a/.%2e", "/a%2fb",      "/a%2Fb",
        "/%2f",    "/a%00",  "/%00",        "/a\\b",        "/a%5cb",  "/a%5C..%5Cb", "/a%",
        "/a%4",    "/a%zz",  "/a%c0%ae",    "/a\xff",       "/a%ff",   "/a%ed%a0%80", "/a b",
        "/a#b",    "/a?b#c", "/a?b c",      "/a\tb",        "/a\x01",  "/a%0a",       "/a%7f",
        "/a?\x01", "/a\x7f",
    };
    struct world *world = *state;
    struct target target;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (parse(world, rows[i], &target))
            fail_msg("accepted: %s", rows[i]);
}

static void target_parse__target__is_decoded_exactly_once(void **state)
{
    struct world *world = *state;
    struct target target;
    assert_true(parse(world, "/a%20b/%252e%252e/%e2%82%ac/...?q=%20&x=/../", &target));
    assert_string_equal(target.path, "/a b/%2e%2e/\xe2\x82\xac/...");
    assert_string_equal(target.query, "q=%20&x=/../");
    assert_int_equal(target.segments_count, 4);
    assert_string_equal(target.segments[0], "a b");
    assert_string_equal(target.segments[1], "%2e%2e");
    assert_string_equal(target.segments[3], "...");
    assert_true(parse(world, "/?", &target));
    assert_string_equal(target.path, "/");
    assert_string_equal(target.query, "");
    assert_int_equal(target.segments_count, 0);
}

static void verb_parse__names__are_exact(void **state)
{
    (void)state;
    assert_int_equal(verb_parse("GET"), VERB_GET);
    assert_int_equal(verb_parse("OPTIONS"), VERB_OPTIONS);
    assert_int_equal(verb_parse("get"), VERB_OTHER);
    assert_int_equal(verb_parse("GETX"), VERB_OTHER);
    assert_int_equal(verb_parse(""), VERB_OTHER);
    assert_int_equal(verb_parse("OTHER"), VERB_OTHER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(router_find__paths__literals_win),
        cmocka_unit_test(router_find__unknown_paths__are_none),
        cmocka_unit_test(router_find__wrong_verb__tells_the_right_ones),
        cmocka_unit_test(router_find__star__takes_every_verb_of_what_is_nearer_to_nobody),
        cmocka_unit_test(router_new__bad_tables__are_refused),
        cmocka_unit_test(route_segment__names__are_found_by_whole_word),
        cmocka_unit_test(target_parse__ambiguous_targets__are_refused),
        cmocka_unit_test(target_parse__target__is_decoded_exactly_once),
        cmocka_unit_test(verb_parse__names__are_exact),
    };
    return cmocka_run_group_tests(tests, world_open, world_close);
}
