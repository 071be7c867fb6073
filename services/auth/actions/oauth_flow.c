#include "auth/actions/oauth_flow.h"

#include <string.h>

#include "auth/actions/oauth.h"
#include "auth/actions/session.h"
#include "auth/domain/address.h"
#include "auth/domain/oauth_error.h"
#include "auth/state/config.h"
#include "auth/store/sessions.h"
#include "auth/store/users.h"
#include "base/auto.h"

enum { SECOND_US = 1000000, DEVICE_INTERVAL_S = 5, USER_CODE_TRIES = 5 };

static bool no_flow(struct err *err);

/* ---- who is there ---- */

/* As authz has it: another browser, or an address far away, is not who signed in. */
static bool is_bound(const struct session *session, const struct visitor *visitor)
{
    const char *agent = visitor->user_agent ? visitor->user_agent : "";
    uint8_t hash[SHA256_SIZE];
    struct address then, now;
    sha256(agent, strlen(agent), hash);
    return bytes_equal(hash, session->user_agent_hash, sizeof(hash)) &&
           address_parse(session->user_ip, &then) && address_parse(visitor->ip, &now) &&
           address_is_near(&then, &now);
}

bool oauth_person_find(struct call *call, const char *cookie, struct oauth_person *ret_person,
                       struct err *err)
{
    struct oauth_person person = {.is_there = false};
    uint8_t id[SESSION_ID_SIZE];
    if (cookie && cookie[0] != '\0') {
        session_id_of(cookie, id);
        person.is_there =
            sessions_find(call->db, id, call->now_us, &person.session, err) &&
            users_by_id(call->db, call->arena, person.session.user_id, &person.user, err);
        if (!person.is_there && err->code != ERR_NOT_FOUND)
            return false;
        person.is_there = person.is_there && is_bound(&person.session, &call->visitor) &&
                          user_may_enter(&person.user);
    }
    *ret_person = person;
    return true;
}

/* ---- requests ---- */

static bool client_find(struct call *call, const char *client_id, struct oauth_client_row *ret_row,
                        struct err *err)
{
    if (!client_id || client_id[0] == '\0')
        return oauth_refuse(err, OAUTH_INVALID_REQUEST, "client_id is missing");
    if (!oauth_clients_find(call->db, call->arena, client_id, ret_row, err))
        return err->code == ERR_NOT_FOUND
                   ? oauth_refuse(err, OAUTH_INVALID_CLIENT, "the client is not known")
                   : false;
    return ret_row->client.is_enabled ||
           oauth_refuse(err, OAUTH_INVALID_CLIENT, "the client is not known");
}

/* Takes what the client pushed; only that counts, whatever came beside it. */
static bool pushed_take(struct call *call, struct oauth_request *request, struct err *err)
{
    const char *uri = request->params.request_uri, *prefix = OAUTH_REQUEST_URI_PREFIX;
    struct oauth_flow flow;
    uint8_t hash[OAUTH_HASH_SIZE];
    bool first;
    if (strncmp(uri, prefix, strlen(prefix)) != 0)
        return oauth_refuse(err, OAUTH_REQUEST_URI_NOT_SUPPORTED,
                            "only pushed requests may be named by request_uri");
    oauth_hash(uri + strlen(prefix), hash);
    if (!oauth_flows_find(call->db, call->arena, OAUTH_FLOW_PUSHED, hash, call->now_us, &flow, err))
        return err->code == ERR_NOT_FOUND
                   ? oauth_refuse(err, OAUTH_INVALID_REQUEST_URI,
                                  "the pushed request is not known, over, or used")
                   : false;
    if (flow.client != request->row.client.row)
        return oauth_refuse(err, OAUTH_INVALID_REQUEST_URI, "another client pushed the request");
    if (!oauth_flows_take(call->db, hash, &first, err) ||
        !oauth_params_read(call->arena, flow.params, &request->params, err))
        return false;
    request->was_pushed = true;
    return first || oauth_refuse(err, OAUTH_INVALID_REQUEST_URI, "the pushed request was used");
}

static bool redirect_check(const struct oauth_request *request, struct err *err)
{
    const char *uri = request->params.redirect_uri;
    if (!uri || uri[0] == '\0')
        return oauth_refuse(err, OAUTH_INVALID_REQUEST, "redirect_uri is missing");
    return oauth_client_redirect(&request->row.client, uri) ||
           oauth_refuse(err, OAUTH_INVALID_REQUEST,
                        "redirect_uri is not one that the client registered");
}

