#include "auth/actions/oauth_exchange.h"

#include <string.h>

#include "auth/actions/oauth_issue.h"
#include "auth/domain/oauth_error.h"
#include "auth/domain/oauth_pkce.h"
#include "auth/state/config.h"
#include "auth/store/oauth_flows.h"
#include "auth/store/users.h"

enum { SECOND_US = 1000000, SLOWER_S = 5 };

struct work {
    struct call *call;
    const struct oauth_exchange *exchange;
    struct str *out;
    /* A refusal whose trace stays: the transaction commits, and then it is told. */
    bool is_refused;
    struct err refusal;
};

static bool refuse_and_commit(struct work *work, enum oauth_error error, const char *what)
{
    work->is_refused = true;
    oauth_refuse(&work->refusal, error, "%s", what);
    return true;
}

static bool run(db_unit *unit, struct work *work, struct err *err)
{
    if (!db_transaction(work->call->db, unit, work, err))
        return false;
    if (work->is_refused)
        *err = work->refusal;
    return !work->is_refused;
}

static void begin(struct work *work)
{
    work->is_refused = false;
    str_clear(work->out);
}

static bool not_found_is_invalid(struct err *err, const char *what)
{
    return err->code == ERR_NOT_FOUND ? oauth_refuse(err, OAUTH_INVALID_GRANT, "%s", what) : false;
}

/* ---- what all that have a user share ---- */

/* The grant is alive and of this client, its user may still act. */
static bool grant_enter(struct work *work, uint64_t row, struct oauth_grant *ret_grant,
                        struct user *ret_user, struct err *err)
{
    const struct oauth_client *client = work->exchange->client;
    struct call *call = work->call;
    if (!oauth_grants_lock(call->db, row, ret_grant, err))
        return not_found_is_invalid(err, "it is not known");
    if (ret_grant->client != client->row)
        return oauth_refuse(err, OAUTH_INVALID_GRANT, "it was given to another client");
    if (ret_grant->revoked_at != 0 || ret_grant->expires_at <= call->now_us)
        return oauth_refuse(err, OAUTH_INVALID_GRANT, "it was revoked or is over");
    if (!users_by_id(call->db, call->arena, ret_grant->user_id, ret_user, err))
        return not_found_is_invalid(err, "its user is gone");
    return strcmp(ret_user->state, "active") == 0 ||
           oauth_refuse(err, OAUTH_INVALID_GRANT, "its user may not act now");
}

static bool resource_check(const struct oauth_exchange *exchange, const struct oauth_grant *grant,
                           struct err *err)
{
    return !exchange->resource || strcmp(exchange->resource, grant->resource) == 0 ||
           oauth_refuse(err, OAUTH_INVALID_TARGET, "resource is not the one that was granted");
}

/* Public clients have nothing else that says that the token is in the right hands. */
static bool binds_refresh(const struct oauth_exchange *exchange)
{
    return exchange->jkt && oauth_client_is_public(exchange->client);
}

static bool gives_refresh(const struct oauth_client *client, const struct oauth_grant *grant)
{
    return oauth_client_may(client, OAUTH_GRANT_REFRESH) &&
           (grant->scopes & SCOPE_BIT(OFFLINE_ACCESS));
}

/* The first tokens of a grant. */
static bool first_tokens(struct work *work, const struct oauth_grant *grant,
                         const struct user *user, const char *nonce, struct err *err)
{
    const struct oauth_exchange *exchange = work->exchange;
    struct call *call = work->call;
    char refresh[OAUTH_SECRET_SIZE];
    bool refreshes = gives_refresh(exchange->client, grant);
    if (refreshes) {
        oauth_secret_make(OAUTH_REFRESH_PREFIX, refresh);
        if (!oauth_refresh_issue(call, grant, refresh, err))
            return false;
    }
    const struct oauth_issue issue = {.client = exchange->client,
                                      .grant = grant,
                                      .user = user,
                                      .scopes = grant->scopes,
                                      .nonce = nonce,
                                      .jkt = exchange->jkt,
                                      .refresh = refreshes ? refresh : NULL,
                                      .id_token = grant->scopes & SCOPE_BIT(OPENID)};
    return oauth_grants_set_used(call->db, grant->row, binds_refresh(exchange) ? exchange->jkt : "",
                                 call->now_us, err) &&
           oauth_issue(call, &issue, work->out, err);
}

/* ---- authorization_code ---- */

/* ret_why: what does not fit; NULL: all does. */
static void code_check(const struct work *work, const struct oauth_code_row *row,
                       const char **ret_why)
{
    const struct oauth_exchange *exchange = work->exchange;
    *ret_why = NULL;
    if (row->expires_at <= work->call->now_us)
        *ret_why = "the code is over";
    else if (!exchange->redirect_uri || strcmp(exchange->redirect_uri, row->redirect_uri) != 0)
        *ret_why = "redirect_uri is not the one of the request";
    else if (!exchange->code_verifier || !pkce_verifies(exchange->code_verifier, row->challenge))
        *ret_why = "code_verifier does not fit the challenge";
    else if (row->jkt[0] && (!exchange->jkt || strcmp(exchange->jkt, row->jkt) != 0))
        *ret_why = "the proof is not by the key of the request";
}

