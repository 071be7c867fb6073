#include "matching/actions/worker.h"

#include <stdlib.h>
#include <string.h>

#include "matching/state/metrics.h"

struct worker *worker_new(const struct matching_config *config, const struct clock *clock,
                          struct metrics *metrics, struct err *err)
{
    struct worker *worker = calloc(1, sizeof(*worker));
    if (!worker) {
        err_set(err, ERR_INTERNAL, "no memory");
        return NULL;
    }
    worker->config = config;
    worker->clock = clock;
    worker->metrics = metrics;
    worker->token = STR_INIT(TOKEN_BYTES_MAX);
    worker->fetch = fetch_new();
    if (!worker->fetch) {
        err_set(err, ERR_INTERNAL, "no memory");
        worker_free(worker);
        return NULL;
    }
    if (!token_signer_new("ES256", "matching", config->service_key, &worker->signer, err)) {
        err_wrap(err, "SERVICE_KEY_FILE");
        worker_free(worker);
        return NULL;
    }
    return worker;
}

void worker_free(struct worker *worker)
{
    if (!worker)
        return;
    for (size_t i = 0; i < worker->markets_count; i++) {
        book_free(worker->markets[i].book);
        str_release(&worker->markets[i].results);
    }
    str_release(&worker->token);
    token_signer_free(worker->signer);
    fetch_free(worker->fetch);
    free(worker);
}

struct worker_market *worker_market_find(struct worker *worker, const char *id)
{
    for (size_t i = 0; i < worker->markets_count; i++)
        if (strncmp(worker->markets[i].id, id, MARKET_ID_SIZE) == 0)
            return &worker->markets[i];
    return NULL;
}

bool worker_market_is_ours(const struct worker *worker, const char *id)
{
    size_t length = strlen(id);
    const char *list = worker->config->markets;
    if (strcmp(list, "*") == 0)
        return true;
    for (const char *at = list; (at = strstr(at, id)) != NULL; at += length)
        if ((at == list || at[-1] == ',') && (at[length] == ',' || at[length] == '\0'))
            return true;
    return false;
}

/* ---- applying ---- */

static void begin_results(struct worker_market *market)
{
    if (market->results_count > 0)
        return;
    str_clear(&market->results);
    market->results_first = book_seq(market->book) + 1;
    result_batch_begin(&market->results, market->id, market->results_first);
}

static bool send_results(struct worker *worker, struct worker_market *market, struct err *err)
{
    if (market->results_count == 0)
        return true;
    result_batch_end(&market->results, market->results_count, book_state_hash(market->book));
    assert(str_ok(&market->results));
    market->results_count = 0;
    metric_set_labelled(worker->metrics, METRIC_SEQ, market->seq_child,
                        (int64_t)book_seq(market->book));
    metric_set_labelled(worker->metrics, METRIC_ORDERS, market->orders_child,
                        book_orders(market->book));
    metric_set_labelled(worker->metrics, METRIC_STATE_HASH, market->hash_child,
                        (int64_t)(book_state_hash(market->book) & ((1ull << 52) - 1)));
    return worker->send(worker, market, err);
}

/* Applies commands from..count-1 of the batch; the first is the next one of the book. */
static bool apply_commands(struct worker *worker, struct worker_market *market,
                           const struct batch *batch, uint32_t from, struct err *err)
{
    for (uint32_t i = from; i < batch->header->count;) {
        struct command command;
        command_get(batch, i, &command);
        begin_results(market);
        if (market->results_count == PROTOCOL_COMMANDS_MAX ||
            !book_apply(market->book, &command, &market->results)) {
            /* Full: what there is goes out, and the command is tried again with room. */
            assert(market->results_count > 0);
            if (!send_results(worker, market, err))
                return false;
            continue;
        }
        market->results_count++;
        i++;
    }
    metric_add(worker->metrics, METRIC_COMMANDS_APPLIED, batch->header->count - from);
    return true;
}

/* A batch that begins at or below the next number. */
static bool apply_next(struct worker *worker, struct worker_market *market,
                       const struct batch *batch, struct err *err)
{
    uint64_t next = book_seq(market->book) + 1, first = batch->header->first_seq;
    assert(first <= next);
    uint64_t known = next - first;
    if (known >= batch->header->count) {
        metric_add(worker->metrics, METRIC_COMMANDS_REPEATED, batch->header->count);
        return true;
    }
    metric_add(worker->metrics, METRIC_COMMANDS_REPEATED, (int64_t)known);
    return apply_commands(worker, market, batch, (uint32_t)known, err);
}

bool worker_apply(struct worker *worker, struct worker_market *market, const struct batch *batch,
                  struct err *err)
{
    if (batch->header->first_seq > book_seq(market->book) + 1) {
        metric_add(worker->metrics, METRIC_GAPS, 1);
        if (!worker_catch_up(worker, market, err))
            return false;
        if (batch->header->first_seq > book_seq(market->book) + 1)
            return err_set(err, ERR_PROTOCOL, "%s: command %lu came, the journal ends at %lu",
                           market->id, (unsigned long)batch->header->first_seq,
                           (unsigned long)book_seq(market->book));
    }
    return apply_next(worker, market, batch, err);
}

bool worker_flush(struct worker *worker, struct err *err)
{
    for (size_t i = 0; i < worker->markets_count; i++)
        if (!send_results(worker, &worker->markets[i], err))
            return false;
    return true;
}
