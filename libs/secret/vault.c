/*
 * vault.c: HashiCorp Vault (or OpenBao) as the store: KV version 2 for named secrets, transit for
 * credentials. Calls: GET and POST KV/data/APP/NAME, POST TRANSIT/{encrypt,decrypt}/APP_credentials,
 * auth/token/{lookup-self,renew-self}, auth/approle/login.
 *
 * Every call that is refused with 403 is tried once more with a token that was taken anew (from the
 * file or by the AppRole): a token that ended does not need a restart.
 */
#include <stdlib.h>
#include <string.h>

#include "crypto/crypto.h"
#include "fetch/fetch.h"
#include "json/field.h"
#include "json/read.h"
#include "secret/internal.h"

enum {
    CONNECTIONS_MAX = 16,
    ANSWER_BYTES_MAX = 256 * 1024,
    BODY_BYTES_MAX = 128 * 1024,
    TOKEN_BYTES_MAX = 4096,
    URL_BYTES_MAX = 1024,
    CONNECT_TIMEOUT_MS = 1000,
    TIMEOUT_MS = 5000
};

struct vault {
    char *url, *token_file, *role_id, *secret_id_file, *app, *kv, *transit;
    pthread_mutex_t lock; /* of what follows */
    char token[TOKEN_BYTES_MAX];
    unsigned token_number; /* counts the tokens: who was refused renews the one it used only */
    struct fetch *idle[CONNECTIONS_MAX];
    size_t idle_count;
};

DEFINE_AUTO(cJSON, cJSON_Delete);

/* ---- one call ---- */

static struct fetch *fetch_take(struct vault *vault)
{
    pthread_mutex_lock(&vault->lock);
    struct fetch *fetch = vault->idle_count > 0 ? vault->idle[--vault->idle_count] : NULL;
    pthread_mutex_unlock(&vault->lock);
    return fetch ? fetch : fetch_new();
}

static void fetch_give(struct vault *vault, struct fetch *fetch)
{
    pthread_mutex_lock(&vault->lock);
    bool has_room = vault->idle_count < CONNECTIONS_MAX;
    if (has_room)
        vault->idle[vault->idle_count++] = fetch;
    pthread_mutex_unlock(&vault->lock);
    if (!has_room)
        fetch_free(fetch);
}

/* `body` NULL: a GET. `token` NULL: none. */
static bool run(struct vault *vault, const char *token, const char *path, const struct str *body,
                long *ret_status, struct str *out, struct err *err)
{
    char url[URL_BYTES_MAX];
    int length = snprintf(url, sizeof(url), "%s/v1/%s", vault->url, path);
    if (length < 0 || (size_t)length >= sizeof(url))
        return err_set(err, ERR_CONFIG, "vault: an address above %d bytes", URL_BYTES_MAX);
    struct fetch *fetch = fetch_take(vault);
    if (!fetch)
        return err_set(err, ERR_INTERNAL, "vault: no memory");
    struct fetch_request request = {.method = body ? "POST" : "GET",
                                    .url = url,
                                    .bearer = token,
                                    .content_type = body ? "application/json" : NULL,
                                    .body = body ? str_data(body) : NULL,
                                    .body_length = body ? body->length : 0,
                                    .connect_timeout_ms = CONNECT_TIMEOUT_MS,
                                    .timeout_ms = TIMEOUT_MS};
    bool done = fetch_run(fetch, &request, ret_status, out, err);
    fetch_give(vault, fetch);
    return done || err_wrap(err, "vault");
}

/* ---- the token ---- */

static unsigned token_get(struct vault *vault, char ret_token[static TOKEN_BYTES_MAX])
{
    pthread_mutex_lock(&vault->lock);
    memcpy(ret_token, vault->token, TOKEN_BYTES_MAX);
    unsigned number = vault->token_number;
    pthread_mutex_unlock(&vault->lock);
    return number;
}

static bool token_put(struct vault *vault, const char *token, struct err *err)
{
    size_t length = strlen(token);
    if (length == 0 || length >= TOKEN_BYTES_MAX)
        return err_set(err, ERR_CONFIG, "vault: a token of %zu bytes", length);
    pthread_mutex_lock(&vault->lock);
    memcpy(vault->token, token, length + 1);
    vault->token_number++;
    pthread_mutex_unlock(&vault->lock);
    return true;
}

/* The first line of a file. */
static bool line_read(const char *path, char ret_line[static TOKEN_BYTES_MAX], struct err *err)
{
    FILE *file = fopen(path, "re");
    bool has_line = file && fgets(ret_line, TOKEN_BYTES_MAX, file);
    if (file)
        fclose(file);
    if (!has_line)
        return err_set(err, ERR_CONFIG, "%s: no line can be read", path);
    ret_line[strcspn(ret_line, "\r\n")] = '\0';
    return true;
}