bool oauth_request_find(struct call *call, const struct oauth_params *params,
                        struct oauth_request *ret_request, struct err *err)
{
    struct oauth_request request = {.params = *params};
    if (!client_find(call, params->client_id, &request.row, err) ||
        (params->request_uri && !pushed_take(call, &request, err)) ||
        !redirect_check(&request, err))
        return false;
    *ret_request = request;
    return true;
}

bool oauth_request_push(struct call *call, const struct oauth_client *client,
                        const struct oauth_params *params,
                        char ret_uri[static OAUTH_SECRET_SIZE + sizeof(OAUTH_REQUEST_URI_PREFIX)],
                        struct err *err)
{
    AUTO(str_release) struct str json = STR_INIT(2 * OAUTH_PARAMS_BYTES_MAX);
    struct oauth_request request = {.row = {.client = *client}, .params = *params};
    char handle[OAUTH_SECRET_SIZE];
    uint8_t hash[OAUTH_HASH_SIZE];
    if (params->request_uri)
        return oauth_refuse(err, OAUTH_INVALID_REQUEST, "request_uri may not be pushed");
    if (!redirect_check(&request, err) ||
        !oauth_params_check(params, client, true, &request.ask, err))
        return false;
    oauth_params_write(&json, params);
    if (!str_ok(&json))
        return oauth_refuse(err, OAUTH_INVALID_REQUEST, "the request is too long");
    oauth_secret_make(OAUTH_FLOW_PREFIX, handle);
    oauth_hash(handle, hash);
    struct oauth_flow flow = {.kind = OAUTH_FLOW_PUSHED,
                              .client = client->row,
                              .params = str_data(&json),
                              .was_pushed = true,
                              .expires_at =
                                  call->now_us + (int64_t)OAUTH_PUSHED_LIFE_S * SECOND_US};
    if (!oauth_flows_insert(call->db, hash, &flow, err))
        return false;
    snprintf(ret_uri, OAUTH_SECRET_SIZE + sizeof(OAUTH_REQUEST_URI_PREFIX), "%s%s",
             OAUTH_REQUEST_URI_PREFIX, handle);
    return true;
}

/* ---- what is next ---- */

int64_t oauth_login_after(const struct oauth_ask *ask, int64_t now_us)
{
    if (ask->prompt & (PROMPT_LOGIN | PROMPT_SELECT_ACCOUNT))
        return now_us;
    return ask->max_age_s >= 0 ? now_us - ask->max_age_s * SECOND_US : 0;
}

/* The hint names somebody: is it who is there? A hint that is no token of ours is no hint. */
static bool hint_fits(struct call *call, const struct oauth_request *request,
                      const struct oauth_person *person)
{
    AUTO(str_release) struct str json = STR_INIT(TOKEN_BYTES_MAX);
    struct token_claims claims;
    struct err ignored;
    const char *hint = request->params.id_token_hint;
    if (!hint)
        return true;
    return oauth_verify(call->app, "JWT", request->row.client.client_id, true, hint, &claims, &json,
                        &ignored) &&
           strcmp(claims.subject, person->user.uid) == 0;
}

static bool consent_is_given(struct call *call, const struct oauth_request *request,
                             const struct oauth_person *person, bool *ret_given, struct err *err)
{
    const struct oauth_client *client = &request->row.client;
    scope_set remembered = 0;
    *ret_given = false;
    /* Anybody can pose as a public client, so what was agreed once says nothing. */
    if ((request->ask.prompt & PROMPT_CONSENT) || oauth_client_is_public(client))
        return true;
    if (!client->skip_consent &&
        !oauth_consents_find(call->db, person->user.id, client->row, &remembered, err))
        return false;
    *ret_given = client->skip_consent || !(request->ask.scopes & ~remembered);
    return true;
}

bool oauth_decide(struct call *call, const struct oauth_request *request,
                  const struct oauth_person *person, int64_t login_after, enum oauth_step *ret_step,
                  struct err *err)
{
    bool silent = request->ask.prompt & PROMPT_NONE, given;
    if (!person->is_there || person->session.authenticated_at < login_after ||
        !hint_fits(call, request, person)) {
        *ret_step = OAUTH_STEP_LOGIN;
        return !silent || oauth_refuse(err, OAUTH_LOGIN_REQUIRED, "nobody is signed in");
    }
    if (strcmp(person->user.state, "active") != 0)
        return oauth_refuse(err, OAUTH_ACCESS_DENIED, "the account is not active");
    if (!consent_is_given(call, request, person, &given, err))
        return false;
    *ret_step = given ? OAUTH_STEP_DONE : OAUTH_STEP_CONSENT;
    return given || !silent || oauth_refuse(err, OAUTH_CONSENT_REQUIRED, "the user must agree");
}

