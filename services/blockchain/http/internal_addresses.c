/* /internal/chains/:key/addresses: addresses given out, and what an address is. */
#include <string.h>

#include "blockchain/actions/address_give.h"
#include "blockchain/http/chain_request.h"
#include "blockchain/http/context.h"
#include "blockchain/http/routes_internal.h"

/* ---- PUT /internal/chains/:key/addresses/:request_id ---- */

struct give_form {
    const char *key, *request_id, *purpose, *owner;
};
#define AT(member) offsetof(struct give_form, member)
static const struct param give_params[] = {
    ROW_PATH("key", AT(key), "Key of the chain."),
    ROW_PATH("request_id", AT(request_id), "The caller's id: the same one gets the same address."),
    {.name = "purpose",
     .kind = PARAM_TEXT,
     .offset = AT(purpose),
     .flags = PARAM_REQUIRED,
     .values = "deposit hot warm fee",
     .value_code = "blockchain.address.purpose_invalid",
     .doc = "What it is for."},
    {.name = "owner", .kind = PARAM_TEXT, .offset = AT(owner), .doc = "Whose it is: a uid."},
    PARAM_END};
#undef AT

struct address_shown {
    const char *address, *purpose, *owner;
};
#define AT(member) offsetof(struct address_shown, member)
static const struct json_field address_fields[] = {
    {"address", JSON_TEXT, AT(address), .doc = "Canonical form."},
    {"purpose", JSON_TEXT, AT(purpose), .doc = "What it is for."},
    {"owner", JSON_TEXT, AT(owner), .doc = "Whose it is."},
    {NULL},
};
#undef AT

static bool is_short_ascii(const char *text, size_t size)
{
    size_t length = strlen(text);
    if (length == 0 || length >= size)
        return false;
    for (; *text; text++)
        if ((unsigned char)*text <= ' ' || (unsigned char)*text >= 0x7f)
            return false;
    return true;
}

static bool form_check(const struct give_form *form, struct err *err)
{
    if (!is_short_ascii(form->request_id, ADDRESS_REQUEST_SIZE))
        return err_set_key(err, ERR_INVALID, "blockchain.address.request_invalid",
                           "a request id is printable and below %d characters",
                           ADDRESS_REQUEST_SIZE);
    if (form->owner && form->owner[0] != '\0' && !is_short_ascii(form->owner, ADDRESS_OWNER_SIZE))
        return err_set_key(err, ERR_INVALID, "blockchain.address.owner_invalid", "owner");
    return true;
}

static void give(struct http_request *request)
{
    const struct give_form *form = http_params(request);
    struct chain *chain = request_chain(request, form->key);
    struct db *db = chain ? request_db(request) : NULL;
    struct address_row row;
    struct err err;
    bool is_new;
    if (!db)
        return;
    const struct address_request wanted = {.request_id = form->request_id,
                                           .purpose = form->purpose,
                                           .owner = form->owner ? form->owner : ""};
    if (!form_check(form, &err) ||
        !address_give(chain, db, &wanted, clock_now_us(http_clock(request)), &row, &is_new, &err)) {
        http_reply_err(request, &err);
        return;
    }
    const struct address_shown shown = {row.address, row.purpose, row.owner};
    json_write_object(http_reply_builder(request), address_fields, &shown);
    http_reply_built(request, is_new ? 201 : 200);
}

/* ---- GET /internal/chains/:key/addresses/:address ---- */

struct look_form {
    const char *key, *address;
};
#define AT(member) offsetof(struct look_form, member)
static const struct param look_params[] = {ROW_PATH("key", AT(key), "Key of the chain."),
                                           ROW_PATH("address", AT(address), "Any text."),
                                           PARAM_END};
#undef AT

struct look_shown {
    bool valid, ours, is_contract;
    const char *canonical, *purpose, *owner, *reason;
};
#define AT(member) offsetof(struct look_shown, member)
static const struct json_field look_fields[] = {
    {"valid", JSON_BOOL, AT(valid), .doc = "Something can be paid to it on this chain."},
    {"canonical", JSON_TEXT, AT(canonical), .doc = "The form that is stored; null if not valid."},
    {"ours", JSON_BOOL, AT(ours), .doc = "It is one that we watch."},
    {"purpose", JSON_TEXT, AT(purpose), .doc = "deposit, hot, warm, fee, cold; null unless ours."},
    {"owner", JSON_TEXT, AT(owner), .doc = "Whose it is; null unless ours."},
    {"is_contract", JSON_BOOL, AT(is_contract), .doc = "Code lives there."},
    {"reason", JSON_TEXT, AT(reason), .doc = "Why it is not valid."},
    {NULL},
};
#undef AT

struct code_question {
    const char *address;
    bool is_contract;
};

static bool ask_code(struct node *node, void *arg, struct err *err)
{
    struct code_question *question = arg;
    return node->client->family->is_contract(node, question->address, &question->is_contract, err);
}

static bool contract_look(struct http_request *request, struct chain *chain, const char *address,
                          bool *ret_is_contract)
{
    struct code_question question = {.address = address};
    struct err err;
    *ret_is_contract = false;
    if (!chain->client->family->is_contract)
        return true;
    struct provider_session *session = request_session(request, chain);
    if (!session)
        return false;
    if (!providers_ask(session, ask_code, &question, &err)) {
        http_reply_err(request, &err);
        return false;
    }
    *ret_is_contract = question.is_contract;
    return true;
}

static void look(struct http_request *request)
{
    const struct look_form *form = http_params(request);
    struct chain *chain = request_chain(request, form->key);
    struct db *db = chain ? request_db(request) : NULL;
    struct address_form said;
    struct address_row row;
    struct err err;
    char network[CHAIN_NETWORK_SIZE];
    if (!db)
        return;
    chain_network(chain, network);
    chain->client->family->address_form(chain->client, network, form->address, &said);
    struct look_shown shown = {.valid = said.is_valid, .reason = said.reason};
    if (said.is_valid) {
        if (!address_find(db, chain->key, said.canonical, &row, &shown.ours, &err)) {
            http_reply_err(request, &err);
            return;
        }
        if (!shown.ours && !contract_look(request, chain, said.canonical, &shown.is_contract))
            return;
        shown.canonical = said.canonical;
        shown.purpose = shown.ours ? row.purpose : NULL;
        shown.owner = shown.ours ? row.owner : NULL;
    }
    http_reply_object(request, look_fields, &shown);
}

#define OF_CHAIN                                                                                   \
    .mode = HTTP_WORKER, .access = ACCESS_READ, .class_name = "blockchain.address",                \
    .tag = "internal"

const struct http_route internal_address_routes[] = {
    {.method = "PUT",
     .path = "/internal/chains/:key/addresses/:request_id",
     OF_CHAIN,
     .handler = give,
     .params = give_params,
     .params_size = sizeof(struct give_form),
     .reply = address_fields,
     .doc = "An address of ours; 201 the first time, 200 again."},
    {.method = "GET",
     .path = "/internal/chains/:key/addresses/:address",
     OF_CHAIN,
     .handler = look,
     .params = look_params,
     .params_size = sizeof(struct look_form),
     .reply = look_fields,
     .doc = "What an address is."},
    {.method = NULL}};
