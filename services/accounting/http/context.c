#include "accounting/http/context.h"

#include "accounting/actions/member_provision.h"
#include "api/abilities.h"
#include "api/management.h"
#include "api/scope_claim.h"
#include "api/service_keys.h"
#include "api/worker.h"
#include "accounting/http/trust.h"
#include "accounting/state/config.h"

#include <string.h>

enum { VISIT_MAGIC = 0x56495354 };

static const char service_name[] = "peatio"; /* at the edge */

/* What belongs to one request; in its arena. */
struct visit {
    uint32_t magic;
    struct member member; /* id 0: none */
    const struct catalog *catalog;
    void *kept;
};

static struct visit *visit_of(const struct http_request *request)
{
    return CAST_OBJ(struct visit, http_user(request), VISIT_MAGIC);
}

struct accounting *request_app(const struct http_request *request)
{
    return http_app(request);
}

/* ---- database ---- */

void *context_worker_open(void *app)
{
    const struct accounting *accounting = app;
    return worker_new(&accounting->db_config);
}

struct db *request_db(struct http_request *request)
{
    return worker_db_or_reply(request);
}

/* ---- the member ---- */

/* The claims of the token. One that is signed by a key of tomorrow makes us ask for the keys, on a
 * worker thread: a rotation costs its first request some milliseconds, and no request an error. */
static bool claims_read(struct http_request *request, struct user_claims *ret_claims,
                        struct err *err)
{
    struct accounting *app = request_app(request);
    const char *header = http_header(request, "Authorization");
    if (token_cache_get(app->user_tokens, app->clock, header, ret_claims, err))
        return true;
    if (!trust_lacks_key_of(app, header))
        return false;
    if (!http_is_on_worker(request))
        return http_move_to_worker(request, err); /* false: `before` comes back from there */
    return trust_refresh(app, err) &&
           token_cache_get(app->user_tokens, app->clock, header, ret_claims, err);
}

/* Fills visit->member from the token; on a worker thread, where there is SQL, also its row. */
static bool member_enter(struct http_request *request, struct visit *visit, struct err *err)
{
    struct accounting *app = request_app(request);
    struct user_claims user;
    struct member row;
    const struct member *claims = &user.member;
    if (!claims_read(request, &user, err) ||
        !scope_permit_request(request, service_name, user.scopes, err))
        return false;
    if (!member_cache_by_uid(app->members, claims->uid, &row) || !member_is_current(&row, claims)) {
        if (!http_is_on_worker(request))
            return http_move_to_worker(request, err); /* false: `before` comes back from there */
        struct db *db;
        if (!worker_db(request, &db, err))
            return false;
        if (!member_provision(app, db, claims, &row, err)) {
            /* Two uids with one e-mail: nothing that the visitor can mend. */
            if (err->code == ERR_CONFLICT)
                err->code = ERR_INTERNAL;
            return false;
        }
    }
    visit->member = row;
    return true;
}

static bool level_reaches(const struct member *member, uint32_t minimum, const char *key,
                          struct err *err)
{
    if (member->level >= 0 && (uint32_t)member->level >= minimum)
        return true;
    return err_set_key(err, ERR_LEVEL_TOO_LOW, key, "level %d is below %u", member->level, minimum);
}

static bool check_level(const struct http_request *request, const struct member *member,
                        enum access access, struct err *err)
{
    const struct accounting_config *config = request_app(request)->config;
    if (access == ACCESS_TRADING)
        return level_reaches(member, config->level_trading, "market.trade.not_permitted", err);
    if (access == ACCESS_DEPOSIT)
        return level_reaches(member, config->level_deposit, "account.deposit.not_permitted", err);
    if (access == ACCESS_WITHDRAW)
        return level_reaches(member, config->level_withdraw, "account.withdraw.not_permitted", err);
    return true;
}

const struct member *request_member(const struct http_request *request)
{
    const struct visit *visit = visit_of(request);
    assert(visit->member.id != 0);
    return &visit->member;
}

/* ---- the hooks ---- */

static void give_back(void *catalog)
{
    catalog_give_back(catalog);
}

/* NULL: no memory. */
static struct visit *visit_begin(struct http_request *request)
{
    struct arena *arena = http_arena(request);
    if (http_user(request)) /* `before` runs again, on a worker thread */
        return visit_of(request);
    struct visit *visit = arena_alloc(arena, sizeof(*visit));
    if (!visit)
        return NULL;
    visit->magic = VISIT_MAGIC;
    visit->catalog = catalog_take(request_app(request)->catalogs);
    union {
        const struct catalog *to;
        void *object;
    } catalog = {.to = visit->catalog};
    if (!arena_defer(arena, give_back, catalog.object)) {
        catalog_give_back(visit->catalog);
        return NULL;
    }
    http_set_user(request, visit);
    return visit;
}

