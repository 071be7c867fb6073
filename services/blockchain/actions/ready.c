#include "blockchain/actions/ready.h"

#include "blockchain/actions/blockchain.h"

bool blockchain_is_ready(struct blockchain *app, struct err *err)
{
    if (app->stopping)
        return err_set(err, ERR_BUSY, "stopping");
    if (!app->catalogue_known)
        return err_set(err, ERR_PEER_UNAVAILABLE, "accounting has not told the chains yet");
    if (!app->relaying)
        return err_set(err, ERR_BUS_UNAVAILABLE, "the event relay has no broker or no database");
    return true;
}

static void gauge(struct blockchain *app, enum blockchain_metric row, const char *key,
                  uint64_t value)
{
    metric_set_labelled(app->metrics, row, metric_label(app->metrics, row, key), (int64_t)value);
}

void blockchain_collect(struct blockchain *app)
{
    for (size_t i = 0; i < chains_count(app->chains); i++) {
        const struct chain *chain = chains_at(app->chains, i);
        uint64_t height = chain->height, tip = chain->tip;
        gauge(app, METRIC_CHAIN_HEIGHT, chain->key, height);
        gauge(app, METRIC_CHAIN_TIP, chain->key, tip);
        gauge(app, METRIC_CHAIN_LAG, chain->key, tip > height ? tip - height : 0);
        gauge(app, METRIC_CHAIN_READY, chain->key, chain->is_ready);
        gauge(app, METRIC_WATCHED, chain->key, watch_set_count(chain->watch));
        gauge(app, METRIC_WATCHED_BYTES, chain->key, watch_set_bytes(chain->watch));
    }
}
