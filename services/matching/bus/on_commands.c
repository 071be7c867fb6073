#include "matching/bus/on_commands.h"

#include "matching/actions/commands_apply.h"
#include "matching/actions/market_list.h"

/* A market that is not known may be new: the list is read again, but not for every message. */
static struct market *market_of(struct worker *worker, const char *market_id, struct err *err)
{
    struct market *market = market_find(worker, market_id);
    int64_t age_us = clock_monotonic_us(worker->clock) - worker->list_us;
    if (market || age_us < (int64_t)MARKET_LIST_PAUSE_MS * 1000)
        return market ? market : (err_set(err, ERR_NOT_FOUND, "unknown market %.23s", market_id), NULL);
    if (!market_list_read(worker, err))
        return NULL;
    market = market_find(worker, market_id);
    if (!market)
        err_set(err, ERR_NOT_FOUND, "unknown market %.23s", market_id);
    return market;
}

bool on_commands(struct worker *worker, const struct bus_delivery *delivery, bool *ret_is_taken,
                 struct err *err)
{
    struct batch batch;
    struct err why;
    if (!command_batch_read(delivery->body, delivery->length, &batch, &why))
        return delivery_reject(worker, delivery, &why, err);
    struct market *market = market_of(worker, batch.header->market_id, &why);
    if (!market)
        return delivery_reject(worker, delivery, &why, err);
    *ret_is_taken = true;
    return commands_apply(worker, market, &batch, err);
}
