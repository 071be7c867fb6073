#include "matching/actions/worker.h"

#include <stdlib.h>
#include <string.h>

bool worker_init(struct worker *worker, const struct matching_config *config,
                 const struct clock *clock, struct metrics *metrics, struct err *err)
{
    memset(worker, 0, sizeof(*worker));
    pthread_mutex_init(&worker->status.lock, NULL);
    err_set(&worker->status.why, ERR_BUSY, "starting");
    worker->config = config;
    worker->clock = clock;
    worker->metrics = metrics;
    worker->wants_list = true;
    worker->token = STR_INIT(TOKEN_BYTES_MAX);
    /* What the engine writes in one go must fit a result batch behind its header. */
    worker->scratch = STR_INIT(PROTOCOL_BATCH_BYTES_MAX - sizeof(struct batch_header));
    worker->fetch = fetch_new();
    if (!worker->fetch)
        return err_set(err, ERR_INTERNAL, "no memory");
    return token_signer_new("ES256", "matching", config->service_key, &worker->signer, err) ||
           err_wrap(err, "SERVICE_KEY_FILE");
}

static void market_release(struct market *market)
{
    for (size_t i = 0; i < market->early_count; i++)
        free(market->early[i].bytes);
    str_release(&market->results);
    book_free(market->book);
}

void worker_release(struct worker *worker)
{
    bus_close(worker->consumer);
    bus_close(worker->publisher);
    for (size_t i = 0; i < worker->markets_count; i++)
        market_release(&worker->markets[i]);
    for (size_t i = 0; i < PARCELS_MAX; i++)
        str_release(&worker->parcels[i].bytes);
    str_release(&worker->scratch);
    str_release(&worker->token);
    token_signer_free(worker->signer);
    fetch_free(worker->fetch);
    pthread_mutex_destroy(&worker->status.lock);
}

struct market *market_find(struct worker *worker, const char *market_id)
{
    for (size_t i = 0; i < worker->markets_count; i++)
        if (strcmp(worker->markets[i].id, market_id) == 0)
            return &worker->markets[i];
    return NULL;
}

void market_tell(struct worker *worker, const struct market *market)
{
    struct metrics *metrics = worker->metrics;
    uint64_t hash = book_state_hash(market->book) & (((uint64_t)1 << 52) - 1);
    metric_set_labelled(metrics, METRIC_SEQ, market->seq_gauge, (int64_t)book_seq(market->book));
    metric_set_labelled(metrics, METRIC_ORDERS, market->orders_gauge, book_orders(market->book));
    metric_set_labelled(metrics, METRIC_STATE_HASH, market->hash_gauge, (int64_t)hash);
}

void status_set(struct status *status, bool is_ready, const struct err *why)
{
    pthread_mutex_lock(&status->lock);
    status->is_ready = is_ready;
    if (why)
        status->why = *why;
    pthread_mutex_unlock(&status->lock);
}

bool status_get(struct status *status, struct err *err)
{
    pthread_mutex_lock(&status->lock);
    bool is_ready = status->is_ready;
    if (!is_ready)
        *err = status->why;
    pthread_mutex_unlock(&status->lock);
    return is_ready;
}
