#include "blockchain/family/rpc.h"

#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/str.h"
#include "fetch/fetch.h"
#include "json/pull.h"
#include "json/read.h"

enum { REQUEST_BYTES_MAX = 1 << 20, CREDENTIAL_SIZE = 160, MESSAGE_SIZE = 120, WARMING_UP = -28 };

struct rpc {
    struct fetch *fetch;
    long timeout_ms;
    const char *authorities;
    uint64_t id;
    bool has_user, is_bearer; /* is_bearer: the user is "bearer", the password a token */
    char url[RPC_URL_SIZE], label[RPC_URL_SIZE];
    char user[CREDENTIAL_SIZE], password[CREDENTIAL_SIZE];
    struct str request, answer;
    int64_t error_code;
    char error_message[MESSAGE_SIZE];
};

/* ---- the URL ---- */

/* Where user:password stand; false: there are none. */
static bool credentials_find(const char *url, const char **ret_begin, const char **ret_end)
{
    const char *scheme = strstr(url, "://");
    if (!scheme)
        return false;
    const char *begin = scheme + 3;
    size_t authority = strcspn(begin, "/?#");
    const char *at = memrchr(begin, '@', authority);
    if (!at)
        return false;
    *ret_begin = begin;
    *ret_end = at;
    return true;
}

void rpc_url_label(const char *url, char *buffer, size_t size)
{
    const char *begin, *end, *scheme = strstr(url, "://");
    size_t head = scheme ? (size_t)(scheme + 3 - url) : 0;
    const char *host = credentials_find(url, &begin, &end) ? end + 1 : url + head;
    size_t length = strcspn(host, "/?#");
    const char *path = host + length;
    /* Hosted nodes have their key in the path. */
    bool has_path = path[0] == '/' && strcspn(path + 1, "?#") > 0;
    snprintf(buffer, size, "%.*s%.*s%s", (int)head, url, (int)length, host,
             has_path         ? "/..."
             : path[0] == '/' ? "/"
                              : "");
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Percent escapes become what they mean. */
static bool unescape(const char *from, size_t length, char *to, size_t size)
{
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        char c = from[i];
        if (c == '%' && i + 2 < length && hex_digit(from[i + 1]) >= 0 &&
            hex_digit(from[i + 2]) >= 0) {
            c = (char)(hex_digit(from[i + 1]) * 16 + hex_digit(from[i + 2]));
            i += 2;
        }
        if (used + 1 >= size)
            return false;
        to[used++] = c;
    }
    to[used] = '\0';
    return true;
}

static bool url_read(struct rpc *rpc, const char *url, struct err *err)
{
    const char *begin, *end;
    rpc_url_label(url, rpc->label, sizeof(rpc->label));
    if ((strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0) ||
        strlen(url) >= sizeof(rpc->url))
        return err_set(err, ERR_CONFIG, "no http address of a node: %s", rpc->label);
    if (!credentials_find(url, &begin, &end)) {
        memcpy(rpc->url, url, strlen(url) + 1);
        return true;
    }
    const char *colon = memchr(begin, ':', (size_t)(end - begin));
    const char *user_end = colon ? colon : end;
    rpc->has_user = true;
    if (!unescape(begin, (size_t)(user_end - begin), rpc->user, sizeof(rpc->user)) ||
        (colon &&
         !unescape(colon + 1, (size_t)(end - colon - 1), rpc->password, sizeof(rpc->password))))
        return err_set(err, ERR_CONFIG, "too long a user or password: %s", rpc->label);
    rpc->is_bearer = strcmp(rpc->user, "bearer") == 0;
    snprintf(rpc->url, sizeof(rpc->url), "%.*s%s", (int)(begin - url), url, end + 1);
    return true;
}

bool rpc_open(const char *url, long timeout_ms, const char *authorities, struct rpc **ret_rpc,
              struct err *err)
{
    struct rpc *rpc = calloc(1, sizeof(*rpc));
    if (!rpc)
        return err_set(err, ERR_INTERNAL, "no memory");
    rpc->request = STR_INIT(REQUEST_BYTES_MAX);
    rpc->answer = STR_INIT(RPC_ANSWER_BYTES_MAX);
    rpc->timeout_ms = timeout_ms;
    rpc->authorities = authorities;
    rpc->fetch = fetch_new();
    bool ok = rpc->fetch ? url_read(rpc, url, err) : err_set(err, ERR_INTERNAL, "no memory");
    if (!ok) {
        rpc_close(rpc);
        return false;
    }
    *ret_rpc = rpc;
    return true;
}

void rpc_close(struct rpc *rpc)
{
    if (!rpc)
        return;
    fetch_free(rpc->fetch);
    str_release(&rpc->request);
    str_release(&rpc->answer);
    explicit_bzero(rpc, sizeof(*rpc));
    free(rpc);
}

