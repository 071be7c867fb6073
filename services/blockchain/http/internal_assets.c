/* /internal/chains/:key/balances, holdings, check_asset, fees: what nodes say of assets. */
#include <string.h>

#include "blockchain/actions/holdings.h"
#include "blockchain/http/chain_request.h"
#include "blockchain/http/context.h"
#include "blockchain/http/routes_internal.h"
#include "blockchain/store/holdings.h"

/* ---- GET /internal/chains/:key/balances ---- */

struct balance_form {
    const char *key, *address, *contract;
};
#define AT(member) offsetof(struct balance_form, member)
static const struct param balance_params[] = {ROW_PATH("key", AT(key), "Key of the chain."),
                                              {.name = "address",
                                               .kind = PARAM_TEXT,
                                               .offset = AT(address),
                                               .flags = PARAM_REQUIRED,
                                               .doc = "Any address."},
                                              {.name = "contract",
                                               .kind = PARAM_TEXT,
                                               .offset = AT(contract),
                                               .doc = "Token; empty: the native coin."},
                                              PARAM_END};
#undef AT

struct balance_shown {
    const char *units;
};
static const struct json_field balance_fields[] = {
    {"units", JSON_TEXT, offsetof(struct balance_shown, units), .doc = "Smallest units."},
    {NULL},
};

struct balance_question {
    const char *address, *contract;
    char units[CHAIN_UNITS_SIZE];
};

static bool ask_balance(struct node *node, void *arg, struct err *err)
{
    struct balance_question *question = arg;
    return node->client->family->balance(node, question->address, question->contract,
                                         question->units, err);
}

static void balance(struct http_request *request)
{
    const struct balance_form *form = http_params(request);
    struct chain *chain = request_chain(request, form->key);
    struct db *db = chain ? request_db(request) : NULL;
    struct balance_question question = {.address = form->address,
                                        .contract = form->contract ? form->contract : ""};
    uint64_t addresses;
    struct err err;
    bool ok;

    if (!db)
        return;
    if (chain->client->family->balance) {
        struct provider_session *session = request_session(request, chain);
        if (!session)
            return;
        ok = providers_ask(session, ask_balance, &question, &err);
    } else {
        ok = holdings_recorded(db, chain->key, form->address, chain->height, question.units,
                               &addresses, &err);
    }
    const struct balance_shown shown = {question.units};
    if (ok)
        http_reply_object(request, balance_fields, &shown);
    else
        http_reply_err(request, &err);
}

/* ---- GET /internal/chains/:key/holdings ---- */

static const struct param chain_params[] = {
    ROW_PATH("key", offsetof(struct chain_request, key), "Key of the chain."), PARAM_END};

struct holding_shown {
    const char *contract, *currency, *units, *reason;
    uint64_t height, addresses;
};
#define AT(member) offsetof(struct holding_shown, member)
static const struct json_field holding_fields[] = {
    {"contract", JSON_TEXT, AT(contract), .doc = "Token; empty: the native coin."},
    {"currency", JSON_TEXT, AT(currency), .doc = "Its currency."},
    {"units", JSON_TEXT, AT(units), .doc = "Sum over all addresses of ours; null: see reason."},
    {"reason", JSON_TEXT, AT(reason),
     .doc = "Why the sum is not known: a token that answers nonsense."},
    {"height", JSON_U64, AT(height), .doc = "After this block."},
    {"addresses", JSON_U64, AT(addresses), .doc = "How many were asked, or hold something."},
    {NULL},
};
#undef AT

