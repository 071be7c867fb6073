/* /internal/chains/:key/statement and count: what our records say of all coins of a chain, and what a node
 * says, for whoever compares them with books (W-34). */
#include "blockchain/actions/holdings.h"
#include "blockchain/http/chain_request.h"
#include "blockchain/http/context.h"
#include "blockchain/http/routes_internal.h"
#include "blockchain/store/statement.h"

/* ---- GET /internal/chains/:key/statement ---- */

static const struct param chain_params[] = {
    ROW_PATH("key", offsetof(struct chain_request, key), "Key of the chain."), PARAM_END};

#define AT(member) offsetof(struct statement_line, member)
static const struct json_field line_fields[] = {
    {"contract", JSON_CHARS, AT(contract), .doc = "Token; empty: the native coin."},
    {"name", JSON_CHARS, AT(name),
     .doc = "recorded, from_outside, deposits_not_final, payments_not_final, payments_ahead, "
            "on_the_way, fees_not_final, fees_ahead."},
    {"units", JSON_CHARS, AT(units), .doc = "Smallest units."},
    {NULL},
};
#undef AT

struct statement_shown {
    const char *chain, *hash, *counted_by;
    uint64_t seq, height, parked, coins;
    const struct statement_line *lines;
    size_t lines_count;
};
#define AT(member) offsetof(struct statement_shown, member)
static const struct json_field statement_fields[] = {
    {"chain", JSON_TEXT, AT(chain), .doc = "Chain key."},
    {"seq", JSON_U64, AT(seq), .doc = "It has what was told up to this event, and no more."},
    {"height", JSON_U64, AT(height), .doc = "After this block."},
    {"hash", JSON_TEXT, AT(hash), .doc = "Its hash."},
    {"counted_by", JSON_TEXT, AT(counted_by),
     .doc = "What a node can be asked for: addresses, coins; wallet: a custodian, for its total."},
    {"parked", JSON_U64, AT(parked), .doc = "Parts of blocks that wait, so are in no line."},
    {"coins", JSON_U64, AT(coins), .doc = "Unspent outputs; 0 where there are none."},
    {"lines", JSON_ARRAY, AT(lines), .sub = line_fields, .sub_size = sizeof(struct statement_line),
     .count_offset = AT(lines_count), .doc = "Sums; a line that is 0 may be left out."},
    {NULL},
};
#undef AT

struct look {
    const struct chain *chain;
    struct arena *arena;
    struct statement statement;
};

static bool look_unit(struct db *db, void *arg, struct err *err)
{
    struct look *look = arg;
    const struct chain_client *client = look->chain->client;
    return statement_read(db, look->arena, look->chain->key,
                          client->is_custody      ? STATEMENT_CUSTODY
                          : client->family->coins ? STATEMENT_COINS
                                                  : STATEMENT_ACCOUNTS,
                          &look->statement, err);
}

static void statement(struct http_request *request)
{
    const struct chain_request *form = http_params(request);
    struct chain *chain = request_chain(request, form->key);
    struct db *db = chain ? request_db(request) : NULL;
    struct look look = {.chain = chain, .arena = http_arena(request)};
    struct err err;
    if (!db)
        return;
    if (!db_snapshot(db, look_unit, &look, &err)) {
        http_reply_err(request, &err);
        return;
    }
    const struct family *family = chain->client->family;
    const struct statement_shown shown = {.chain = chain->key,
                                          .seq = look.statement.seq,
                                          .height = look.statement.height,
                                          .hash = look.statement.hash,
                                          .counted_by = family->balances ? "addresses"
                                                        : family->coins  ? "coins"
                                                                         : "wallet",
                                          .parked = look.statement.parked,
                                          .coins = look.statement.coins,
                                          .lines = look.statement.lines,
                                          .lines_count = look.statement.lines_count};
    http_reply_object(request, statement_fields, &shown);
}

/* ---- GET /internal/chains/:key/count ---- */

struct count_form {
    const char *key, *contract, *hash;
    struct param_i64 height, after;
};
#define AT(member) offsetof(struct count_form, member)
static const struct param count_params[] = {
    ROW_PATH("key", AT(key), "Key of the chain."),
    {.name = "contract",
     .kind = PARAM_TEXT,
     .offset = AT(contract),
     .doc = "Token; empty: the native coin."},
    {.name = "height",
     .kind = PARAM_I64,
     .offset = AT(height),
     .flags = PARAM_REQUIRED | PARAM_RANGE,
     .min = 0,
     .max = INT64_MAX,
     .doc = "At this block."},
    {.name = "hash",
     .kind = PARAM_TEXT,
     .offset = AT(hash),
     .flags = PARAM_REQUIRED,
     .doc = "Its hash."},
    ROW_AFTER(AT(after), "`next` of the part before; 0: the first."),
    PARAM_END};
#undef AT

#define AT(member) offsetof(struct counted, member)
static const struct json_field counted_fields[] = {
    {"units", JSON_CHARS, AT(units), .doc = "Sum of this part, smallest units."},
    {"places", JSON_U64, AT(places), .doc = "Addresses or coins that were asked for."},
    {"next", JSON_U64, AT(next), .doc = "Where the next part begins; 0: there is none."},
    {NULL},
};
#undef AT

static void count(struct http_request *request)
{
    const struct count_form *form = http_params(request);
    struct chain *chain = request_chain(request, form->key);
    struct db *db = chain ? request_db(request) : NULL;
    struct provider_session *session = db ? request_session(request, chain) : NULL;
    const struct count_question question = {.contract = form->contract ? form->contract : "",
                                            .height = (uint64_t)form->height.value,
                                            .hash = form->hash,
                                            .after = (uint64_t)form->after.value};
    struct counted counted;
    struct err err;
    if (!session)
        return;
    if (holdings_count(chain, db, session, &question, &counted, &err))
        http_reply_object(request, counted_fields, &counted);
    else
        http_reply_err(request, &err);
}

#define ROUTE(rest)                                                                                \
    .method = "GET", .path = "/internal/chains/:key/" rest, .mode = HTTP_WORKER,                   \
    .access = ACCESS_READ, .class_name = "blockchain.statement", .tag = "internal"

const struct http_route internal_statement_routes[] = {
    {ROUTE("statement"), .handler = statement, .params = chain_params,
     .params_size = sizeof(struct chain_request), .reply = statement_fields,
     .doc = "What our records say of all coins of a chain, in sums of one moment."},
    {ROUTE("count"), .handler = count, .params = count_params,
     .params_size = sizeof(struct count_form), .reply = counted_fields,
     .doc = "What a node says of them, a part of our addresses (or coins) at a time."},
    {.method = NULL}};
