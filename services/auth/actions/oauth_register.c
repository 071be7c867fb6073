#include "auth/actions/oauth_register.h"

#include <string.h>

#include "auth/actions/audit.h"
#include "auth/actions/oauth.h"
#include "auth/domain/oauth_error.h"
#include "auth/state/config.h"
#include "auth/store/changes.h"
#include "auth/store/oauth_grants.h"
#include "base/auto.h"
#include "json/field.h"
#include "token/jwk.h"

enum { SECOND_US = 1000000, METADATA_BYTES_MAX = 2 * OAUTH_METADATA_BYTES_MAX };

static bool metadata_read(struct call *call, const char *metadata, size_t length, bool by_operator,
                          struct oauth_client *client, struct err *err)
{
    const struct oauth_client_rules rules = {.trusted = by_operator,
                                             .insecure = call->app->config->oauth_insecure_allowed};
    struct token_keys *keys = NULL;
    if (!oauth_client_read(call->arena, metadata, length, &rules, client, err))
        return false;
    /* Keys that can't be read would be found out at the first use only. */
    if (client->jwks && !oauth_client_keys(call->app, client, false, &keys, err))
        return oauth_refuse(err, OAUTH_INVALID_CLIENT_METADATA, "jwks holds a key that is broken");
    token_keys_free(keys);
    return true;
}

static void secret_make(struct oauth_registered *registered)
{
    oauth_secret_make(OAUTH_SECRET_PREFIX, registered->secret);
    oauth_hash(registered->secret, registered->row.secrets.secret);
    registered->row.secrets.has_secret = true;
}

bool oauth_client_by_token(struct call *call, const char *client_id, const char *token,
                           struct oauth_client_row *ret_row, struct err *err)
{
    struct oauth_client_row row;
    uint8_t hash[OAUTH_HASH_SIZE];
    oauth_hash(token, hash);
    bool found = oauth_clients_find(call->db, call->arena, client_id, &row, err);
    if (!found && err->code != ERR_NOT_FOUND)
        return false;
    if (!found || !row.secrets.has_registration ||
        !bytes_equal(hash, row.secrets.registration, sizeof(hash)))
        return oauth_refuse(err, OAUTH_INVALID_TOKEN, "the registration token is not right");
    *ret_row = row;
    return true;
}

/* ---- changes: the row, its audit, what ends with it, and the caches, in one transaction ---- */

enum change_kind_of_client { CLIENT_CREATE, CLIENT_UPDATE, CLIENT_DELETE };

struct change {
    struct call *call;
    const struct user *admin;
    enum change_kind_of_client kind;
    const struct oauth_client_row *before; /* NULL: it is new */
    struct oauth_client_row *row;
    bool revokes; /* its grants end */
};

