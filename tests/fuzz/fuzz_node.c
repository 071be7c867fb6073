/*
 * Any bytes as what nodes answer over HTTP, read by a whole family: envelope, errors, texts, numbers. The first
 * line is the family and the question, "bt" say; each line after it is one answer: its HTTP status, a blank, its
 * body. When there are no more lines the node is away. The connection is replaced below.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "blockchain/family/family.h"
#include "blockchain/family/rpc.h"
#include "blockchain/state/catalogue.h"
#include "chain/bytes.h"
#include "fetch/fetch.h"

enum { ASKED = 2, STATUS_DIGITS = 3, HEIGHT_EVM = 5 };

/* Block 0 of Litecoin's regtest: what a corpus can hold whole. */
#define BLOCK_COIN "530827f38f93b43ed12af0b3ad25a288dc02ed74d6d7857862df51fc56c416f9"
#define BLOCK_EVM "0x2bb77858e8657fab358d5e552cf6b1004c7c52b68689cff60761524abc675092"
#define ADDRESS_COIN "rltc1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq0qpmwk"
#define ADDRESS_EVM "0x70997970c51812dc3a010c7d01b50e0d17dc79c8"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ---- the connection: the lines of the input ---- */

struct fetch {
    char unused;
};

static struct span answers;

struct fetch *fetch_new(void)
{
    return calloc(1, sizeof(struct fetch));
}

void fetch_free(struct fetch *fetch)
{
    free(fetch);
}

static struct span line_take(void)
{
    const uint8_t *end = answers.length > 0 ? memchr(answers.bytes, '\n', answers.length) : NULL;
    size_t length = end ? (size_t)(end - answers.bytes) : answers.length;
    struct span line = span_of(answers.bytes, length);
    size_t taken = end ? length + 1 : length;
    answers = span_of(answers.bytes + taken, answers.length - taken);
    return line;
}

bool fetch_run(struct fetch *fetch, const struct fetch_request *request, long *ret_status,
               struct str *out, struct err *err)
{
    struct span line = line_take();
    long status = 0;
    (void)fetch;
    (void)request;
    if (line.length <= STATUS_DIGITS)
        return err_set(err, ERR_PEER_UNAVAILABLE, "away");
    for (size_t i = 0; i < STATUS_DIGITS; i++)
        status = status * 10 + (unsigned)(line.bytes[i] - '0') % 10;
    str_add_bytes(out, line.bytes + STATUS_DIGITS + 1, line.length - STATUS_DIGITS - 1);
    *ret_status = status;
    return true;
}

/* ---- what callers rely on ---- */

static void is_units(const char *units)
{
    size_t length = strnlen(units, CHAIN_UNITS_SIZE);
    assert(length > 0 && length < CHAIN_UNITS_SIZE && strspn(units, "0123456789") == length);
    assert(length == 1 || units[0] != '0');
}

static void is_hash(const struct node *node, const char *hash)
{
    size_t head = node->client->family == &family_ethereum ? 2 : 0;
    assert(strlen(hash) == head + 64 && strspn(hash + head, "0123456789abcdef") == 64);
}

static bool on_transfer(void *arg, const struct found_transfer *transfer, struct err *err)
{
    (void)arg;
    (void)err;
    assert(transfer->address_id == 1);
    is_units(transfer->units);
    return true;
}

static bool on_spend(void *arg, const struct found_spend *spend, struct err *err)
{
    (void)err;
    is_hash(arg, spend->txid);
    return true;
}

static bool on_parked(void *arg, const struct found_parked *parked, struct err *err)
{
    (void)arg;
    (void)err;
    assert(parked->reason[0]);
    return true;
}

static const char *block_of(const struct node *node)
{
    return node->client->family == &family_ethereum ? BLOCK_EVM : BLOCK_COIN;
}

static bool read_block(struct node *node, struct err *err)
{
    static const struct chain_asset assets[] = {{.currency = "usdt",
                                                 .contract = ADDRESS_EVM,
                                                 .decimals = 6,
                                                 .min_deposit = "1",
                                                 .deposit_enabled = true,
                                                 .status = "enabled"}};
    static const uint8_t nothing[32] = {0};
    const struct block_sink sink = {node, on_transfer, on_spend, on_parked};
    struct watch_set *watch = watch_set_new();
    struct block_question question = {.height =
                                          node->client->family == &family_ethereum ? HEIGHT_EVM : 0,
                                      .watch = watch,
                                      .assets = assets,
                                      .assets_count = ARRAY_LEN(assets)};
    struct block_head head;
    if (!watch || !watch_set_add(watch, WATCH_ACCOUNT, nothing, 20, 1) ||
        !watch_set_add(watch, WATCH_COIN_TX, nothing, 32, 1))
        abort();
    snprintf(question.hash, sizeof(question.hash), "%s", block_of(node));
    bool is_read = node->client->family->block_read(node, &question, &sink, &head, err);
    watch_set_free(watch);
    assert(!is_read || strcmp(head.hash, question.hash) == 0);
    return is_read;
}

