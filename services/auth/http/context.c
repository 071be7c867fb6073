#include "auth/http/context.h"

#include <string.h>

#include "api/abilities.h"
#include "api/management.h"
#include "api/scope_claim.h"
#include "api/service_keys.h"
#include "api/worker.h"
#include "auth/domain/client_ip.h"
#include "auth/domain/oauth_error.h"
#include "auth/domain/request_site.h"
#include "auth/http/authz.h"
#include "auth/http/trust.h"
#include "auth/state/config.h"
#include "auth/state/passkey_party.h"
#include "auth/store/users.h"
#include "base/utf8.h"
#include "geo/geo.h"

enum { VISIT_MAGIC = 0x41565354 };

static const char service_name[] = "barong"; /* at the edge */

/* What belongs to one request; in its arena. */
struct visit {
    uint32_t magic;
    struct user user;          /* id 0: none */
    struct authz_answer authz; /* ACCESS_AUTHZ */
};

static struct visit *visit_of(const struct http_request *request)
{
    return CAST_OBJ(struct visit, http_user(request), VISIT_MAGIC);
}

struct auth *request_app(const struct http_request *request)
{
    return http_app(request);
}

/* ---- database ---- */

void *context_worker_open(void *app)
{
    const struct auth *auth = app;
    return worker_new(&auth->db_config);
}

struct db *request_db(struct http_request *request)
{
    return worker_db_or_reply(request);
}

bool request_call(struct http_request *request, struct call *ret_call)
{
    struct db *db = request_db(request);
    if (!db)
        return false;
    *ret_call = (struct call){.app = request_app(request),
                              .db = db,
                              .arena = http_arena(request),
                              .now_us = clock_now_us(http_clock(request)),
                              .visitor = request_visitor(request)};
    return true;
}

/* ---- the visitor ---- */

struct visitor request_visitor(const struct http_request *request)
{
    const struct auth *app = request_app(request);
    const char *agent = http_header(request, "User-Agent");
    struct visitor visitor = {.user_agent =
                                  agent && utf8_is_valid(agent, strlen(agent)) ? agent : ""};
    const char *behind =
        strcmp(app->config->gateway, "akamai") == 0 ? http_header(request, "True-Client-IP") : NULL;
    if (!behind || !client_ip_parse(behind, strlen(behind), visitor.ip))
        client_ip_find(app->proxies, http_header(request, "X-Forwarded-For"), visitor.ip);
    struct geo_place place;
    geo_find(app->geo, visitor.ip, &place);
    memcpy(visitor.country, place.country_name, sizeof(place.country_name));
    return visitor;
}

/* ---- the hooks ---- */

/* NULL: no memory. */
static struct visit *visit_begin(struct http_request *request)
{
    if (http_user(request)) /* `before` runs again, on a worker thread */
        return visit_of(request);
    struct visit *visit = arena_alloc(http_arena(request), sizeof(*visit));
    if (visit) {
        visit->magic = VISIT_MAGIC;
        http_set_user(request, visit);
    }
    return visit;
}

static bool has_prefix(const char *path, const char *prefix)
{
    return strncmp(path, prefix, strlen(prefix)) == 0;
}

/* Identity has no session to hold a CSRF token: what changes something there must come from our pages. */
static bool public_enter(struct http_request *request, const struct http_route *route,
                         struct err *err)
{
    const struct request_site site = {.fetch_site = http_header(request, "Sec-Fetch-Site"),
                                      .origin = http_header(request, "Origin"),
                                      .host = http_header(request, "Host")};
    if (strcmp(route->method, "GET") == 0 || !has_prefix(route->path, "/api/v2/identity/") ||
        request_site_is_ours(&site, passkey_party_get(request_app(request)->party)->origins))
        return true;
    return err_set_key(err, ERR_FORBIDDEN, "identity.session.cross_site",
                       "a page of another site sent this");
}

static bool user_enter(struct http_request *request, struct visit *visit, struct err *err)
{
    struct auth *app = request_app(request);
    struct bearer bearer;
    struct db *db;
    if (!token_cache_get(app->bearer_tokens, app->clock, http_header(request, "Authorization"),
                         &bearer, err) ||
        !scope_permit_request(request, service_name, bearer.scopes, err))
        return false;
    if (!http_is_on_worker(request))
        return http_move_to_worker(request, err); /* false: `before` comes back from there */
    if (!worker_db(request, &db, err) ||
        !users_by_uid(db, http_arena(request), bearer.uid, &visit->user, err))
        return false;
    /* The token may be older than a ban. */
    return user_may_enter(&visit->user) ||
           err_set_key(err, ERR_UNAUTHENTICATED, "authz.user_not_active", "user %s is %s",
                       visit->user.uid, visit->user.state);
}

