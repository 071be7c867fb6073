/*
 * Asks a node through a chain family, as the gateway does, and prints what it says: one JSON object a
 * line. For tests against real and lying nodes (test_evm_family.py), without a gateway around it.
 *
 *     family_probe CLIENT URL identify | tip | status TXID | broadcast HEX | fee SPEED | form TEXT
 *         | balance ADDRESS CONTRACT | asset CONTRACT | nonce ADDRESS | contract ADDRESS
 *         | gas FROM TO UNITS DATA | balances CONTRACT HEIGHT ADDRESS...
 *         | block HEIGHT ASSET,ASSET,... ADDRESS... | derive XPUB INDEX
 *
 * A failure is {"error": CODE, "what": STORY} and status 1. TIMEOUT_MS bounds each call.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "blockchain/family/ethereum.h"
#include "blockchain/family/family.h"
#include "blockchain/family/rpc.h"
#include "blockchain/state/catalogue.h"
#include "json/field.h"

enum { ASSETS_MAX = 16, ADDRESSES_MAX = 200 };

struct probe {
    struct node node;
    const struct family *family;
    char **arguments; /* after the command */
    int count;
    struct str out;
};

typedef bool command(struct probe *probe, struct err *err);

static void text(struct probe *probe, const char *key, const char *value)
{
    str_add(&probe->out, probe->out.length ? "," : "{");
    json_write_string(&probe->out, key);
    str_add_char(&probe->out, ':');
    json_write_string(&probe->out, value);
}

static void number(struct probe *probe, const char *key, uint64_t value)
{
    str_add(&probe->out, probe->out.length ? "," : "{");
    json_write_string(&probe->out, key);
    str_add_format(&probe->out, ":%llu", (unsigned long long)value);
}

static void line(struct probe *probe)
{
    printf("%s}\n", str_data(&probe->out));
    str_clear(&probe->out);
}

/* ---- commands ---- */

static bool run_identify(struct probe *probe, struct err *err)
{
    struct chain_identity identity;
    if (!probe->family->identify(&probe->node, &identity, err))
        return false;
    text(probe, "network", identity.network);
    text(probe, "software", identity.software);
    number(probe, "syncing", identity.is_syncing);
    line(probe);
    return true;
}

static bool run_tip(struct probe *probe, struct err *err)
{
    struct chain_tip tip;
    if (!probe->family->tip(&probe->node, &tip, err))
        return false;
    number(probe, "height", tip.height);
    text(probe, "hash", tip.hash);
    line(probe);
    return true;
}

static bool run_status(struct probe *probe, struct err *err)
{
    static const char *const places[] = {"unknown", "mempool", "mined"};
    struct tx_status status;
    if (!probe->family->tx_status(&probe->node, probe->arguments[0], &status, err))
        return false;
    text(probe, "place", places[status.place]);
    number(probe, "failed", status.is_failed);
    number(probe, "height", status.height);
    number(probe, "confirmations", status.confirmations);
    text(probe, "block_hash", status.block_hash);
    text(probe, "fee", status.fee_units);
    line(probe);
    return true;
}

static bool run_broadcast(struct probe *probe, struct err *err)
{
    if (!probe->family->broadcast(&probe->node, probe->arguments[0], err))
        return false;
    number(probe, "sent", 1);
    line(probe);
    return true;
}

static bool run_fee(struct probe *probe, struct err *err)
{
    struct fee_rate rate;
    if (!probe->family->fee_rate(&probe->node, probe->arguments[0], &rate, err))
        return false;
    number(probe, "per_unit", rate.per_unit);
    number(probe, "priority", rate.priority);
    text(probe, "native_units", rate.native_units);
    line(probe);
    return true;
}

static bool run_form(struct probe *probe, struct err *err)
{
    struct address_form form;
    (void)err;
    probe->family->address_form(probe->node.client, "", probe->arguments[0], &form);
    number(probe, "valid", form.is_valid);
    text(probe, "canonical", form.canonical);
    text(probe, "reason", form.reason);
    line(probe);
    return true;
}

static bool run_derive(struct probe *probe, struct err *err)
{
    struct derived_address derived;
    if (!probe->family->address_derive(probe->node.client, "", probe->arguments[0],
                                       (uint32_t)strtoul(probe->arguments[1], NULL, 10), &derived,
                                       err))
        return false;
    text(probe, "address", derived.address);
    line(probe);
    return true;
}

static bool run_balance(struct probe *probe, struct err *err)
{
    char units[CHAIN_UNITS_SIZE];
    if (!probe->family->balance(&probe->node, probe->arguments[0], probe->arguments[1], units, err))
        return false;
    text(probe, "units", units);
    line(probe);
    return true;
}