static bool read_heads(struct node *node, char question, struct err *err)
{
    const struct family *family = node->client->family;
    struct chain_identity identity;
    struct chain_tip tip;
    struct block_head head;
    char hash[CHAIN_HASH_SIZE];
    switch (question) {
    case 'i':
        if (!family->identify(node, &identity, err))
            return false;
        assert(identity.network[0] && strlen(identity.network) < sizeof(identity.network));
        return true;
    case 't':
        if (!family->tip(node, &tip, err))
            return false;
        is_hash(node, tip.hash);
        return true;
    case 'h':
        if (!family->block_hash(node, HEIGHT_EVM, hash, err))
            return false;
        is_hash(node, hash);
        return true;
    default:
        if (!family->block_head(node, block_of(node), &head, err))
            return false;
        assert(strcmp(head.hash, block_of(node)) == 0);
        if (head.parent[0])
            is_hash(node, head.parent);
        return true;
    }
}

static bool read_coins(struct node *node, struct err *err)
{
    static const struct coin_asked coins[ASKED] = {{BLOCK_COIN, ADDRESS_COIN, 0},
                                                   {BLOCK_COIN, ADDRESS_COIN, 1}};
    static const char *const addresses[ASKED] = {ADDRESS_EVM, ADDRESS_EVM};
    const struct family *family = node->client->family;
    char units[ASKED][CHAIN_UNITS_SIZE];
    bool is_read = family->coins
                       ? family->coins(node, coins, ASKED, BLOCK_COIN, units, err)
                       : family->balances(node, addresses, ASKED, ADDRESS_EVM, 7, units, err);
    for (size_t i = 0; is_read && i < ASKED; i++)
        is_units(units[i]);
    return is_read;
}

static bool read_contract(struct node *node, char question, struct err *err)
{
    const struct family *family = node->client->family;
    struct chain_asset_said said;
    char units[CHAIN_UNITS_SIZE];
    bool is_contract;
    if (!family->asset_read)
        return true;
    if (question == 'n')
        return family->is_contract(node, ADDRESS_EVM, &is_contract, err);
    if (question == 'v') {
        if (!family->balance(node, ADDRESS_EVM, ADDRESS_EVM, units, err))
            return false;
        is_units(units);
        return true;
    }
    if (!family->asset_read(node, ADDRESS_EVM, &said, err))
        return false;
    for (const char *c = said.symbol; *c; c++)
        assert(*c >= ' ' && *c <= '~');
    return true;
}

static bool read_tx(struct node *node, char question, struct err *err)
{
    const struct family *family = node->client->family;
    struct tx_status status;
    struct fee_rate rate;
    if (question == 's')
        return family->broadcast(node, family == &family_ethereum ? "0x02f870" : "0200000000010100",
                                 err);
    if (question == 'f') {
        if (!family->fee_rate(node, "fast", &rate, err))
            return false;
        is_units(rate.native_units);
        /* Some chains of that family take transactions for nothing. */
        assert(rate.per_unit > 0 || family == &family_ethereum);
        assert(rate.priority <= rate.per_unit);
        return true;
    }
    if (!family->tx_status(node, block_of(node), &status, err))
        return false;
    if (status.place == TX_MINED)
        is_hash(node, status.block_hash);
    if (status.fee_units[0])
        is_units(status.fee_units);
    assert(status.place == TX_MINED || (!status.is_failed && status.confirmations == 0));
    return true;
}

static bool ask(struct node *node, char question, struct err *err)
{
    if (question == 'b')
        return read_block(node, err);
    if (question == 'c')
        return read_coins(node, err);
    if (strchr("itk", question) || question == 'h')
        return read_heads(node, question, err);
    if (strchr("nav", question))
        return read_contract(node, question, err);
    return read_tx(node, question, err);
}

/* The codes of family.h, that of a node that is set up wrongly, and that of a tip that moved. */
static bool is_code_of_node(enum err_code code)
{
    return code == ERR_PEER_UNAVAILABLE || code == ERR_PROTOCOL || code == ERR_NODE_REFUSED ||
           code == ERR_NOT_FOUND || code == ERR_GONE || code == ERR_INVALID || code == ERR_CONFIG ||
           code == ERR_STATE_CONFLICT;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct node node = {.client = NULL};
    struct err err;
    if (size < 3 || data[2] != '\n' || data[1] == '\0')
        return 0;
    answers = span_of(data + 3, size - 3);
    node.client = chain_client_find(data[0] == 'e' ? "geth" : "litecoin");
    snprintf(node.network, sizeof(node.network), "%s", data[0] == 'e' ? "31337" : "regtest");
    if (!rpc_open("http://127.0.0.1:1/", 1000, NULL, &node.rpc, &err))
        abort();
    if (!ask(&node, (char)data[1], &err))
        assert(is_code_of_node(err.code) && err.what[0]);
    rpc_close(node.rpc);
    return 0;
}