static bool code_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    struct call *call = work->call;
    struct oauth_grant grant;
    struct oauth_code_row row;
    struct user user;
    uint8_t hash[OAUTH_HASH_SIZE];
    const char *why;
    bool first;
    begin(work);
    oauth_hash(work->exchange->code, hash);
    if (!oauth_codes_find(db, call->arena, hash, &row, err))
        return not_found_is_invalid(err, "the code is not known");
    if (!grant_enter(work, row.grant, &grant, &user, err))
        return false;
    /* Whatever comes of it, a code that was shown is burnt: there is no second guess. */
    if (!oauth_codes_use(db, hash, call->now_us, &first, err))
        return false;
    if (!first)
        return oauth_grants_revoke(db, &grant, "code_reuse", call->now_us, err) &&
               refuse_and_commit(work, OAUTH_INVALID_GRANT, "the code was used before");
    code_check(work, &row, &why);
    if (why)
        return oauth_grants_revoke(db, &grant, "code_refused", call->now_us, err) &&
               refuse_and_commit(work, OAUTH_INVALID_GRANT, why);
    if (!resource_check(work->exchange, &grant, &work->refusal)) {
        work->is_refused = true;
        return oauth_grants_revoke(db, &grant, "code_refused", call->now_us, err);
    }
    return first_tokens(work, &grant, &user, row.nonce, err);
}

bool oauth_exchange_code(struct call *call, const struct oauth_exchange *exchange, struct str *out,
                         struct err *err)
{
    struct work work = {.call = call, .exchange = exchange, .out = out};
    if (!exchange->code)
        return oauth_refuse(err, OAUTH_INVALID_REQUEST, "code is missing");
    return run(code_unit, &work, err);
}

/* ---- refresh_token ---- */

/* The token was used before: by a client whose reply was lost, or by somebody else. */
static bool reuse_allowed(struct work *work, const struct oauth_refresh_row *row,
                          const char *successor, bool *ret_allowed, struct err *err)
{
    int64_t grace_us = (int64_t)work->call->app->config->oauth_refresh_grace_s * SECOND_US;
    struct oauth_refresh_row next;
    uint8_t hash[OAUTH_HASH_SIZE];
    *ret_allowed = false;
    if (work->call->now_us > row->used_at + grace_us)
        return true;
    oauth_hash(successor, hash);
    if (!oauth_refresh_find(work->call->db, hash, &next, err))
        return err->code == ERR_NOT_FOUND;
    *ret_allowed = next.used_at == 0;
    return true;
}

static bool scopes_narrow(const struct oauth_exchange *exchange, const struct oauth_grant *grant,
                          scope_set *ret_scopes, struct err *err)
{
    scope_set scopes = grant->scopes;
    if (exchange->scope && !scopes_parse(exchange->scope, &scopes))
        return oauth_refuse(err, OAUTH_INVALID_SCOPE, "scope has an unknown word");
    if (!scopes || (scopes & ~grant->scopes))
        return oauth_refuse(err, OAUTH_INVALID_SCOPE, "scope is wider than what was granted");
    if (scopes & ~exchange->client->scopes)
        return oauth_refuse(err, OAUTH_INVALID_SCOPE, "the client is not registered for all of it");
    *ret_scopes = scopes;
    return true;
}

static bool refresh_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    const struct oauth_exchange *exchange = work->exchange;
    struct call *call = work->call;
    struct oauth_grant grant;
    struct oauth_refresh_row row;
    struct user user;
    scope_set scopes = 0;
    uint8_t hash[OAUTH_HASH_SIZE];
    char next[OAUTH_SECRET_SIZE];
    bool first, allowed = true;
    begin(work);
    oauth_hash(exchange->refresh_token, hash);
    if (!oauth_refresh_find(db, hash, &row, err))
        return not_found_is_invalid(err, "the refresh token is not known");
    if (!grant_enter(work, row.grant, &grant, &user, err))
        return false;
    if (grant.jkt[0] && (!exchange->jkt || strcmp(exchange->jkt, grant.jkt) != 0))
        return oauth_refuse(err, OAUTH_INVALID_GRANT, "the proof is not by the key of the token");
    if (row.expires_at <= call->now_us)
        return oauth_refuse(err, OAUTH_INVALID_GRANT, "the refresh token is over");
    if (!scopes_narrow(exchange, &grant, &scopes, err) || !resource_check(exchange, &grant, err))
        return false;
    refresh_successor(exchange->refresh_token, row.seed, next);
    if (!oauth_refresh_use(db, hash, call->now_us, &first, err))
        return false;
    /* Another one may have been quicker since the row was read. */
    if (!first && (!oauth_refresh_find(db, hash, &row, err) ||
                   !reuse_allowed(work, &row, next, &allowed, err)))
        return false;
    if (!allowed)
        return oauth_grants_revoke(db, &grant, "refresh_reuse", call->now_us, err) &&
               refuse_and_commit(work, OAUTH_INVALID_GRANT, "the refresh token was used before");
    if (first && !oauth_refresh_issue(call, &grant, next, err))
        return false;
    const struct oauth_issue issue = {.client = exchange->client,
                                      .grant = &grant,
                                      .user = &user,
                                      .scopes = scopes,
                                      .jkt = exchange->jkt,
                                      .refresh = next,
                                      .id_token = scopes & SCOPE_BIT(OPENID)};
    return oauth_grants_set_used(db, grant.row, "", call->now_us, err) &&
           oauth_issue(call, &issue, work->out, err);
}

