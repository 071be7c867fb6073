#include "matching/actions/results_publish.h"

#include <string.h>

static struct parcel *parcel_at(struct worker *worker, size_t index)
{
    return &worker->parcels[(worker->parcels_first + index) % PARCELS_MAX];
}

/* ---- gathering ---- */

/* The header of the open batch is complete after every call: the book is at its last result now. */
bool results_add(struct worker *worker, struct market *market, uint64_t first_seq, size_t count,
                 struct err *err)
{
    const struct str *added = &worker->scratch;
    bool is_open = market->results.length > 0;
    if (is_open && (market->results.length + added->length > RESULT_BATCH_BYTES ||
                    market->results_count + count > RESULT_BATCH_RESULTS)) {
        if (!results_seal(worker, market, err))
            return false;
        is_open = false;
    }
    if (!is_open)
        result_batch_begin(&market->results, market->id, first_seq);
    str_add_bytes(&market->results, added->data, added->length);
    market->results_count += (uint32_t)count;
    result_batch_end(&market->results, market->results_count, book_state_hash(market->book));
    return str_ok(&market->results) || err_set(err, ERR_INTERNAL, "no memory for results");
}

bool results_make_room(struct worker *worker, struct err *err)
{
    return worker->parcels_count < PARCELS_MAX || results_send(worker, PARCELS_MAX / 2, err);
}

bool results_seal(struct worker *worker, struct market *market, struct err *err)
{
    if (market->results.length == 0)
        return true;
    if (!results_make_room(worker, err))
        return false;
    struct parcel *parcel = parcel_at(worker, worker->parcels_count++);
    *parcel = (struct parcel){.bytes = market->results};
    metric_set(worker->metrics, METRIC_LAST_BATCH, market->results_count);
    market->results = STR_INIT(PROTOCOL_BATCH_BYTES_MAX);
    market->results_count = 0;
    return true;
}

static bool ack(struct worker *worker, uint64_t tag, struct err *err)
{
    if (tag <= worker->acked_tag)
        return true;
    worker->acked_tag = tag;
    return bus_ack(worker->consumer, tag, true, err);
}

bool results_seal_all(struct worker *worker, struct err *err)
{
    for (size_t i = 0; i < worker->markets_count; i++) {
        struct market *market = &worker->markets[i];
        if (market->results.length == 0)
            continue;
        market_tell(worker, market);
        if (!results_seal(worker, market, err))
            return false;
    }
    /* Deliveries without results, duplicates say, are done with what was sealed before them. */
    if (worker->parcels_count == 0)
        return ack(worker, worker->taken_tag, err);
    parcel_at(worker, worker->parcels_count - 1)->ack_tag = worker->taken_tag;
    return true;
}

/* ---- publishing ---- */

static bool take_confirms(struct worker *worker, struct err *err)
{
    uint64_t confirmed = bus_confirmed_tag(worker->publisher);
    uint64_t ack_tag = 0;
    while (worker->parcels_sent > 0 && parcel_at(worker, 0)->publish_tag <= confirmed) {
        struct parcel *parcel = parcel_at(worker, 0);
        if (parcel->ack_tag != 0)
            ack_tag = parcel->ack_tag;
        metric_add(worker->metrics, METRIC_BATCHES, 1);
        metric_add(worker->metrics, METRIC_RESULT_BYTES, (int64_t)parcel->bytes.length);
        str_release(&parcel->bytes);
        worker->parcels_first = (worker->parcels_first + 1) % PARCELS_MAX;
        worker->parcels_count--;
        worker->parcels_sent--;
    }
    metric_set(worker->metrics, METRIC_IN_FLIGHT, (int64_t)worker->parcels_count);
    return ack(worker, ack_tag, err);
}

static bool publish(struct worker *worker, struct parcel *parcel, struct err *err)
{
    struct bus_message message = {
        .exchange = "",
        .routing_key = QUEUE_RESULTS,
        .body = parcel->bytes.data,
        .length = parcel->bytes.length,
    };
    return bus_publish(worker->publisher, &message, &parcel->publish_tag, err);
}

bool results_send(struct worker *worker, size_t in_flight, struct err *err)
{
    while (worker->parcels_sent < worker->parcels_count) {
        if (!publish(worker, parcel_at(worker, worker->parcels_sent), err))
            return false;
        worker->parcels_sent++;
    }
    return bus_settle(worker->publisher, in_flight, err) && take_confirms(worker, err);
}

void results_forget_sent(struct worker *worker)
{
    worker->parcels_sent = 0;
}