/* ---- waiting ---- */

bool oauth_flow_begin(struct call *call, const struct oauth_request *request, int64_t login_after,
                      const char *browser, const struct oauth_device *device,
                      char ret_handle[static OAUTH_SECRET_SIZE], struct err *err)
{
    AUTO(str_release) struct str json = STR_INIT(2 * OAUTH_PARAMS_BYTES_MAX);
    uint8_t hash[OAUTH_HASH_SIZE];
    oauth_params_write(&json, &request->params);
    if (!str_ok(&json))
        return oauth_refuse(err, OAUTH_INVALID_REQUEST, "the request is too long");
    struct oauth_flow flow = {.kind = OAUTH_FLOW_BROWSER,
                              .client = request->row.client.row,
                              .params = str_data(&json),
                              .was_pushed = request->was_pushed,
                              .device = device ? device->row : 0,
                              .login_after = login_after,
                              .expires_at = call->now_us + (int64_t)OAUTH_FLOW_LIFE_S * SECOND_US};
    oauth_hash(browser, flow.browser);
    oauth_secret_make(OAUTH_FLOW_PREFIX, ret_handle);
    oauth_hash(ret_handle, hash);
    return oauth_flows_insert(call->db, hash, &flow, err);
}

static bool no_flow(struct err *err)
{
    return oauth_refuse(err, OAUTH_INVALID_REQUEST,
                        "this page is over, or was opened in another browser");
}

/* The request again, as it was checked when it began. */
static bool request_restore(struct call *call, struct oauth_waiting *waiting, struct err *err)
{
    struct oauth_request *request = &waiting->request;
    request->was_pushed = waiting->flow.was_pushed;
    if (!oauth_clients_get(call->db, call->arena, waiting->flow.client, &request->row, err) ||
        !oauth_params_read(call->arena, waiting->flow.params, &request->params, err))
        return false;
    if (waiting->flow.device == 0)
        return oauth_params_check(&request->params, &request->row.client, request->was_pushed,
                                  &request->ask, err);
    request->ask = (struct oauth_ask){.max_age_s = -1, .prompt = PROMPT_CONSENT};
    if (!oauth_devices_lock_row(call->db, waiting->flow.device, &waiting->device, err))
        return err->code == ERR_NOT_FOUND ? no_flow(err) : false;
    return scopes_parse(request->params.scope, &request->ask.scopes) || no_flow(err);
}

bool oauth_flow_open(struct call *call, const char *handle, const char *browser,
                     struct oauth_waiting *ret_waiting, struct err *err)
{
    struct oauth_waiting waiting = {.flow = {.client = 0}};
    uint8_t hash[OAUTH_HASH_SIZE];
    if (!handle || !browser)
        return no_flow(err);
    oauth_hash(handle, waiting.hash);
    oauth_hash(browser, hash);
    if (!oauth_flows_find(call->db, call->arena, OAUTH_FLOW_BROWSER, waiting.hash, call->now_us,
                          &waiting.flow, err))
        return err->code == ERR_NOT_FOUND ? no_flow(err) : false;
    if (!bytes_equal(hash, waiting.flow.browser, sizeof(hash)))
        return no_flow(err);
    if (!request_restore(call, &waiting, err))
        return false;
    *ret_waiting = waiting;
    return waiting.request.row.client.is_enabled || no_flow(err);
}

/* ---- the end ---- */

struct ending {
    struct call *call;
    const struct oauth_request *request;
    const struct oauth_waiting *waiting;
    const struct oauth_person *person;
    scope_set scopes;
    char *code;
};

/* What a client knows of a session: other clients know it by another name. */
static void sid_make(const struct oauth_person *person, const char *client_id,
                     char ret_sid[static OAUTH_SID_SIZE])
{
    AUTO(str_release) struct str text = STR_INIT(256), digits = STR_INIT(OAUTH_SID_SIZE);
    uint8_t digest[SHA256_SIZE];
    str_add_bytes(&text, person->session.id, SESSION_ID_SIZE);
    str_add(&text, client_id);
    sha256(text.data, text.length, digest);
    base64url_write(&digits, digest, sizeof(digest));
    memcpy(ret_sid, digits.data, OAUTH_SID_SIZE);
}