/* Told before anything of the parameters: who has no factor is asked for no code. */
static bool has_factor(const struct visit *visit, const struct http_route *route, struct err *err)
{
    static const struct {
        const char *class_name, *code;
    } codes[] = {{"resource.apikey", "resource.api_key.2fa_disabled"},
                 {"resource.serviceaccount", "resource.service_accounts.2fa_disabled"}};
    const char *code = NULL;
    for (size_t i = 0; i < ARRAY_LEN(codes); i++)
        if (strcmp(codes[i].class_name, route->class_name) == 0)
            code = codes[i].code;
    return visit->user.otp || err_set_key(err, ERR_REQUEST_INVALID, code, "no second factor");
}

static bool ask_authz(struct http_request *request, struct visit *visit, struct err *err)
{
    struct db *db = NULL;
    return (!http_is_on_worker(request) || worker_db(request, &db, err)) &&
           authz_enter(request, db, &visit->authz, err);
}

const struct authz_answer *request_authz(const struct http_request *request)
{
    return &visit_of(request)->authz;
}

static bool peer_enter(struct http_request *request, struct err *err)
{
    const struct auth *app = request_app(request);
    struct service_peer peer;
    return token_cache_get(service_keys_tokens(app->services), app->clock,
                           http_header(request, "Authorization"), &peer, err);
}

bool context_before(struct http_request *request, const struct http_route *route, struct err *err)
{
    struct visit *visit = visit_begin(request);
    if (!visit)
        return err_set(err, ERR_BUSY, "no memory for a request");
    switch ((enum access)route->access) {
    case ACCESS_PUBLIC:
        return public_enter(request, route, err);
    case ACCESS_MANAGEMENT:
        return management_before(request_app(request)->management, request, route, err);
    case ACCESS_AUTHZ:
        return ask_authz(request, visit, err);
    case ACCESS_INTERNAL:
        return peer_enter(request, err);
    case ACCESS_FACTOR:
        return user_enter(request, visit, err) && has_factor(visit, route, err);
    case ACCESS_USER:
    case ACCESS_ADMIN:
        break;
    }
    return user_enter(request, visit, err);
}

bool context_permit(struct http_request *request, const struct http_route *route, struct err *err)
{
    if (route->access != ACCESS_ADMIN || !route->action)
        return true;
    const struct user *user = request_user(request);
    if (abilities_permit(request_app(request)->abilities, ABILITY_ADMIN, user->role, route->action,
                         route->subject))
        return true;
    /* 401, not 403: the contract has it so (reference barong.md §0.3). */
    return err_set_key(err, ERR_UNAUTHENTICATED, "admin.ability.not_permitted",
                       "role %s may not %s %s", user->role, route->action, route->subject);
}

const struct user *request_user(const struct http_request *request)
{
    const struct visit *visit = visit_of(request);
    assert(visit->user.id != 0);
    return &visit->user;
}

static const struct management_words management_words = {
    .verbs = "POST PUT",
    .not_a_verb = "Only POST and PUT verbs are allowed.",
    .not_found = "Record is not found",
    .one_form = true,
};

bool context_unknown(struct http_request *request, const struct http_route *route, struct err *err)
{
    static const char *const closed[] = {"/api/v2/resource", "/api/v2/admin"};
    struct auth *app = request_app(request);
    const char *path = http_path_of(request);
    struct bearer bearer;
    (void)route;
    if (management_is_path(request) && !management_unknown(request, &management_words, err))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(closed); i++)
        if (has_prefix(path, closed[i]) &&
            !token_cache_get(app->bearer_tokens, app->clock, http_header(request, "Authorization"),
                             &bearer, err))
            return false;
    return err_set_key(err, ERR_NOT_FOUND, "route", "no such path");
}

void context_error_body(struct http_request *request, const struct err *err, struct str *out)
{
    if (err->code == ERR_NOT_FOUND && err->key && strcmp(err->key, "route") == 0)
        str_add(out, "{\"error\":\"Route is not found\"}");
    else if (has_prefix(http_path_of(request), "/oauth2/"))
        oauth_error_write(out, err);
    else
        management_error_body(request, &management_words, err, out);
}
