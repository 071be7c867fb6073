#include "accounting/actions/catalog_try.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "accounting/actions/chains_document.h"
#include "accounting/domain/units.h"
#include "accounting/peers/peers.h"
#include "base/auto.h"
#include "json/field.h"
#include "json/read.h"

enum {
    LINE_SIZE = 512,
    PATH_SIZE = 160,
    BODY_BYTES_MAX = 8192,
    CALL_MS = 20000,
    KEY_CHARS_MAX = 64
};

/* ---- lines ---- */

static void line_add(struct trial *trial, const char **lines, size_t *count, const char *format,
                     va_list arguments)
{
    char text[LINE_SIZE];
    vsnprintf(text, sizeof(text), format, arguments);
    const char *kept = arena_strdup(trial->arena, text);
    if (kept && *count < TRIAL_LINES_MAX)
        lines[(*count)++] = kept;
}

PRINTF(2, 3)
static void mistake(struct trial *trial, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    line_add(trial, trial->mistakes, &trial->mistakes_count, format, arguments);
    va_end(arguments);
}

PRINTF(2, 3)
static void note(struct trial *trial, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    line_add(trial, trial->notes, &trial->notes_count, format, arguments);
    va_end(arguments);
}

bool trial_rule(struct trial *trial, const struct err *err)
{
    if (err->code != ERR_INVALID && err->code != ERR_CONFLICT)
        return false;
    mistake(trial, "%s", err->what);
    return true;
}

/* ---- what the gateway says ---- */

/* The answer as JSON, deleted by the caller; NULL: there is none, and the trial says so. */
static cJSON *ask(struct accounting *app, const char *path, const char *body, struct trial *trial)
{
    AUTO(str_release) struct str answer = STR_INIT(PEER_ANSWER_BYTES_MAX);
    const struct peer_request request = {.peer = PEER_BLOCKCHAIN,
                                         .method = body ? "POST" : NULL,
                                         .path = path,
                                         .body = body,
                                         .timeout_ms = CALL_MS};
    struct err ignored;
    cJSON *root = NULL;
    long status;
    if (!peer_call(app->peers, &request, &status, &answer, &ignored)) {
        mistake(trial, "The gateway does not answer: no node was asked");
        return NULL;
    }
    if (status == 404)
        mistake(trial, "The gateway does not know the chain yet: no node was asked");
    else if (status < 200 || status >= 300)
        mistake(trial, "No node of the chain answers the gateway");
    else if (!json_read(str_data(&answer), answer.length, &root, &ignored))
        mistake(trial, "The gateway's answer can't be read");
    else
        trial->node = arena_strdup(trial->arena, str_data(&answer));
    return root;
}

static void nodes_judge(const cJSON *root, struct trial *trial)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, json_member(root, "nodes"))
    {
        const char *url = json_member_text(item, "url"), *reason = json_member_text(item, "reason");
        if (reason && cJSON_IsTrue(json_member(item, "ok")))
            note(trial, "Server %s: %s", url ? url : "", reason);
        else if (reason)
            mistake(trial, "Server %s: %s", url ? url : "", reason);
    }
    cJSON_ArrayForEach(item, json_member(root, "reasons")) if (cJSON_IsString(item))
        mistake(trial, "Server: %s", item->valuestring);
}

/* The gateway follows from `height` on: one above the tip would wait for it. */
static void height_judge(const cJSON *root, const struct blockchain_draft *draft,
                         struct trial *trial)
{
    const cJSON *item;
    int64_t tip = -1, height;
    cJSON_ArrayForEach(item,
                       json_member(root, "nodes")) if (cJSON_IsTrue(json_member(item, "ok")) &&
                                                       json_member_i64(item, "height", &height) &&
                                                       height > tip) tip = height;
    if (tip >= 0 && draft->height.given && draft->height.value > tip)
        mistake(trial, "Height %lld is above the tip of its nodes, %lld",
                (long long)draft->height.value, (long long)tip);
}