static bool login(struct vault *vault, struct err *err)
{
    char secret_id[TOKEN_BYTES_MAX];
    AUTO(str_wipe) struct str body = STR_INIT(BODY_BYTES_MAX), answer = STR_INIT(ANSWER_BYTES_MAX);
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    long status;
    if (!line_read(vault->secret_id_file, secret_id, err))
        return false;
    str_add(&body, "{\"role_id\":");
    json_write_string(&body, vault->role_id);
    str_add(&body, ",\"secret_id\":");
    json_write_string(&body, secret_id);
    str_add(&body, "}");
    bytes_wipe(secret_id, sizeof(secret_id));
    if (!run(vault, NULL, "auth/approle/login", &body, &status, &answer, err))
        return false;
    if (status != 200 || !json_read(str_data(&answer), answer.length, &root, err))
        return err_set(err, ERR_PEER_UNAVAILABLE, "vault: the login was answered by %ld", status);
    const char *token = json_member_text(json_member(root, "auth"), "client_token");
    return token_put(vault, token ? token : "", err);
}

/* Takes a token from where tokens come from. The one of the settings can't be taken anew. */
static bool token_renew(struct vault *vault, unsigned used_number, struct err *err)
{
    char token[TOKEN_BYTES_MAX];
    if (used_number != token_get(vault, token))
        return true; /* another thread did */
    if (vault->role_id)
        return login(vault, err);
    if (!vault->token_file)
        return err_set(err, ERR_PEER_UNAVAILABLE, "vault: our token is refused");
    bool done = line_read(vault->token_file, token, err) && token_put(vault, token, err);
    bytes_wipe(token, sizeof(token));
    return done;
}

/* run() with our token, and again with a new one when it is refused. */
static bool call(struct vault *vault, const char *path, const struct str *body, long *ret_status,
                 struct str *out, struct err *err)
{
    char token[TOKEN_BYTES_MAX];
    unsigned number = token_get(vault, token);
    bool done = run(vault, token, path, body, ret_status, out, err);
    if (done && *ret_status == 403) {
        str_clear(out);
        done = token_renew(vault, number, err);
        if (done) {
            token_get(vault, token);
            done = run(vault, token, path, body, ret_status, out, err);
        }
    }
    bytes_wipe(token, sizeof(token));
    return done;
}

/* What is neither the answer nor a refusal that the caller knows. */
static bool refused(struct err *err, const char *path, long status)
{
    return err_set(err, ERR_PEER_UNAVAILABLE, "vault: %s was answered by %ld%s", path, status,
                   status == 503   ? " (sealed?)"
                   : status == 403 ? " (policy of our token?)"
                                   : "");
}

/* ---- named secrets ---- */

static void kv_path(const struct vault *vault, const char *name,
                    char ret_path[static URL_BYTES_MAX])
{
    snprintf(ret_path, URL_BYTES_MAX, "%s/data/%s/%s", vault->kv, vault->app, name);
}

/* *ret_version is the number of what was read, for a write that must not step over another's. */
static bool read_version(struct vault *vault, const char *name, struct str *out, int *ret_version,
                         struct err *err)
{
    AUTO(str_wipe) struct str answer = STR_INIT(ANSWER_BYTES_MAX);
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    char path[URL_BYTES_MAX];
    long status;
    kv_path(vault, name, path);
    if (!call(vault, path, NULL, &status, &answer, err))
        return false;
    if (status == 404)
        return err_set(err, ERR_NOT_FOUND, "vault: there is no %s", path);
    if (status != 200)
        return refused(err, path, status);
    if (!json_read(str_data(&answer), answer.length, &root, err))
        return err_wrap(err, "vault: %s", path);
    const cJSON *data = json_member(root, "data");
    const char *text = json_member_text(json_member(data, "data"), "value");
    const cJSON *version = json_member(json_member(data, "metadata"), "version");
    if (!text)
        return err_set(err, ERR_CONFIG, "vault: %s has no \"value\"", path);
    if (!cJSON_IsNumber(version) || version->valueint < 1)
        return err_set(err, ERR_CONFIG, "vault: %s has no version: KV must be version 2", path);
    *ret_version = version->valueint;
    str_add(out, text);
    return str_ok(out) || err_set(err, ERR_INTERNAL, "vault: %s is too long", path);
}

static bool vault_read(void *backend, const char *name, struct str *out, struct err *err)
{
    int version;
    return read_version(backend, name, out, &version, err);
}