static void grant_make(const struct ending *ending, struct oauth_grant *ret_grant)
{
    const struct oauth_request *request = ending->request;
    const struct oauth_person *person = ending->person;
    const struct auth_config *config = ending->call->app->config;
    bool offline = ending->scopes & SCOPE_BIT(OFFLINE_ACCESS);
    int64_t now_us = ending->call->now_us;
    struct oauth_grant grant = {.client = request->row.client.row,
                                .user_id = person->user.id,
                                .scopes = ending->scopes,
                                .has_session = true,
                                .authenticated_at = person->session.authenticated_at,
                                .created_at = now_us};
    uint32_t life_s = offline ? config->oauth_grant_time_s
                              : config->oauth_code_time_s + config->oauth_access_time_s;
    if (!offline && ending->waiting && ending->waiting->flow.device)
        life_s += OAUTH_DEVICE_LIFE_S;
    grant.expires_at = now_us + (int64_t)life_s * SECOND_US;
    oauth_id_make(grant.grant_id);
    memcpy(grant.session_id, person->session.id, sizeof(grant.session_id));
    memcpy(grant.methods, person->session.methods, sizeof(grant.methods));
    snprintf(grant.resource, sizeof(grant.resource), "%s",
             request->params.resource ? request->params.resource : "");
    if (ending->scopes & SCOPE_BIT(OPENID))
        sid_make(person, request->row.client.client_id, grant.sid);
    *ret_grant = grant;
}

static bool code_insert(const struct ending *ending, const struct oauth_grant *grant,
                        struct err *err)
{
    const struct oauth_params *params = &ending->request->params;
    const struct call *call = ending->call;
    uint8_t hash[OAUTH_HASH_SIZE];
    struct oauth_code_row row = {
        .grant = grant->row,
        .nonce = params->nonce,
        .expires_at = call->now_us + (int64_t)call->app->config->oauth_code_time_s * SECOND_US};
    snprintf(row.redirect_uri, sizeof(row.redirect_uri), "%s", params->redirect_uri);
    snprintf(row.challenge, sizeof(row.challenge), "%s", params->code_challenge);
    snprintf(row.jkt, sizeof(row.jkt), "%s", params->dpop_jkt ? params->dpop_jkt : "");
    oauth_secret_make(OAUTH_CODE_PREFIX, ending->code);
    oauth_hash(ending->code, hash);
    return oauth_codes_insert(call->db, hash, &row, err);
}

static bool device_settle(struct db *db, const struct oauth_waiting *waiting,
                          enum oauth_device_state state, uint64_t grant, struct err *err)
{
    struct oauth_device device;
    if (!oauth_devices_lock_row(db, waiting->flow.device, &device, err))
        return err->code == ERR_NOT_FOUND ? no_flow(err) : false;
    if (device.state != DEVICE_PENDING)
        return no_flow(err);
    device.state = state;
    device.grant = grant;
    return oauth_devices_update(db, &device, err);
}

/* A reset, a ban or a sign-out that was faster than the consent ends every grant that it finds: no
 * new one may follow. The row of the user is what they lock too. */
static bool is_still_there(struct db *db, const struct ending *ending, struct err *err)
{
    struct user user;
    struct session session;
    const struct oauth_person *person = ending->person;
    if (!users_lock_by_id(db, NULL, person->user.id, &user, err) ||
        !sessions_find(db, person->session.id, ending->call->now_us, &session, err))
        return err->code == ERR_NOT_FOUND ? no_flow(err) : false;
    return user_may_enter(&user) || no_flow(err);
}

static bool finish_unit(struct db *db, void *arg, struct err *err)
{
    struct ending *ending = arg;
    const struct oauth_client *client = &ending->request->row.client;
    struct oauth_grant grant;
    scope_set remembered;
    bool first = true;
    if (ending->waiting && !oauth_flows_take(db, ending->waiting->hash, &first, err))
        return false;
    if (!first)
        return no_flow(err);
    if (!is_still_there(db, ending, err))
        return false;
    grant_make(ending, &grant);
    if (!oauth_grants_insert(db, &grant, err) ||
        !oauth_consents_find(db, ending->person->user.id, client->row, &remembered, err) ||
        !oauth_consents_save(db, ending->person->user.id, client->row, remembered | ending->scopes,
                             ending->call->now_us, err))
        return false;
    ending->code[0] = '\0';
    if (ending->waiting && ending->waiting->flow.device)
        return device_settle(db, ending->waiting, DEVICE_APPROVED, grant.row, err);
    return code_insert(ending, &grant, err);
}

