/* /internal/chains/:key/blocks, txs, transfers: a chain as its nodes tell it, in one form for all families. */
#include <string.h>

#include "blockchain/http/chain_request.h"
#include "blockchain/http/context.h"
#include "blockchain/http/explain_view.h"
#include "blockchain/http/routes_internal.h"
#include "blockchain/store/transfers.h"

enum { TRANSFERS_MAX = 500 };

/* ---- GET /internal/chains/:key/blocks/:height ---- */

struct block_form {
    const char *key;
    struct param_i64 height;
};
#define AT(member) offsetof(struct block_form, member)
static const struct param block_params[] = {ROW_PATH("key", AT(key), "Key of the chain."),
                                            {.name = "height",
                                             .kind = PARAM_I64,
                                             .offset = AT(height),
                                             .flags = PARAM_IN_PATH | PARAM_REQUIRED,
                                             .doc = "Of the block."},
                                            PARAM_END};
#undef AT

struct block_shown {
    uint64_t height, transactions;
    const char *hash, *parent;
    int64_t time;
};
#define AT(member) offsetof(struct block_shown, member)
static const struct json_field block_fields[] = {
    {"height", JSON_U64, AT(height), .doc = "As it was asked for."},
    {"hash", JSON_TEXT, AT(hash), .doc = "On the node's best chain."},
    {"parent", JSON_TEXT, AT(parent), .doc = "Hash of the block before it."},
    {"time", JSON_TIME_ISO, AT(time), .doc = "As the block says."},
    {"transactions", JSON_U64, AT(transactions), .doc = "How many are in it; 0: not told."},
    {NULL},
};
#undef AT

struct block_asked {
    uint64_t height;
    struct block_head head;
};

static bool ask_block(struct node *node, void *arg, struct err *err)
{
    struct block_asked *asked = arg;
    char hash[CHAIN_HASH_SIZE];
    return node->client->family->block_hash(node, asked->height, hash, err) &&
           node->client->family->block_head(node, hash, &asked->head, err);
}

static void block(struct http_request *request)
{
    const struct block_form *form = http_params(request);
    struct chain *chain = request_chain(request, form->key);
    struct provider_session *session = chain ? request_session(request, chain) : NULL;
    struct block_asked asked = {.height = (uint64_t)form->height.value};
    struct err err;
    if (!session)
        return;
    bool has_block = form->height.value >= 0 && !chain->client->is_custody;
    if (!has_block)
        err_set_key(&err, ERR_NOT_FOUND, "blockchain.block.not_found", "%s has no block %lld",
                    chain->key, (long long)form->height.value);
    if (!has_block || !providers_ask(session, ask_block, &asked, &err)) {
        http_reply_err(request, &err);
        return;
    }
    const struct block_shown shown = {.height = asked.height,
                                      .transactions = asked.head.transactions,
                                      .hash = asked.head.hash,
                                      .parent = asked.head.parent,
                                      .time = asked.head.time_s * INT64_C(1000000)};
    http_reply_object(request, block_fields, &shown);
}

/* ---- GET /internal/chains/:key/txs/:txid ---- */

struct tx_form {
    const char *key, *txid;
};
static const struct param tx_params[] = {
    ROW_PATH("key", offsetof(struct tx_form, key), "Key of the chain."),
    ROW_PATH("txid", offsetof(struct tx_form, txid), "Id of a transaction."), PARAM_END};

struct tx_shown {
    const char *txid, *place, *block_hash, *fee_units;
    uint64_t height, confirmations;
    bool failed;
};
#define AT(member) offsetof(struct tx_shown, member)
static const struct json_field tx_fields[] = {
    {"txid", JSON_TEXT, AT(txid), .doc = "As it was asked for."},
    {"place", JSON_TEXT, AT(place), .doc = "unknown, mempool, mined."},
    {"height", JSON_U64, AT(height), .flags = JSON_NULL_IF_ZERO, .doc = "Of its block."},
    {"block_hash", JSON_TEXT, AT(block_hash), .doc = "Its block."},
    {"confirmations", JSON_U64, AT(confirmations), .doc = "Blocks from its own on."},
    {"failed", JSON_BOOL, AT(failed), .doc = "Mined without effect."},
    {"fee_units", JSON_TEXT, AT(fee_units), .doc = "Of the native coin; null: not known."},
    {NULL},
};
#undef AT