static void holdings_reply(struct http_request *request, const struct holding *rows, size_t count)
{
    struct holding_shown *shown = arena_alloc(http_arena(request), (count + 1) * sizeof(*shown));
    struct err err;
    if (!shown) {
        err_set(&err, ERR_BUSY, "no memory for a reply");
        http_reply_err(request, &err);
        return;
    }
    for (size_t i = 0; i < count; i++)
        shown[i] = (struct holding_shown){.contract = rows[i].contract,
                                          .currency = rows[i].currency,
                                          .units = rows[i].reason[0] ? NULL : rows[i].units,
                                          .reason = rows[i].reason[0] ? rows[i].reason : NULL,
                                          .height = rows[i].height,
                                          .addresses = rows[i].addresses};
    http_reply_array(request, holding_fields, shown, count, sizeof(*shown));
}

static void holdings(struct http_request *request)
{
    const struct chain_request *form = http_params(request);
    struct chain *chain = request_chain(request, form->key);
    struct db *db = chain ? request_db(request) : NULL;
    struct provider_session *session = db ? request_session(request, chain) : NULL;
    struct holding *rows;
    size_t count;
    struct err err;

    if (!session)
        return;
    const struct catalogue *catalogue = catalogue_take(request_app(request)->catalogues);
    const struct chain_entry *entry = catalogue_chain(catalogue, chain->key);
    bool ok =
        entry ? holdings_read(chain, entry, db, session, http_arena(request), &rows, &count, &err)
              : err_set_key(&err, ERR_NOT_FOUND, "blockchain.chain.not_found", "%s", chain->key);
    if (ok)
        holdings_reply(request, rows, count);
    else
        http_reply_err(request, &err);
    catalogue_give_back(catalogue);
}

/* ---- POST /internal/chains/:key/check_asset ---- */

struct check_form {
    const char *key, *contract;
    struct param_i64 decimals;
};
#define AT(member) offsetof(struct check_form, member)
static const struct param check_params[] = {ROW_PATH("key", AT(key), "Key of the chain."),
                                            {.name = "contract",
                                             .kind = PARAM_TEXT,
                                             .offset = AT(contract),
                                             .doc = "Token; empty: the native coin."},
                                            {.name = "decimals",
                                             .kind = PARAM_I64,
                                             .offset = AT(decimals),
                                             .flags = PARAM_REQUIRED,
                                             .doc = "What the catalogue is about to say."},
                                            PARAM_END};
#undef AT

struct check_shown {
    bool ok;
    uint64_t decimals, samples;
    const char *symbol, *reason;
};
#define AT(member) offsetof(struct check_shown, member)
static const struct json_field check_fields[] = {
    {"ok", JSON_BOOL, AT(ok), .doc = "The asset may be enabled as it was told."},
    {"decimals", JSON_U64, AT(decimals), .doc = "What the contract says."},
    {"symbol", JSON_TEXT, AT(symbol), .doc = "What the contract calls itself."},
    {"samples", JSON_U64, AT(samples),
     .doc = "Its last transfers that brought what they said; 0: there were none to compare."},
    {"reason", JSON_TEXT, AT(reason), .doc = "Why it is not ok."},
    {NULL},
};
#undef AT

struct asset_question {
    const char *contract;
    struct chain_asset_said said;
};

static bool ask_asset(struct node *node, void *arg, struct err *err)
{
    struct asset_question *question = arg;
    return node->client->family->asset_read(node, question->contract, &question->said, err);
}

/* The verdict is an answer, whatever it is; only a node that is away is an error. */
static void check_asset(struct http_request *request)
{
    const struct check_form *form = http_params(request);
    struct chain *chain = request_chain(request, form->key);
    struct provider_session *session = chain ? request_session(request, chain) : NULL;
    struct asset_question question = {.contract = form->contract ? form->contract : ""};
    struct check_shown shown = {.symbol = question.said.symbol};
    struct err err;

    if (!session)
        return;
    if (!question.contract[0]) {
        shown.ok = true;
        shown.decimals = form->decimals.value >= 0 ? (uint64_t)form->decimals.value : 0;
    } else if (!chain->client->family->asset_read) {
        shown.reason = "this chain has no contracts";
    } else if (providers_ask(session, ask_asset, &question, &err)) {
        shown.decimals = question.said.decimals;
        shown.samples = question.said.samples;
        shown.ok = form->decimals.value == (int64_t)question.said.decimals;
        shown.reason = shown.ok ? NULL : "the contract has another number of decimals";
    } else if (err.code == ERR_INVALID) {
        shown.reason = err.what;
    } else {
        http_reply_err(request, &err);
        return;
    }
    http_reply_object(request, check_fields, &shown);
}