static bool grants_revoke(struct call *call, uint64_t client, struct err *err)
{
    const struct oauth_grant_filter filter = {.client = client};
    struct oauth_grant *grants;
    size_t count;
    if (!oauth_grants_list(call->db, call->arena, &filter, call->now_us, &grants, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!oauth_grants_revoke(call->db, &grants[i], "client", call->now_us, err))
            return false;
    return true;
}

/* What the log shows of a client: no hash, but everything that was registered. */
struct audited {
    const char *client_id, *metadata;
    bool enabled;
};
static const struct json_field audited_fields[] = {
    {"client_id", JSON_TEXT, offsetof(struct audited, client_id), .doc = "The client."},
    {"enabled", JSON_BOOL, offsetof(struct audited, enabled), .doc = "Whether it may act."},
    {"metadata", JSON_RAW, offsetof(struct audited, metadata), .doc = "What is registered."},
    {NULL}};

static struct audited audited_of(const struct oauth_client_row *row, struct str *metadata)
{
    str_add_char(metadata, '{');
    oauth_client_write(metadata, &row->client);
    str_add_char(metadata, '}');
    return (struct audited){row->client.client_id, str_data(metadata), row->client.is_enabled};
}

static bool audit(const struct change *change, struct err *err)
{
    static const char *const actions[] = {"create", "update", "delete"};
    AUTO(str_release) struct str old = STR_INIT(METADATA_BYTES_MAX);
    AUTO(str_release) struct str new = STR_INIT(METADATA_BYTES_MAX);
    struct audited before, after;
    if (!change->admin)
        return true;
    if (change->before)
        before = audited_of(change->before, &old);
    after = audited_of(change->row, &new);
    const struct audit row = {.topic = "oauth",
                              .action = actions[change->kind],
                              .fields = audited_fields,
                              .before = change->before ? &before : NULL,
                              .after = change->kind != CLIENT_DELETE ? &after : NULL};
    return audit_record(change->call, change->admin, &row, err);
}

static bool change_unit(struct db *db, void *arg, struct err *err)
{
    struct change *change = arg;
    struct oauth_client_row *row = change->row;
    int64_t now_us = change->call->now_us;
    bool good = true;
    if (change->revokes && !grants_revoke(change->call, row->client.row, err))
        return false;
    if (change->kind == CLIENT_CREATE)
        good = oauth_clients_insert(db, &row->client, &row->secrets, now_us, err);
    else if (change->kind == CLIENT_UPDATE)
        good = oauth_clients_update(db, &row->client, &row->secrets, now_us, err);
    else
        good = oauth_clients_delete(db, row->client.row, err);
    return good && audit(change, err) &&
           change_announce(db, CHANGE_OAUTH_CLIENT, row->client.client_id, err);
}

bool oauth_client_create(struct call *call, const struct user *admin, const char *metadata,
                         size_t length, bool by_operator, struct oauth_registered *ret_registered,
                         struct err *err)
{
    struct oauth_registered made = {
        .row = {.client = {.is_enabled = true}, .created_at = call->now_us}};
    if (!metadata_read(call, metadata, length, by_operator, &made.row.client, err))
        return false;
    oauth_id_make(made.row.client.client_id);
    if (oauth_client_has_secret(&made.row.client))
        secret_make(&made);
    if (!by_operator) {
        oauth_secret_make(OAUTH_REGISTRATION_PREFIX, made.registration);
        oauth_hash(made.registration, made.row.secrets.registration);
        made.row.secrets.has_registration = true;
    }
    struct change change = {.call = call, .admin = admin, .kind = CLIENT_CREATE, .row = &made.row};
    if (!db_transaction(call->db, change_unit, &change, err))
        return false;
    *ret_registered = made;
    return true;
}

bool oauth_client_replace(struct call *call, const struct user *admin,
                          const struct oauth_client_row *row, const char *metadata, size_t length,
                          bool by_operator, int enabled, struct oauth_registered *ret_registered,
                          struct err *err)
{
    struct oauth_registered changed = {.row = *row};
    struct oauth_client *client = &changed.row.client;
    if (metadata && !metadata_read(call, metadata, length, by_operator, client, err))
        return false;
    /* What an operator gave, the client can't take or keep for itself. */
    if (enabled >= 0)
        client->is_enabled = enabled;
    if (oauth_client_has_secret(client) && !changed.row.secrets.has_secret)
        secret_make(&changed);
    struct change change = {.call = call,
                            .admin = admin,
                            .kind = CLIENT_UPDATE,
                            .before = row,
                            .row = &changed.row,
                            .revokes = row->client.is_enabled && !client->is_enabled};
    if (!db_transaction(call->db, change_unit, &change, err))
        return false;
    *ret_registered = changed;
    return true;
}

bool oauth_client_new_secret(struct call *call, const struct user *admin,
                             const struct oauth_client_row *row,
                             struct oauth_registered *ret_registered, struct err *err)
{
    struct oauth_registered changed = {.row = *row};
    struct oauth_client_secrets *secrets = &changed.row.secrets;
    if (!oauth_client_has_secret(&row->client))
        return oauth_refuse(err, OAUTH_INVALID_CLIENT_METADATA, "the client has no secret");
    memcpy(secrets->former, secrets->secret, sizeof(secrets->former));
    secrets->has_former = secrets->has_secret;
    secrets->former_until = call->now_us + (int64_t)OAUTH_FORMER_SECRET_S * SECOND_US;
    secret_make(&changed);
    struct change change = {
        .call = call, .admin = admin, .kind = CLIENT_UPDATE, .before = row, .row = &changed.row};
    if (!db_transaction(call->db, change_unit, &change, err))
        return false;
    *ret_registered = changed;
    return true;
}

bool oauth_client_remove(struct call *call, const struct user *admin,
                         const struct oauth_client_row *row, struct err *err)
{
    struct oauth_client_row copy = *row;
    struct change change = {.call = call,
                            .admin = admin,
                            .kind = CLIENT_DELETE,
                            .before = row,
                            .row = &copy,
                            .revokes = true};
    return db_transaction(call->db, change_unit, &change, err);
}

/* ---- the answer ---- */

void oauth_registered_write(const struct auth *app, const struct oauth_registered *registered,
                            struct str *out)
{
    const struct oauth_client *client = &registered->row.client;
    str_add(out, "{\"client_id\":");
    json_write_string(out, client->client_id);
    str_add_format(out, ",\"client_id_issued_at\":%lld,\"enabled\":%s,",
                   (long long)(registered->row.created_at / SECOND_US),
                   client->is_enabled ? "true" : "false");
    oauth_client_write(out, client);
    if (registered->secret[0] != '\0')
        str_add_format(out, ",\"client_secret\":\"%s\",\"client_secret_expires_at\":0",
                       registered->secret);
    if (registered->registration[0] != '\0') {
        str_add_format(out, ",\"registration_access_token\":\"%s\",\"registration_client_uri\":\"",
                       registered->registration);
        oauth_address(app, "/oauth2/register/", out);
        str_add_format(out, "%s\"", client->client_id);
    }
    str_add_char(out, '}');
}