const char *rpc_label(const struct rpc *rpc)
{
    return rpc->label;
}

int64_t rpc_error_code(const struct rpc *rpc)
{
    return rpc->error_code;
}

const char *rpc_error_message(const struct rpc *rpc)
{
    return rpc->error_message;
}

/* ---- reading an answer without a tree: a result may be megabytes, and nest a thousand calls ---- */

struct envelope {
    struct json_slice id, result, error;
};

static bool envelope_read(const char *text, size_t length, struct envelope *envelope)
{
    struct json_pull pull;
    struct json_slice key;
    struct err ignored;
    *envelope = (struct envelope){{0}};
    json_pull_init(&pull, text, length);
    json_pull_object(&pull);
    while (json_pull_key(&pull, &key)) {
        if (json_slice_is(key, "result"))
            json_pull_skip(&pull, &envelope->result);
        else if (json_slice_is(key, "error") && !json_pull_null(&pull))
            json_pull_skip(&pull, &envelope->error);
        else if (json_slice_is(key, "id"))
            json_pull_skip(&pull, &envelope->id);
        else if (!json_slice_is(key, "error"))
            json_pull_skip(&pull, NULL);
    }
    return json_pull_end(&pull, &ignored);
}

/* ---- calls ---- */

DEFINE_AUTO(cJSON, cJSON_Delete);

/* A message of a node goes to the log: printable and short. */
static void message_keep(struct rpc *rpc, const char *message)
{
    size_t used = 0;
    for (; *message && used + 1 < sizeof(rpc->error_message); message++)
        rpc->error_message[used++] =
            (unsigned char)*message < ' ' || (unsigned char)*message > '~' ? '?' : *message;
    rpc->error_message[used] = '\0';
}

bool rpc_refused(struct rpc *rpc, struct json_slice error, const char *method, struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    struct err ignored;
    rpc->error_code = 0;
    message_keep(rpc, "");
    if (!json_read(error.chars, error.length, &root, &ignored))
        return err_set(err, ERR_PROTOCOL, "%s: %s: an error that is no JSON", rpc->label, method);
    int64_t code;
    if (json_member_i64(root, "code", &code))
        rpc->error_code = code;
    const char *message =
        cJSON_IsString(root) ? root->valuestring : json_member_text(root, "message");
    message_keep(rpc, message ? message : "no message");
    return err_set(err, rpc->error_code == WARMING_UP ? ERR_PEER_UNAVAILABLE : ERR_NODE_REFUSED,
                   "%s: %s: %s (%lld)", rpc->label, method, rpc->error_message,
                   (long long)rpc->error_code);
}

static bool status_is_away(long status)
{
    return status == 401 || status == 403 || status == 429 || status >= 500;
}

static bool run(struct rpc *rpc, const struct fetch_request *request, long *ret_status,
                struct err *err)
{
    str_clear(&rpc->answer);
    struct err failure;
    if (fetch_run(rpc->fetch, request, ret_status, &rpc->answer, &failure))
        return true;
    /* The story of the client names the URL, which may hold a key in its path. */
    return err_set(err,
                   failure.code == ERR_PROTOCOL || failure.code == ERR_CONFIG
                       ? failure.code
                       : ERR_PEER_UNAVAILABLE,
                   "%s: no answer: %.120s", rpc->label, failure.what);
}

static const char *token_of(const struct rpc *rpc)
{
    return rpc->is_bearer ? rpc->password : NULL;
}

static bool post(struct rpc *rpc, const char *body, size_t length, long *ret_status,
                 struct err *err)
{
    const struct fetch_request request = {.method = "POST",
                                          .url = rpc->url,
                                          .user =
                                              rpc->has_user && !rpc->is_bearer ? rpc->user : NULL,
                                          .bearer = token_of(rpc),
                                          .password = rpc->password,
                                          .content_type = "application/json",
                                          .body = body,
                                          .body_length = length,
                                          .authorities = rpc->authorities,
                                          .connect_timeout_ms = RPC_CONNECT_TIMEOUT_MS,
                                          .timeout_ms = rpc->timeout_ms};
    return run(rpc, &request, ret_status, err);
}

static bool is_ours(const struct rpc *rpc, const struct envelope *envelope)
{
    uint64_t id;
    return json_slice_to_u64(envelope->id, &id) && id == rpc->id;
}