bool oauth_flow_finish(struct call *call, const struct oauth_request *request,
                       const struct oauth_waiting *waiting, const struct oauth_person *person,
                       scope_set scopes, char ret_code[static OAUTH_SECRET_SIZE], struct err *err)
{
    struct ending ending = {call, request, waiting, person, scopes, ret_code};
    assert(person->is_there);
    assert(!(scopes & ~request->ask.scopes));
    return db_transaction(call->db, finish_unit, &ending, err);
}

static bool deny_unit(struct db *db, void *arg, struct err *err)
{
    struct ending *ending = arg;
    bool first;
    if (!oauth_flows_take(db, ending->waiting->hash, &first, err))
        return false;
    if (!first)
        return no_flow(err);
    return !ending->waiting->flow.device ||
           device_settle(db, ending->waiting, DEVICE_DENIED, 0, err);
}

bool oauth_flow_deny(struct call *call, const struct oauth_waiting *waiting, struct err *err)
{
    struct ending ending = {.call = call, .waiting = waiting};
    return db_transaction(call->db, deny_unit, &ending, err);
}

/* ---- devices ---- */

bool oauth_device_begin(struct call *call, const struct oauth_client *client, const char *scope,
                        const char *resource, struct oauth_device_codes *ret_codes, struct err *err)
{
    struct oauth_device_codes codes = {.expires_in_s = OAUTH_DEVICE_LIFE_S,
                                       .interval_s = DEVICE_INTERVAL_S};
    struct oauth_device device = {.client = client->row,
                                  .interval_s = DEVICE_INTERVAL_S,
                                  .expires_at =
                                      call->now_us + (int64_t)OAUTH_DEVICE_LIFE_S * SECOND_US};
    uint8_t hash[OAUTH_HASH_SIZE];
    if (!oauth_client_may(client, OAUTH_GRANT_DEVICE))
        return oauth_refuse(err, OAUTH_UNAUTHORIZED_CLIENT,
                            "the client is not registered for device_code");
    if (!scopes_parse(scope, &device.scopes) || !device.scopes || (device.scopes & ~client->scopes))
        return oauth_refuse(err, OAUTH_INVALID_SCOPE,
                            "scope is missing, unknown, or not registered");
    if (resource && !oauth_uris_have(&client->resources, resource))
        return oauth_refuse(err, OAUTH_INVALID_TARGET, "the client is not registered for resource");
    snprintf(device.resource, sizeof(device.resource), "%s", resource ? resource : "");
    oauth_secret_make(OAUTH_DEVICE_PREFIX, codes.device_code);
    oauth_hash(codes.device_code, hash);
    bool stored = false;
    for (int i = 0; i < USER_CODE_TRIES && !stored; i++) {
        user_code_make(codes.user_code);
        memcpy(device.user_code, codes.user_code, sizeof(device.user_code));
        stored = oauth_devices_insert(call->db, hash, &device, err);
        if (!stored && err->code != ERR_CONFLICT)
            return false;
    }
    if (stored)
        *ret_codes = codes;
    return stored;
}

bool oauth_device_find(struct call *call, const char *typed, struct oauth_device *ret_device,
                       struct oauth_request *ret_request, struct err *err)
{
    struct oauth_request request = {.was_pushed = false};
    char code[USER_CODE_SIZE], scopes[SCOPES_TEXT_MAX];
    if (!typed || !user_code_parse(typed, code) ||
        !oauth_devices_by_code(call->db, code, call->now_us, ret_device, err))
        return oauth_refuse(err, OAUTH_INVALID_REQUEST, "no device waits under this code");
    if (!oauth_clients_get(call->db, call->arena, ret_device->client, &request.row, err))
        return false;
    request.params.client_id = arena_strdup(call->arena, request.row.client.client_id);
    request.params.scope = arena_strdup(call->arena, scopes_text(ret_device->scopes, scopes));
    request.params.resource =
        ret_device->resource[0] ? arena_strdup(call->arena, ret_device->resource) : NULL;
    if (!request.params.client_id || !request.params.scope)
        return err_set(err, ERR_BUSY, "no memory for a request");
    request.ask =
        (struct oauth_ask){.scopes = ret_device->scopes, .max_age_s = -1, .prompt = PROMPT_CONSENT};
    *ret_request = request;
    return true;
}
