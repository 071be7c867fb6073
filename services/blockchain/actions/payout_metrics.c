#include "blockchain/actions/payout_metrics.h"

#include <string.h>

#include "blockchain/store/coins.h"
#include "blockchain/store/holdings.h"
#include "chain/u256.h"

enum { MILLIONTHS = 6, ASSETS_MAX = 16, LABEL_SIZE = 80 };

static int64_t millionths(struct u256 units, uint32_t decimals)
{
    uint64_t number;
    bool fits = true;
    if (decimals > U256_POWER_OF_10_MAX)
        return 0;
    if (decimals >= MILLIONTHS)
        units = u256_shift_down(units, decimals - MILLIONTHS, NULL);
    else
        fits = u256_shift_up(units, MILLIONTHS - decimals, &units);
    return fits && u256_to_u64(units, &number) && number < INT64_MAX ? (int64_t)number : INT64_MAX;
}

/* NULL: not in the catalogue. */
static const struct chain_asset *asset_of(const struct payout_worker *worker, const char *contract)
{
    return worker->entry ? chain_asset_of(worker->entry, contract) : NULL;
}

static unsigned child_of(struct payout_worker *worker, unsigned row,
                         const struct chain_asset *asset)
{
    char label[LABEL_SIZE];
    snprintf(label, sizeof(label), "%s/%s", worker->entry->key, asset->currency);
    return metric_label(worker->app->metrics, row, label);
}

static void add(struct payout_worker *worker, unsigned row, const char *contract, const char *text)
{
    const struct chain_asset *asset = asset_of(worker, contract);
    struct u256 units;
    if (asset && u256_parse(text, &units))
        metric_add_labelled(worker->app->metrics, row, child_of(worker, row, asset),
                            millionths(units, asset->decimals));
}

void payout_metric_spent(struct payout_worker *worker, const struct payout *payout)
{
    add(worker, METRIC_SPENT, payout->contract, payout->units);
}

void payout_metric_fee(struct payout_worker *worker, const char *fee_units)
{
    add(worker, METRIC_FEES, "", fee_units);
}

/* ---- the hot account ---- */

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

static bool hot_units(struct payout_worker *worker, const char *contract,
                      char ret_units[static CHAIN_UNITS_SIZE])
{
    const struct chain *chain = worker->chain;
    struct balance_question question = {.address = "", .contract = contract};
    struct own_address hot;
    struct err ignored;
    if (!chain->client->family->balance)
        return holdings_of_purpose(worker->db, chain->key, "hot", ret_units, &ignored);
    if (!chain->client->is_custody) {
        if (!own_address_first(worker->db, chain->key, "hot", &hot, &ignored) || !hot.address[0])
            return false;
        question.address = hot.address;
    }
    if (!providers_ask(worker->session, ask_balance, &question, &ignored))
        return false;
    memcpy(ret_units, question.units, sizeof(question.units));
    return true;
}

void payout_metric_hot(struct payout_worker *worker)
{
    for (size_t i = 0; i < worker->entry->assets_count && i < ASSETS_MAX; i++) {
        const struct chain_asset *asset = &worker->entry->assets[i];
        char text[CHAIN_UNITS_SIZE];
        struct u256 units;
        if (hot_units(worker, asset->contract, text) && u256_parse(text, &units))
            metric_set_labelled(worker->app->metrics, METRIC_HOT_BALANCE,
                                child_of(worker, METRIC_HOT_BALANCE, asset),
                                millionths(units, asset->decimals));
    }
}