static bool run_balances(struct probe *probe, struct err *err)
{
    const char *addresses[ADDRESSES_MAX];
    char units[ADDRESSES_MAX][CHAIN_UNITS_SIZE];
    size_t count = (size_t)probe->count - 2;
    assert(count <= ADDRESSES_MAX);
    for (size_t i = 0; i < count; i++)
        addresses[i] = probe->arguments[i + 2];
    if (!ethereum_balances(&probe->node, addresses, count, probe->arguments[0],
                           strtoull(probe->arguments[1], NULL, 10), units, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        text(probe, "units", units[i]);
        line(probe);
    }
    return true;
}

static bool run_asset(struct probe *probe, struct err *err)
{
    struct chain_asset_said asset;
    if (!ethereum_asset_read(&probe->node, probe->arguments[0], &asset, err))
        return false;
    number(probe, "decimals", asset.decimals);
    text(probe, "symbol", asset.symbol);
    line(probe);
    return true;
}

static bool run_nonce(struct probe *probe, struct err *err)
{
    uint64_t mined, pooled;
    if (!ethereum_nonce(&probe->node, probe->arguments[0], false, &mined, err) ||
        !ethereum_nonce(&probe->node, probe->arguments[0], true, &pooled, err))
        return false;
    number(probe, "mined", mined);
    number(probe, "pooled", pooled);
    line(probe);
    return true;
}

static bool run_contract(struct probe *probe, struct err *err)
{
    bool is_contract;
    if (!ethereum_is_contract(&probe->node, probe->arguments[0], &is_contract, err))
        return false;
    number(probe, "contract", is_contract);
    line(probe);
    return true;
}

static bool run_gas(struct probe *probe, struct err *err)
{
    uint64_t gas;
    const struct ethereum_call call = {.from = probe->arguments[0],
                                       .to = probe->arguments[1],
                                       .units = probe->arguments[2],
                                       .data = probe->arguments[3]};
    if (!ethereum_estimate_gas(&probe->node, &call, &gas, err))
        return false;
    number(probe, "gas", gas);
    line(probe);
    return true;
}

/* ---- a block ---- */

static bool on_transfer(void *arg, const struct found_transfer *transfer, struct err *err)
{
    struct probe *probe = arg;
    (void)err;
    text(probe, "what", "transfer");
    text(probe, "txid", transfer->txid);
    number(probe, "index", transfer->index);
    text(probe, "contract", transfer->contract);
    number(probe, "address", transfer->address_id);
    text(probe, "units", transfer->units);
    text(probe, "from", transfer->from);
    line(probe);
    return true;
}

static bool on_spend(void *arg, const struct found_spend *spend, struct err *err)
{
    struct probe *probe = arg;
    (void)err;
    text(probe, "what", "spend");
    text(probe, "txid", spend->txid);
    number(probe, "address", spend->address_id);
    number(probe, "nonce", spend->nonce);
    number(probe, "failed", spend->is_failed);
    text(probe, "fee", spend->fee_units);
    line(probe);
    return true;
}

static bool on_parked(void *arg, const struct found_parked *parked, struct err *err)
{
    struct probe *probe = arg;
    (void)err;
    text(probe, "what", "parked");
    text(probe, "txid", parked->txid);
    number(probe, "index", parked->index);
    text(probe, "reason", parked->reason);
    line(probe);
    return true;
}

static bool run_block(struct probe *probe, struct err *err)
{
    struct chain_asset assets[ASSETS_MAX] = {{.currency = "native", .contract = ""}};
    struct block_question question = {.height = strtoull(probe->arguments[0], NULL, 10),
                                      .assets = assets};
    const struct block_sink sink = {probe, on_transfer, on_spend, on_parked};
    struct block_head head;
    struct watch_set *watch = watch_set_new();
    char *rest = NULL;

    assert(watch != NULL);
    question.watch = watch;
    question.assets_count = 1;
    for (char *asset = strtok_r(probe->arguments[1], ",", &rest); asset;
         asset = strtok_r(NULL, ",", &rest)) {
        assert(question.assets_count < ASSETS_MAX);
        assets[question.assets_count++] =
            (struct chain_asset){.currency = "token", .contract = asset};
    }
    for (int i = 2; i < probe->count; i++) {
        struct address_form form;
        probe->family->address_form(probe->node.client, "", probe->arguments[i], &form);
        assert(form.is_valid);
        bool added =
            watch_set_add(watch, form.kind, form.hash, form.hash_length, (uint64_t)(i - 1));
        assert(added);
    }
    bool ok = probe->family->block_hash(&probe->node, question.height, question.hash, err) &&
              probe->family->block_read(&probe->node, &question, &sink, &head, err);
    if (ok) {
        text(probe, "what", "head");
        number(probe, "height", head.height);
        text(probe, "hash", head.hash);
        text(probe, "parent", head.parent);
        number(probe, "transactions", head.transactions);
        line(probe);
    }
    watch_set_free(watch);
    return ok;
}

static const struct {
    const char *name;
    command *run;
    int arguments_min;
} commands[] = {{"identify", run_identify, 0}, {"tip", run_tip, 0},
                {"status", run_status, 1},     {"broadcast", run_broadcast, 1},
                {"fee", run_fee, 1},           {"form", run_form, 1},
                {"derive", run_derive, 2},     {"balance", run_balance, 2},
                {"balances", run_balances, 2}, {"asset", run_asset, 1},
                {"nonce", run_nonce, 1},       {"contract", run_contract, 1},
                {"gas", run_gas, 4},           {"block", run_block, 2}};

int main(int argc, char **argv)
{
    struct probe probe = {.out = STR_INIT(1 << 20)};
    struct err err = {.code = ERR_NONE};
    const char *timeout = getenv("TIMEOUT_MS");
    command *run = NULL;

    assert(argc >= 4);
    probe.node.client = chain_client_find(argv[1]);
    assert(probe.node.client != NULL);
    probe.family = probe.node.client->family;
    probe.arguments = argv + 4;
    probe.count = argc - 4;
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        if (strcmp(commands[i].name, argv[3]) == 0 && probe.count >= commands[i].arguments_min)
            run = commands[i].run;
    assert(run != NULL);
    bool ok = rpc_open(argv[2], timeout ? strtol(timeout, NULL, 10) : 5000, NULL, &probe.node.rpc,
                       &err) &&
              run(&probe, &err);
    if (!ok) {
        str_clear(&probe.out);
        text(&probe, "error", err_name(err.code));
        text(&probe, "what", err.what);
        line(&probe);
    }
    rpc_close(probe.node.rpc);
    str_release(&probe.out);
    return !ok;
}