bool rpc_call(struct rpc *rpc, const char *method, const char *params,
              struct rpc_answer *ret_answer, struct err *err)
{
    long status;
    struct envelope envelope;
    str_clear(&rpc->request);
    str_add_format(&rpc->request, "{\"jsonrpc\":\"2.0\",\"id\":%llu,\"method\":\"%s\",\"params\":",
                   (unsigned long long)++rpc->id, method);
    str_add(&rpc->request, params);
    str_add_char(&rpc->request, '}');
    if (!str_ok(&rpc->request))
        return err_set(err, ERR_INVALID, "%s: %s: the request is too long", rpc->label, method);
    if (!post(rpc, str_data(&rpc->request), rpc->request.length, &status, err))
        return false;
    bool is_envelope = envelope_read(str_data(&rpc->answer), rpc->answer.length, &envelope);
    if (is_envelope && envelope.error.chars)
        return rpc_refused(rpc, envelope.error, method, err);
    if (status_is_away(status))
        return err_set(err, ERR_PEER_UNAVAILABLE, "%s: %s: HTTP status %ld", rpc->label, method,
                       status);
    if (!is_envelope || !envelope.result.chars || status != 200)
        return err_set(err, ERR_PROTOCOL, "%s: %s: no JSON-RPC answer (HTTP status %ld)",
                       rpc->label, method, status);
    if (!is_ours(rpc, &envelope))
        return err_set(err, ERR_PROTOCOL, "%s: %s: the answer to another question", rpc->label,
                       method);
    *ret_answer = (struct rpc_answer){envelope.result.chars, envelope.result.length};
    return true;
}

bool rpc_post(struct rpc *rpc, const char *name, const char *body, size_t length,
              struct rpc_answer *ret_answer, struct err *err)
{
    long status;
    if (!post(rpc, body, length, &status, err))
        return false;
    if (status_is_away(status))
        return err_set(err, ERR_PEER_UNAVAILABLE, "%s: %s: HTTP status %ld", rpc->label, name,
                       status);
    if (status != 200)
        return err_set(err, ERR_PROTOCOL, "%s: %s: HTTP status %ld", rpc->label, name, status);
    *ret_answer = (struct rpc_answer){str_data(&rpc->answer), rpc->answer.length};
    return true;
}

bool rpc_call_tree(struct rpc *rpc, const char *method, const char *params, cJSON **ret_result,
                   struct err *err)
{
    struct rpc_answer answer;
    struct err failure;
    if (!rpc_call(rpc, method, params, &answer, err))
        return false;
    if (!json_read(answer.result, answer.length, ret_result, &failure))
        return err_set(err, ERR_PROTOCOL, "%s: %s: %.100s", rpc->label, method, failure.what);
    return true;
}

bool rpc_call_text(struct rpc *rpc, const char *method, const char *params, const char **ret_text,
                   size_t *ret_length, struct err *err)
{
    struct rpc_answer answer;
    if (!rpc_call(rpc, method, params, &answer, err))
        return false;
    if (answer.length < 2 || answer.result[0] != '"' ||
        memchr(answer.result, '\\', answer.length) != NULL)
        return err_set(err, ERR_PROTOCOL, "%s: %s: no plain text", rpc->label, method);
    *ret_text = answer.result + 1;
    *ret_length = answer.length - 2;
    return true;
}

bool rpc_rest(struct rpc *rpc, const char *method, const char *path, const char *body, bool once,
              long *ret_status, struct rpc_answer *ret_answer, struct err *err)
{
    AUTO(str_release) struct str url = STR_INIT(2 * RPC_URL_SIZE);
    str_add(&url, rpc->url);
    while (url.length > 0 && url.data[url.length - 1] == '/')
        url.data[--url.length] = '\0';
    for (; strncmp(path, "/..", 3) == 0; path += 3) {
        char *last = str_ok(&url) ? strrchr(url.data, '/') : NULL;
        if (!last || last < url.data + 9) /* "https://h" is where a path begins at the earliest */
            return err_set(err, ERR_CONFIG, "%s: the address has too short a path", rpc->label);
        *last = '\0';
        url.length = (size_t)(last - url.data);
    }
    str_add(&url, path);
    if (!str_ok(&url))
        return err_set(err, ERR_INVALID, "%s: too long a path", rpc->label);
    const struct fetch_request request = {.method = method,
                                          .url = str_data(&url),
                                          .user =
                                              rpc->has_user && !rpc->is_bearer ? rpc->user : NULL,
                                          .password = rpc->password,
                                          .bearer = token_of(rpc),
                                          .content_type = body ? "application/json" : NULL,
                                          .body = body,
                                          .body_length = body ? strlen(body) : 0,
                                          .once = once,
                                          .authorities = rpc->authorities,
                                          .connect_timeout_ms = RPC_CONNECT_TIMEOUT_MS,
                                          .timeout_ms = rpc->timeout_ms};
    if (!run(rpc, &request, ret_status, err))
        return false;
    if (status_is_away(*ret_status))
        return err_set(err, ERR_PEER_UNAVAILABLE, "%s: HTTP status %ld", rpc->label, *ret_status);
    *ret_answer = (struct rpc_answer){str_data(&rpc->answer), rpc->answer.length};
    return true;
}