/* The version at which the secret is `before`; 0: there is none, and must not be. */
static bool expected_version(struct vault *vault, const char *name, const char *before,
                             int *ret_version, struct err *err)
{
    AUTO(str_wipe) struct str now = STR_INIT(SECRET_BYTES_MAX);
    *ret_version = 0;
    if (before == secret_absent)
        return true;
    if (!read_version(vault, name, &now, ret_version, err))
        return false;
    return strcmp(str_data(&now), before) == 0 ||
           err_set(err, ERR_CONFLICT, "vault: %s was changed meanwhile", name);
}

static bool vault_write(void *backend, const char *name, const char *text, const char *before,
                        struct err *err)
{
    struct vault *vault = backend;
    AUTO(str_wipe) struct str body = STR_INIT(BODY_BYTES_MAX), answer = STR_INIT(ANSWER_BYTES_MAX);
    char path[URL_BYTES_MAX];
    long status;
    int version;
    kv_path(vault, name, path);
    str_add_char(&body, '{');
    if (before) {
        if (!expected_version(vault, name, before, &version, err))
            return false;
        str_add_format(&body, "\"options\":{\"cas\":%d},", version);
    }
    str_add(&body, "\"data\":{\"value\":");
    json_write_string(&body, text);
    str_add(&body, "}}");
    if (!str_ok(&body))
        return err_set(err, ERR_INTERNAL, "vault: %s is too long", path);
    if (!call(vault, path, &body, &status, &answer, err))
        return false;
    if (status == 400 && before && strstr(str_data(&answer), "check-and-set"))
        return err_set(err, ERR_CONFLICT, "vault: %s was written meanwhile", path);
    return status == 200 || status == 204 || refused(err, path, status);
}

/* ---- transit ---- */

/* Appends the text data.MEMBER of the answer to `out`. */
static bool transit(struct vault *vault, const char *verb, const char *key, const struct str *body,
                    const char *member, struct str *out, struct err *err)
{
    AUTO(str_wipe) struct str answer = STR_INIT(ANSWER_BYTES_MAX);
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    char path[URL_BYTES_MAX];
    long status;
    snprintf(path, sizeof(path), "%s/%s/%s", vault->transit, verb, key);
    if (!str_ok(body))
        return err_set(err, ERR_INTERNAL, "vault: too long for %s", path);
    if (!call(vault, path, body, &status, &answer, err))
        return false;
    if (status == 400)
        return err_set(err, ERR_INTERNAL, "vault: %s: not sealed with our key, for this", path);
    if (status != 200)
        return refused(err, path, status);
    if (!json_read(str_data(&answer), answer.length, &root, err))
        return err_wrap(err, "vault: %s", path);
    const char *text = json_member_text(json_member(root, "data"), member);
    if (!text)
        return err_set(err, ERR_PROTOCOL, "vault: %s: no %s", path, member);
    str_add(out, text);
    return str_ok(out) || err_set(err, ERR_INTERNAL, "vault: %s: too long", path);
}

/* The end of a body: who does not name the context of sealing can't unseal. */
static void add_context(struct str *body, const char *context)
{
    str_add(body, ",\"associated_data\":\"");
    base64_write(body, context, strlen(context));
    str_add(body, "\"}");
}

static bool transit_own(struct vault *vault, const char *verb, const struct str *body,
                        const char *member, struct str *out, struct err *err)
{
    char key[URL_BYTES_MAX];
    snprintf(key, sizeof(key), "%s_credentials", vault->app);
    return transit(vault, verb, key, body, member, out, err);
}

static bool vault_seal(void *backend, const char *context, const void *bytes, size_t length,
                       struct str *out, struct err *err)
{
    AUTO(str_wipe) struct str body = STR_INIT(BODY_BYTES_MAX);
    str_add(&body, "{\"plaintext\":\"");
    base64_write(&body, bytes, length);
    str_add_char(&body, '"');
    add_context(&body, context);
    return transit_own(backend, "encrypt", &body, "ciphertext", out, err);
}

static bool vault_unseal(void *backend, const char *context, const char *sealed, size_t length,
                         struct str *out, struct err *err)
{
    AUTO(str_wipe) struct str body = STR_INIT(BODY_BYTES_MAX), clear = STR_INIT(ANSWER_BYTES_MAX);
    str_add(&body, "{\"ciphertext\":");
    json_write_string_bytes(&body, sealed, length);
    add_context(&body, context);
    if (!transit_own(backend, "decrypt", &body, "plaintext", &clear, err))
        return false;
    if (!base64_read_any(str_data(&clear), clear.length, out))
        return err_set(err, ERR_PROTOCOL, "vault: the plaintext is no base64");
    return true;
}