static bool peer_enter(struct http_request *request, struct err *err)
{
    struct accounting *app = request_app(request);
    struct service_peer peer;
    return token_cache_get(app->service_tokens, app->clock, http_header(request, "Authorization"),
                           &peer, err);
}

bool context_before(struct http_request *request, const struct http_route *route, struct err *err)
{
    enum access access = (enum access)route->access;
    struct visit *visit = visit_begin(request);
    if (!visit)
        return err_set(err, ERR_BUSY, "no memory for a request");
    switch (access) {
    case ACCESS_PUBLIC:
        return true;
    case ACCESS_MANAGEMENT:
        return management_before(request_app(request)->management, request, route, err);
    case ACCESS_INTERNAL:
        return peer_enter(request, err);
    case ACCESS_MEMBER:
    case ACCESS_TRADING:
    case ACCESS_DEPOSIT:
    case ACCESS_WITHDRAW:
    case ACCESS_ADMIN:
        break;
    }
    if (!member_enter(request, visit, err))
        return false;
    if (!check_level(request, &visit->member, access, err))
        return false;
    /* Before the first load every market and currency would be unknown. */
    if (visit->catalog->version == 0)
        return err_set(err, ERR_BUSY, "the catalog is not loaded yet");
    return true;
}

bool context_permit(struct http_request *request, const struct http_route *route, struct err *err)
{
    if (!route->action)
        return true;
    enum ability_side side = ABILITY_USER;
    switch ((enum access)route->access) {
    case ACCESS_PUBLIC:
    case ACCESS_MANAGEMENT:
    case ACCESS_INTERNAL:
        return true;
    case ACCESS_ADMIN:
        side = ABILITY_ADMIN;
        break;
    case ACCESS_MEMBER:
    case ACCESS_TRADING:
    case ACCESS_DEPOSIT:
    case ACCESS_WITHDRAW:
        break;
    }
    const struct member *member = request_member(request);
    if (abilities_permit(request_app(request)->abilities, side, member->role, route->action,
                         route->subject))
        return true;
    return err_set_key(err, ERR_FORBIDDEN,
                       side == ABILITY_ADMIN ? "admin.ability.not_permitted"
                                             : "user.ability.not_permitted",
                       "role %s may not %s %s", member->role, route->action, route->subject);
}

bool request_permit_attribute(struct http_request *request, const char *action, const char *subject,
                              const char *attribute, struct err *err)
{
    const struct member *member = request_member(request);
    if (abilities_permit_attribute(request_app(request)->abilities, ABILITY_ADMIN, member->role,
                                   action, subject, attribute))
        return true;
    return err_set_key(err, ERR_FORBIDDEN, "admin.ability.not_permitted",
                       "role %s may not %s %s of %s", member->role, action, attribute, subject);
}

static const struct management_words management_words = {
    .verbs = "POST PUT DELETE",
    .not_a_verb = "Only POST, PUT, and DELETE verbs are allowed.",
    .not_found = "Couldn't find record.",
};

void context_error_body(struct http_request *request, const struct err *err, struct str *out)
{
    management_error_body(request, &management_words, err, out);
}

bool context_unknown(struct http_request *request, const struct http_route *route, struct err *err)
{
    static const char *const open[] = {"public",        "management",    "swagger",
                                       "admin/swagger", "coinmarketcap", "coingecko"};
    static const char base[] = "/api/v2/";
    (void)route;
    const char *path = http_path_of(request);
    if (strncmp(path, base, sizeof(base) - 1) != 0)
        return true;
    path += sizeof(base) - 1;
    if (management_is_path(request))
        return management_unknown(request, &management_words, err);
    if (*path == '/')
        path++;
    for (size_t i = 0; i < ARRAY_LEN(open); i++)
        if (strncmp(path, open[i], strlen(open[i])) == 0)
            return true;
    struct accounting *app = request_app(request);
    struct user_claims user;
    return token_cache_get(app->user_tokens, app->clock, http_header(request, "Authorization"),
                           &user, err);
}

/* ---- the rest of a visit ---- */

const struct catalog *request_catalog(struct http_request *request)
{
    return visit_of(request)->catalog;
}

void request_keep(struct http_request *request, void *state)
{
    visit_of(request)->kept = state;
}

void *request_kept(const struct http_request *request)
{
    return visit_of(request)->kept;
}
