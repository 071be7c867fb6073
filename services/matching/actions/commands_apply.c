/*
 * Step 3 of 5 in the life of an order: matched. Before: accounting/bus/command_relay.c, then
 * bus/on_commands.c. After: results_publish.c, then accounting/bus/on_results.c.
 */
#include "matching/actions/commands_apply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "matching/actions/accounting_call.h"
#include "matching/actions/results_publish.h"

/* Some of worker->commands, as many as the scratch takes. *ret_applied: how many. */
static bool apply_some(struct worker *worker, struct market *market, const struct command *commands,
                       size_t count, size_t *ret_applied, struct err *err)
{
    if (!results_make_room(worker, err))
        return false;
    str_clear(&worker->scratch);
    size_t applied = book_apply_many(market->book, commands, count, &worker->scratch);
    if (applied == 0)
        return err_set(err, ERR_INTERNAL, "no memory for results");
    *ret_applied = applied;
    if (results_add(worker, market, commands[0].seq, applied, err))
        return true;
    /* The book is ahead of what can be told: compute it again from what is settled. */
    market->wants_load = true;
    return false;
}

/* Applies worker->commands[0..count); their results join the market's open batch. */
static bool apply(struct worker *worker, struct market *market, size_t count, struct err *err)
{
    int64_t start_us = clock_monotonic_us(worker->clock);
    size_t applied = 0;
    book_warm(market->book, (uint32_t)count);
    for (size_t done = 0; done < count; done += applied)
        if (!apply_some(worker, market, worker->commands + done, count - done, &applied, err))
            return false;
    metric_add(worker->metrics, METRIC_COMMANDS, (int64_t)count);
    metric_observe_us(worker->metrics, METRIC_APPLY, clock_monotonic_us(worker->clock) - start_us);
    return true;
}

/* The part of a batch that is next. The batch must not begin beyond it. */
static bool apply_batch(struct worker *worker, struct market *market, const struct batch *batch,
                        struct err *err)
{
    uint64_t next = book_seq(market->book) + 1;
    uint64_t end = batch->header->first_seq + batch->header->count;
    size_t known = next < end ? next - batch->header->first_seq : batch->header->count;
    size_t count = batch->header->count - known;
    metric_add(worker->metrics, METRIC_DUPLICATES, (int64_t)known);
    for (size_t i = 0; i < count; i++)
        command_get(batch, known + i, &worker->commands[i]);
    return count == 0 || apply(worker, market, count, err);
}

/* ---- what comes early ---- */

/* A full store drops the batch: closing the gap brings it again. */
static void keep(struct worker *worker, struct market *market, const struct batch *batch)
{
    if (market->gap_us == 0) {
        market->gap_us = clock_monotonic_us(worker->clock);
        market->next_try_us = market->gap_us + (int64_t)GAP_WAIT_MS * 1000;
        market->pause_ms = GAP_WAIT_MS;
        metric_add(worker->metrics, METRIC_GAPS, 1);
    }
    if (market->early_count == EARLY_BATCHES_MAX)
        return;
    void *copy = malloc(batch->header->bytes);
    if (!copy)
        return;
    memcpy(copy, batch->header, batch->header->bytes);
    market->early[market->early_count++] = (struct early_batch){
        .first_seq = batch->header->first_seq,
        .length = batch->header->bytes,
        .bytes = copy,
    };
}

/* Takes out the early batch whose turn has come; false: none. */
static bool early_take(struct market *market, struct early_batch *ret_batch)
{
    for (size_t i = 0; i < market->early_count; i++)
        if (market->early[i].first_seq <= book_seq(market->book) + 1) {
            *ret_batch = market->early[i];
            market->early[i] = market->early[--market->early_count];
            return true;
        }
    return false;
}

static bool apply_early(struct worker *worker, struct market *market, struct err *err)
{
    struct early_batch early;
    bool is_good = true;
    while (is_good && early_take(market, &early)) {
        struct batch batch;
        is_good = command_batch_read(early.bytes, early.length, &batch, err) &&
                  apply_batch(worker, market, &batch, err);
        free(early.bytes);
    }
    if (is_good && market->early_count == 0)
        market->gap_us = 0;
    return is_good;
}

bool commands_apply(struct worker *worker, struct market *market, const struct batch *batch,
                    struct err *err)
{
    if (!market->book)
        return true; /* loading the market brings these commands */
    if (batch->header->first_seq > book_seq(market->book) + 1) {
        keep(worker, market, batch);
        return true;
    }
    return apply_batch(worker, market, batch, err) && apply_early(worker, market, err);
}

/* ---- asking accounting ---- */

/* A body of concatenated batches. */
static bool apply_body(struct worker *worker, struct market *market, const struct str *body,
                       struct err *err)
{
    for (size_t at = 0; at < body->length;) {
        struct batch_header header;
        struct batch batch;
        if (body->length - at < sizeof(header))
            return err_set(err, ERR_PROTOCOL, "commands of accounting are cut short");
        memcpy(&header, body->data + at, sizeof(header));
        if (header.bytes > body->length - at)
            return err_set(err, ERR_PROTOCOL, "commands of accounting are cut short");
        if (!command_batch_read(body->data + at, header.bytes, &batch, err))
            return false;
        if (strcmp(batch.header->market_id, market->id) != 0 ||
            batch.header->first_seq > book_seq(market->book) + 1)
            return err_set(err, ERR_PROTOCOL,
                           "accounting gave commands of %s from %lu, we are at %lu",
                           batch.header->market_id, (unsigned long)batch.header->first_seq,
                           (unsigned long)book_seq(market->book));
        if (!apply_batch(worker, market, &batch, err))
            return false;
        at += header.bytes;
    }
    return true;
}

bool commands_catch_up(struct worker *worker, struct market *market, struct err *err)
{
    AUTO(str_release) struct str body = STR_INIT(COMMANDS_BYTES_MAX);
    uint64_t before;
    do {
        char path[64 + MARKET_ID_SIZE];
        before = book_seq(market->book);
        snprintf(path, sizeof(path), "commands?market=%s&from=%lu", market->id,
                 (unsigned long)before + 1);
        str_clear(&body);
        if (!accounting_call(worker, path, CALL_TIMEOUT_MS, &body, err) ||
            !apply_body(worker, market, &body, err))
            return false;
    } while (book_seq(market->book) > before);
    return true;
}

bool gap_is_due(const struct worker *worker, const struct market *market)
{
    return market->book && market->gap_us != 0 &&
           clock_monotonic_us(worker->clock) >= market->next_try_us;
}

bool gap_close(struct worker *worker, struct market *market, struct err *err)
{
    if (!commands_catch_up(worker, market, err)) {
        /* So far behind that the journal begins later: the snapshot is ahead of us. */
        market->wants_load = market->wants_load || err->code == ERR_GONE;
        return false;
    }
    if (!apply_early(worker, market, err))
        return false;
    /* What waits still begins beyond all that accounting has: nobody can have sent it. */
    for (size_t i = 0; i < market->early_count; i++)
        free(market->early[i].bytes);
    market->early_count = 0;
    market->gap_us = 0;
    return true;
}