static bool vault_unseal_foreign(void *backend, const char *key, const char *sealed,
                                 struct str *out, struct err *err)
{
    AUTO(str_wipe) struct str body = STR_INIT(BODY_BYTES_MAX), clear = STR_INIT(ANSWER_BYTES_MAX);
    str_add(&body, "{\"ciphertext\":");
    json_write_string(&body, sealed);
    str_add_char(&body, '}');
    if (!transit(backend, "decrypt", key, &body, "plaintext", &clear, err))
        return false;
    return base64_read_any(str_data(&clear), clear.length, out) ||
           err_set(err, ERR_PROTOCOL, "vault: the plaintext is no base64");
}

/* ---- upkeep ---- */

static bool vault_upkeep(void *backend, struct err *err)
{
    struct vault *vault = backend;
    AUTO(str_wipe) struct str answer = STR_INIT(ANSWER_BYTES_MAX), body = STR_INIT(16);
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    int64_t ttl = 0, whole = 0;
    long status;
    if (!call(vault, "auth/token/lookup-self", NULL, &status, &answer, err))
        return false;
    if (status != 200)
        return refused(err, "auth/token/lookup-self", status);
    if (!json_read(str_data(&answer), answer.length, &root, err))
        return err_wrap(err, "vault: lookup-self");
    const cJSON *data = json_member(root, "data");
    bool has_end = json_member_i64(data, "ttl", &ttl) &&
                   json_member_i64(data, "creation_ttl", &whole) && ttl > 0;
    if (!has_end || ttl > whole / 2)
        return true;
    if (!cJSON_IsTrue(json_member(data, "renewable"))) {
        char token[TOKEN_BYTES_MAX];
        unsigned number = token_get(vault, token);
        bytes_wipe(token, sizeof(token));
        /* One of the settings that can't be renewed is good until it ends. */
        return (!vault->role_id && !vault->token_file) || token_renew(vault, number, err);
    }
    str_clear(&answer);
    str_add(&body, "{}");
    if (!call(vault, "auth/token/renew-self", &body, &status, &answer, err))
        return false;
    return status == 200 || refused(err, "auth/token/renew-self", status);
}

/* ---- opening ---- */

static void vault_close(void *backend)
{
    struct vault *vault = backend;
    if (!vault)
        return;
    for (size_t i = 0; i < vault->idle_count; i++)
        fetch_free(vault->idle[i]);
    char *const texts[] = {vault->url, vault->token_file, vault->role_id, vault->secret_id_file,
                           vault->app, vault->kv,         vault->transit};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        free(texts[i]);
    pthread_mutex_destroy(&vault->lock);
    bytes_wipe(vault, sizeof(*vault));
    free(vault);
}
DEFINE_AUTO(struct vault, vault_close);

/* NULL and "" are absent. */
static char *copy(const char *text, const char *instead)
{
    const char *from = text && text[0] ? text : instead;
    char *made = from ? strdup(from) : NULL;
    assert(made || !from);
    return made;
}

bool secret_vault_open(const struct secret_settings *settings, const struct clock *clock,
                       void **ret_backend, struct err *err)
{
    AUTO_FREE(vault_close) struct vault *vault = calloc(1, sizeof(*vault));
    (void)clock;
    if (!vault)
        return err_set(err, ERR_INTERNAL, "vault: no memory");
    pthread_mutex_init(&vault->lock, NULL);
    vault->url = copy(settings->vault_url, NULL);
    vault->token_file = copy(settings->vault_token_file, NULL);
    vault->role_id = copy(settings->vault_role_id, NULL);
    vault->secret_id_file = copy(settings->vault_secret_id_file, NULL);
    vault->app = copy(settings->vault_app, "bourse");
    vault->kv = copy(settings->vault_kv, "secret");
    vault->transit = copy(settings->vault_transit, "transit");
    const char *token = settings->vault_token;
    if (!vault->url)
        return err_set(err, ERR_CONFIG, "vault: its URL is not set");
    if (vault->role_id && !vault->secret_id_file)
        return err_set(err, ERR_CONFIG, "vault: a role, but no file with its secret id");
    bool done;
    if (token && token[0])
        done = token_put(vault, token, err);
    else if (vault->role_id || vault->token_file)
        /* What does not answer now is asked again by the first call. */
        done = token_renew(vault, 0, err) || err->code == ERR_PEER_UNAVAILABLE;
    else
        return err_set(err, ERR_CONFIG, "vault: neither token nor token file nor role is set");
    if (!done)
        return false;
    *ret_backend = TAKE(vault);
    return true;
}

const struct secret_backend secret_vault_backend = {.write = vault_write,
                                                    .read = vault_read,
                                                    .seal = vault_seal,
                                                    .unseal = vault_unseal,
                                                    .unseal_foreign = vault_unseal_foreign,
                                                    .upkeep = vault_upkeep,
                                                    .close = vault_close};
/* Credentials are sealed by the keyring. */
const struct secret_backend secret_vault_without_transit = {
    .write = vault_write, .read = vault_read, .upkeep = vault_upkeep, .close = vault_close};