void trial_chain(struct accounting *app, const struct blockchain_draft *draft, struct trial *trial)
{
    AUTO(str_release) struct str body = STR_INIT(BODY_BYTES_MAX);
    if (!draft->server || !*draft->server) {
        note(trial, "Server is missing: no node was asked");
        return;
    }
    str_add(&body, "{\"key\":");
    json_write_string(&body, draft->key);
    str_add(&body, ",\"client\":");
    json_write_string(&body, draft->client);
    str_add(&body, ",\"servers\":");
    json_write_string(&body, draft->server);
    str_add_char(&body, '}');
    cJSON *root = ask(app, "/internal/chains/try", str_data(&body), trial);
    if (root) {
        nodes_judge(root, trial);
        height_judge(root, draft, trial);
    }
    cJSON_Delete(root);
}

/* ---- a network ---- */

static void token_judge(const cJSON *root, const char *currency_id, int decimals,
                        struct trial *trial)
{
    const char *symbol = json_member_text(root, "symbol");
    const char *reason = json_member_text(root, "reason");
    int64_t said = -1, samples;
    bool is_contract = symbol && *symbol;
    if (cJSON_IsFalse(json_member(root, "ok"))) {
        if (reason && strstr(reason, "decimals") && json_member_i64(root, "decimals", &said) &&
            said != decimals)
            mistake(trial, "Base factor is %d digits, the contract has %lld", decimals,
                    (long long)said);
        else
            mistake(trial, "Options name no token contract: %s", reason ? reason : "no reason");
    }
    if (is_contract && currency_id && strcasecmp(symbol, currency_id) != 0)
        note(trial, "The contract calls itself %s", symbol);
    if (json_member_i64(root, "samples", &samples) && samples == 0 &&
        cJSON_IsTrue(json_member(root, "ok")))
        note(trial, "Nobody moved the token lately: what its transfers bring was not compared");
}

static void token_ask(struct accounting *app, const char *currency_id,
                      const struct network_draft *draft, const char *contract, struct trial *trial)
{
    AUTO(str_release) struct str body = STR_INIT(BODY_BYTES_MAX);
    char path[PATH_SIZE];
    int decimals = draft->subunits.given ? (int)draft->subunits.value
                                         : units_decimals(draft->base_factor.value);
    snprintf(path, sizeof(path), "/internal/chains/%.64s/check_asset", draft->blockchain_key);
    str_add(&body, "{\"contract\":");
    json_write_string(&body, contract);
    str_add_format(&body, ",\"decimals\":%d}", decimals);
    cJSON *root = ask(app, path, str_data(&body), trial);
    if (root)
        token_judge(root, currency_id, decimals, trial);
    cJSON_Delete(root);
}

void trial_network(struct accounting *app, const char *currency_id,
                   const struct network_draft *draft, struct trial *trial)
{
    const struct network network = {.blockchain_key = draft->blockchain_key,
                                    .options = draft->options,
                                    .base_factor = draft->base_factor.value};
    char path[PATH_SIZE];
    if (!draft->blockchain_key || !*draft->blockchain_key)
        return; /* fiat, or a coin that is on no chain yet */
    const char *contract = draft->options ? network_contract(trial->arena, &network) : NULL;
    if (draft->parent_id && *draft->parent_id && (!contract || !*contract))
        mistake(trial, "Options name no token contract");
    if (contract && *contract) {
        token_ask(app, currency_id, draft, contract, trial);
        return;
    }
    snprintf(path, sizeof(path), "/internal/chains/%.64s", draft->blockchain_key);
    cJSON *root = ask(app, path, NULL, trial);
    const char *reason = root ? json_member_text(root, "reason") : NULL;
    if (root && !cJSON_IsTrue(json_member(root, "ready")))
        mistake(trial, "The chain is not ready: %s", reason ? reason : "no reason");
    cJSON_Delete(root);
}

/* ---- the answer ---- */

static void lines_write(struct str *out, const char *name, const char *const *lines, size_t count)
{
    str_add_format(out, ",\"%s\":[", name);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            str_add_char(out, ',');
        json_write_string(out, lines[i]);
    }
    str_add_char(out, ']');
}

void trial_write(const struct trial *trial, const char *saved, struct str *out)
{
    str_add_format(out, "{\"dry_run\":true,\"ok\":%s",
                   saved && trial->mistakes_count == 0 ? "true" : "false");
    lines_write(out, "mistakes", trial->mistakes, trial->mistakes_count);
    lines_write(out, "notes", trial->notes, trial->notes_count);
    str_add(out, ",\"saved\":");
    str_add(out, saved ? saved : "null");
    str_add(out, ",\"node\":");
    str_add(out, trial->node ? trial->node : "null");
    str_add_char(out, '}');
}