bool oauth_exchange_refresh(struct call *call, const struct oauth_exchange *exchange,
                            struct str *out, struct err *err)
{
    struct work work = {.call = call, .exchange = exchange, .out = out};
    if (!exchange->refresh_token)
        return oauth_refuse(err, OAUTH_INVALID_REQUEST, "refresh_token is missing");
    return run(refresh_unit, &work, err);
}

/* ---- client_credentials ---- */

static bool machine_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    const struct oauth_exchange *exchange = work->exchange;
    const struct oauth_client *client = exchange->client;
    struct call *call = work->call;
    struct oauth_grant grant = {
        .client = client->row,
        .created_at = call->now_us,
        .expires_at = call->now_us + (int64_t)call->app->config->oauth_access_time_s * SECOND_US};
    begin(work);
    grant.scopes = client->scopes & scopes_of_machines();
    if (exchange->scope && !scopes_parse(exchange->scope, &grant.scopes))
        return oauth_refuse(err, OAUTH_INVALID_SCOPE, "scope has an unknown word");
    if (grant.scopes & ~(client->scopes & scopes_of_machines()))
        return oauth_refuse(err, OAUTH_INVALID_SCOPE, "the client is not registered for all of it");
    if (exchange->resource && !oauth_uris_have(&client->resources, exchange->resource))
        return oauth_refuse(err, OAUTH_INVALID_TARGET, "the client is not registered for resource");
    snprintf(grant.resource, sizeof(grant.resource), "%s",
             exchange->resource ? exchange->resource : "");
    oauth_id_make(grant.grant_id);
    const struct oauth_issue issue = {
        .client = client, .grant = &grant, .scopes = grant.scopes, .jkt = exchange->jkt};
    return oauth_grants_insert(db, &grant, err) && oauth_issue(call, &issue, work->out, err);
}

bool oauth_exchange_machine(struct call *call, const struct oauth_exchange *exchange,
                            struct str *out, struct err *err)
{
    struct work work = {.call = call, .exchange = exchange, .out = out};
    if (oauth_client_is_public(exchange->client))
        return oauth_refuse(err, OAUTH_UNAUTHORIZED_CLIENT, "the client can't keep a secret");
    return run(machine_unit, &work, err);
}

/* ---- device_code ---- */

/* It asks: not too often? */
static bool device_poll(struct work *work, struct oauth_device *device, struct err *err)
{
    int64_t due = device->polled_at + (int64_t)device->interval_s * SECOND_US;
    bool early = device->polled_at != 0 && work->call->now_us < due;
    device->polled_at = work->call->now_us;
    if (early)
        device->interval_s += SLOWER_S;
    if (!oauth_devices_update(work->call->db, device, err))
        return false;
    return early ? refuse_and_commit(work, OAUTH_SLOW_DOWN, "ask less often")
                 : refuse_and_commit(work, OAUTH_AUTHORIZATION_PENDING, "the user has not decided");
}

static bool device_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    struct call *call = work->call;
    struct oauth_device device;
    struct oauth_grant grant;
    struct user user;
    uint8_t hash[OAUTH_HASH_SIZE];
    begin(work);
    oauth_hash(work->exchange->device_code, hash);
    if (!oauth_devices_lock(db, hash, &device, err))
        return not_found_is_invalid(err, "the device code is not known");
    if (device.client != work->exchange->client->row)
        return oauth_refuse(err, OAUTH_INVALID_GRANT, "it was given to another client");
    if (device.state == DEVICE_USED)
        return oauth_grants_lock(db, device.grant, &grant, err) &&
               oauth_grants_revoke(db, &grant, "code_reuse", call->now_us, err) &&
               refuse_and_commit(work, OAUTH_INVALID_GRANT, "the device code was used before");
    if (device.expires_at <= call->now_us)
        return oauth_refuse(err, OAUTH_EXPIRED_TOKEN, "the device code is over");
    if (device.state == DEVICE_DENIED)
        return oauth_refuse(err, OAUTH_ACCESS_DENIED, "the user said no");
    if (device.state == DEVICE_PENDING)
        return device_poll(work, &device, err);
    device.state = DEVICE_USED;
    return grant_enter(work, device.grant, &grant, &user, err) &&
           oauth_devices_update(db, &device, err) && first_tokens(work, &grant, &user, NULL, err);
}

bool oauth_exchange_device(struct call *call, const struct oauth_exchange *exchange,
                           struct str *out, struct err *err)
{
    struct work work = {.call = call, .exchange = exchange, .out = out};
    if (!exchange->device_code)
        return oauth_refuse(err, OAUTH_INVALID_REQUEST, "device_code is missing");
    return run(device_unit, &work, err);
}