struct tx_asked {
    const char *txid;
    struct tx_status status;
};

static bool ask_tx(struct node *node, void *arg, struct err *err)
{
    struct tx_asked *asked = arg;
    return node->client->family->tx_status(node, asked->txid, &asked->status, err);
}

static void tx(struct http_request *request)
{
    static const char *const places[] = {
        [TX_UNKNOWN] = "unknown", [TX_MEMPOOL] = "mempool", [TX_MINED] = "mined"};
    const struct tx_form *form = http_params(request);
    struct chain *chain = request_chain(request, form->key);
    struct provider_session *session = chain ? request_session(request, chain) : NULL;
    struct tx_asked asked = {.txid = form->txid};
    struct err err;
    if (!session)
        return;
    bool is_id = strspn(form->txid, "0123456789abcdefABCDEFx") == strlen(form->txid) &&
                 strlen(form->txid) < CHAIN_HASH_SIZE;
    if (!is_id)
        err_set_key(&err, ERR_INVALID, "blockchain.tx.invalid", "no transaction id");
    if (!is_id || !providers_ask(session, ask_tx, &asked, &err)) {
        http_reply_err(request, &err);
        return;
    }
    const struct tx_status *status = &asked.status;
    const struct tx_shown shown = {.txid = form->txid,
                                   .place = places[status->place],
                                   .height = status->height,
                                   .block_hash = status->block_hash[0] ? status->block_hash : NULL,
                                   .confirmations = status->confirmations,
                                   .failed = status->is_failed,
                                   .fee_units = status->fee_units[0] ? status->fee_units : NULL};
    http_reply_object(request, tx_fields, &shown);
}

/* ---- GET /internal/chains/:key/transfers ---- */

struct transfers_form {
    const char *key;
    struct param_i64 after, limit;
};
#define AT(member) offsetof(struct transfers_form, member)
static const struct param transfers_params[] = {
    ROW_PATH("key", AT(key), "Key of the chain."),
    ROW_AFTER(AT(after), "transfer_id of the last one seen."), ROW_LIMIT(AT(limit), TRANSFERS_MAX),
    PARAM_END};
#undef AT

static void transfers(struct http_request *request)
{
    const struct transfers_form *form = http_params(request);
    struct chain *chain = request_chain(request, form->key);
    struct db *db = chain ? request_db(request) : NULL;
    struct transfer_row *rows;
    size_t count;
    struct err err;
    if (!db)
        return;
    if (!transfers_after(db, http_arena(request), chain->key, (uint64_t)form->after.value,
                         (size_t)form->limit.value, &rows, &count, &err)) {
        http_reply_err(request, &err);
        return;
    }
    struct transfer_shown *shown = transfers_show(http_arena(request), rows, count);
    if (shown) {
        http_reply_array(request, transfer_fields, shown, count, sizeof(*shown));
        return;
    }
    err_set(&err, ERR_BUSY, "no memory for a reply");
    http_reply_err(request, &err);
}

#define READ(rest)                                                                                 \
    .method = "GET", .path = "/internal/chains/:key/" rest, .mode = HTTP_WORKER,                   \
    .access = ACCESS_READ, .class_name = "blockchain.chain", .tag = "internal"

const struct http_route internal_read_routes[] = {
    {READ("blocks/:height"), .handler = block, .params = block_params,
     .params_size = sizeof(struct block_form), .reply = block_fields,
     .doc = "The head of a block, as a node has it."},
    {READ("txs/:txid"), .handler = tx, .params = tx_params, .params_size = sizeof(struct tx_form),
     .reply = tx_fields, .doc = "Where a transaction is."},
    {READ("transfers"), .handler = transfers, .params = transfers_params,
     .params_size = sizeof(struct transfers_form), .reply = transfer_fields, .reply_is_array = true,
     .doc = "What came to our addresses, by number."},
    {.method = NULL}};
