#include "blockchain/http/chain_control.h"

#include "blockchain/actions/block_scan.h"
#include "blockchain/actions/chain_pause.h"
#include "blockchain/http/chain_view.h"
#include "blockchain/http/context.h"

const struct param chain_key_params[] = {
    ROW_PATH("key", offsetof(struct chain_request, key), "Key of the chain."), PARAM_END};

static void no_memory(struct http_request *request)
{
    struct err err;
    err_set(&err, ERR_BUSY, "no memory for a request");
    http_reply_err(request, &err);
}

void chain_list(struct http_request *request)
{
    struct chains *chains = request_app(request)->chains;
    size_t count = chains_count(chains);
    struct chain_shown *rows = arena_alloc(http_arena(request), (count + 1) * sizeof(*rows));
    for (size_t i = 0; rows && i < count; i++)
        if (!chain_show(chains_at(chains, i), http_arena(request), &rows[i]))
            rows = NULL;
    if (rows)
        http_reply_array(request, chain_fields, rows, count, sizeof(*rows));
    else
        no_memory(request);
}

void chain_get(struct http_request *request)
{
    const struct chain_request *asked = http_params(request);
    struct chain *chain = request_chain(request, asked->key);
    struct chain_shown shown;
    if (!chain)
        return;
    if (chain_show(chain, http_arena(request), &shown))
        http_reply_object(request, chain_fields, &shown);
    else
        no_memory(request);
}

/* ---- a block, looked at again ---- */

#define AT(member) offsetof(struct scan_form, member)
const struct param scan_params[] = {ROW_PATH("key", AT(key), "Key of the chain."),
                                    {.name = "height",
                                     .kind = PARAM_I64,
                                     .offset = AT(height),
                                     .flags = PARAM_IN_PATH | PARAM_REQUIRED | PARAM_RANGE,
                                     .min = 0,
                                     .max = INT64_MAX,
                                     .doc = "Of a block that was taken in."},
                                    PARAM_END};
#undef AT

struct scan_shown {
    uint64_t height, transactions, transfers, spends, parked;
    const char *hash;
};
#define AT(member) offsetof(struct scan_shown, member)
const struct json_field scan_fields[] = {
    {"height", JSON_U64, AT(height), .doc = "Of the block."},
    {"hash", JSON_TEXT, AT(hash), .doc = "Its hash."},
    {"transactions", JSON_U64, AT(transactions), .doc = "In the block."},
    {"transfers", JSON_U64, AT(transfers), .doc = "To our addresses, known before or not."},
    {"spends", JSON_U64, AT(spends), .doc = "Of our coins."},
    {"parked", JSON_U64, AT(parked), .doc = "Parts that could not be understood."},
    {NULL},
};
#undef AT

void chain_scan(struct http_request *request)
{
    const struct scan_form *form = http_params(request);
    struct chain *chain = request_chain(request, form->key);
    struct db *db = chain ? request_db(request) : NULL;
    struct provider_session *session = db ? request_session(request, chain) : NULL;
    struct scan_result result;
    struct err err;
    if (!session)
        return;
    if (!block_scan(request_app(request), chain, db, session, (uint64_t)form->height.value, &result,
                    &err)) {
        http_reply_err(request, &err);
        return;
    }
    const struct scan_shown shown = {.height = result.height,
                                     .transactions = result.transactions,
                                     .transfers = result.transfers,
                                     .spends = result.spends,
                                     .parked = result.parked,
                                     .hash = result.hash};
    http_reply_object(request, scan_fields, &shown);
}

/* ---- pause and resume ---- */

struct pause_shown {
    const char *key;
    bool paused;
};
const struct json_field pause_fields[] = {
    {"key", JSON_TEXT, offsetof(struct pause_shown, key), .doc = "Key of the chain."},
    {"paused", JSON_BOOL, offsetof(struct pause_shown, paused),
     .doc = "Whether it is not followed."},
    {NULL},
};

static void pause_set(struct http_request *request, bool is_paused)
{
    const struct chain_request *asked = http_params(request);
    struct chain *chain = request_chain(request, asked->key);
    struct db *db = chain ? request_db(request) : NULL;
    struct err err;
    if (!db)
        return;
    if (!chain_pause_say(request_app(request), chain, db, is_paused, &err)) {
        http_reply_err(request, &err);
        return;
    }
    const struct pause_shown shown = {.key = chain->key, .paused = is_paused};
    http_reply_object(request, pause_fields, &shown);
}

void chain_pause(struct http_request *request)
{
    pause_set(request, true);
}

void chain_resume(struct http_request *request)
{
    pause_set(request, false);
}