/* ---- GET /internal/chains/:key/fees ---- */

struct fee_form {
    const char *key, *speed;
};
#define AT(member) offsetof(struct fee_form, member)
static const struct param fee_params[] = {ROW_PATH("key", AT(key), "Key of the chain."),
                                          {.name = "speed",
                                           .kind = PARAM_TEXT,
                                           .offset = AT(speed),
                                           .values = "safelow standard fast",
                                           .value_code = "blockchain.fee.speed_invalid",
                                           .doc = "How soon it shall be mined; default standard."},
                                          PARAM_END};
#undef AT

struct fee_shown {
    const char *native_units;
    uint64_t per_unit, priority;
    bool is_estimated;
};
#define AT(member) offsetof(struct fee_shown, member)
static const struct json_field fee_fields[] = {
    {"native_units", JSON_TEXT, AT(native_units),
     .doc = "Cost of a plain payment, of the native coin."},
    {"per_unit", JSON_U64, AT(per_unit),
     .doc = "Units a gas; of Bitcoin-like chains 1,000 virtual bytes."},
    {"priority", JSON_U64, AT(priority), .doc = "Of it, what the producer of the block gets."},
    {"is_estimated", JSON_BOOL, AT(is_estimated),
     .doc = "False: a fallback, the node knows too little."},
    {NULL},
};
#undef AT

struct fee_question {
    const char *speed;
    struct fee_rate rate;
};

static bool ask_fee(struct node *node, void *arg, struct err *err)
{
    struct fee_question *question = arg;
    return node->client->family->fee_rate(node, question->speed, &question->rate, err);
}

static void fees(struct http_request *request)
{
    const struct fee_form *form = http_params(request);
    struct chain *chain = request_chain(request, form->key);
    struct provider_session *session = chain ? request_session(request, chain) : NULL;
    struct fee_question question = {.speed = form->speed ? form->speed : "standard"};
    struct err err;

    if (!session)
        return;
    if (!providers_ask(session, ask_fee, &question, &err)) {
        http_reply_err(request, &err);
        return;
    }
    const struct fee_shown shown = {question.rate.native_units, question.rate.per_unit,
                                    question.rate.priority, question.rate.is_estimated};
    http_reply_object(request, fee_fields, &shown);
}

#define ROUTE(verb, rest)                                                                          \
    .method = (verb), .path = "/internal/chains/:key/" rest, .mode = HTTP_WORKER,                  \
    .access = ACCESS_READ, .class_name = "blockchain.asset", .tag = "internal"

const struct http_route internal_asset_routes[] = {
    {ROUTE("GET", "balances"), .handler = balance, .params = balance_params,
     .params_size = sizeof(struct balance_form), .reply = balance_fields,
     .doc = "What one address holds."},
    {ROUTE("GET", "holdings"), .handler = holdings, .params = chain_params,
     .params_size = sizeof(struct chain_request), .reply = holding_fields, .reply_is_array = true,
     .doc = "What all of our addresses hold, by asset."},
    {ROUTE("POST", "check_asset"), .handler = check_asset, .params = check_params,
     .params_size = sizeof(struct check_form), .reply = check_fields,
     .doc = "Whether an asset is as the catalogue is about to say. Nothing is changed."},
    {ROUTE("GET", "fees"), .handler = fees, .params = fee_params,
     .params_size = sizeof(struct fee_form), .reply = fee_fields, .doc = "What sending costs now."},
    {.method = NULL}};
