/*
 * consume.c: deliveries and acks.
 *
 * A delivery's tag carries the count of reopens (epoch) above the broker's own number: the broker
 * starts anew at 1 on every channel, and an ack that was meant for the old one must not hit a
 * message of the new one. Such an ack is dropped: that message comes again.
 *
 * In a quorum queue an ack is an entry of the replicated log, a third of what a message costs the
 * broker. So acks of "all before" wait for each other: BUS_ACK_DELAY_MS, or a quarter of the prefetch.
 */
#include "bus/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum { TAG_EPOCH_SHIFT = 48 };
#define TAG_MASK ((UINT64_C(1) << TAG_EPOCH_SHIFT) - 1)

/* ---- assembling ---- */

static void delivery_release(struct delivery *delivery)
{
    free(delivery->block);
    *delivery = (struct delivery){.block = NULL};
}

bool bus_on_deliver(struct bus *bus, const amqp_basic_deliver_t *method, struct err *err)
{
    struct incoming *incoming = &bus->incoming;
    if (incoming->is_open || bus->waiting_count >= bus->prefetch)
        return bus_break(bus, err, ERR_PROTOCOL, "an unexpected delivery");
    *incoming = (struct incoming){.is_open = true};
    incoming->delivery.shown.tag =
        (uint64_t)bus->epoch << TAG_EPOCH_SHIFT | (method->delivery_tag & TAG_MASK);
    incoming->delivery.shown.redelivered = method->redelivered;
    return true;
}

/* Copies a property behind the others. */
static const char *keep(char **at, bool is_set, amqp_bytes_t text)
{
    size_t length = is_set ? text.len : 0;
    char *copy = *at;
    if (length > 0)
        memcpy(copy, text.bytes, length);
    copy[length] = '\0';
    *at += length + 1;
    return copy;
}

static void end_delivery(struct bus *bus)
{
    size_t last = (bus->waiting_first + bus->waiting_count) % bus->prefetch;
    bus->waiting[last] = bus->incoming.delivery;
    bus->waiting_count++;
    bus->incoming = (struct incoming){.is_open = false};
}

bool bus_on_header(struct bus *bus, uint64_t body_size, const amqp_basic_properties_t *properties,
                   struct err *err)
{
    struct incoming *incoming = &bus->incoming;
    if (!incoming->is_open || incoming->has_header)
        return bus_break(bus, err, ERR_PROTOCOL, "an unexpected header");
    bool has_type = properties->_flags & AMQP_BASIC_TYPE_FLAG;
    bool has_id = properties->_flags & AMQP_BASIC_MESSAGE_ID_FLAG;
    bool has_content = properties->_flags & AMQP_BASIC_CONTENT_TYPE_FLAG;
    bool is_large = body_size > BUS_MESSAGE_BYTES_MAX;
    /* Properties are short strings: at most 255 bytes each. */
    size_t size = (has_type ? properties->type.len : 0) +
                  (has_id ? properties->message_id.len : 0) +
                  (has_content ? properties->content_type.len : 0) + 3;
    char *at = incoming->delivery.block = malloc(size + (is_large ? 0 : (size_t)body_size) + 1);
    if (!at)
        return bus_break(bus, err, ERR_INTERNAL, "no memory for a delivery");
    struct bus_delivery *shown = &incoming->delivery.shown;
    shown->type = keep(&at, has_type, properties->type);
    shown->message_id = keep(&at, has_id, properties->message_id);
    shown->content_type = keep(&at, has_content, properties->content_type);
    shown->body = at;
    shown->length = is_large ? 0 : (size_t)body_size;
    shown->is_too_large = is_large;
    at[shown->length] = '\0';
    incoming->body = is_large ? NULL : at;
    incoming->body_size = body_size;
    incoming->has_header = true;
    if (body_size == 0)
        end_delivery(bus);
    return true;
}

bool bus_on_body(struct bus *bus, amqp_bytes_t part, struct err *err)
{
    struct incoming *incoming = &bus->incoming;
    if (!incoming->has_header || part.len > incoming->body_size - incoming->body_got)
        return bus_break(bus, err, ERR_PROTOCOL, "an unexpected body");
    if (incoming->body && part.len > 0)
        memcpy(incoming->body + incoming->body_got, part.bytes, part.len);
    incoming->body_got += part.len;
    if (incoming->body_got == incoming->body_size)
        end_delivery(bus);
    return true;
}

/* ---- consuming ---- */

bool bus_consume_again(struct bus *bus, struct err *err)
{
    if (!bus->queue)
        return true;
    amqp_basic_qos(bus->connection, BUS_CHANNEL, 0, bus->prefetch, 0);
    if (!bus_check_reply(bus, "prefetch", err))
        return false;
    amqp_basic_consume(bus->connection, BUS_CHANNEL, amqp_cstring_bytes(bus->queue),
                       amqp_empty_bytes, 0, 0, 0, amqp_empty_table);
    if (!bus_check_reply(bus, bus->queue, err))
        return false;
    bus->is_consuming = true;
    return true;
}

bool bus_consume(struct bus *bus, const char *queue, uint16_t prefetch, struct err *err)
{
    assert(prefetch > 0 && prefetch <= BUS_PREFETCH_MAX);
    if (!bus->queue) {
        bus->waiting = calloc(prefetch, sizeof(*bus->waiting));
        bus->queue = bus->waiting ? strdup(queue) : NULL;
        if (!bus->queue)
            return err_set(err, ERR_INTERNAL, "broker: no memory");
        bus->prefetch = prefetch;
    }
    /* One queue each, for good. */
    assert(strcmp(bus->queue, queue) == 0 && bus->prefetch == prefetch);
    if (!bus_check_open(bus, err))
        return false;
    return bus->is_consuming || bus_consume_again(bus, err);
}

void bus_consume_forget(struct bus *bus)
{
    delivery_release(&bus->current);
    delivery_release(&bus->incoming.delivery);
    bus->incoming = (struct incoming){.is_open = false};
    for (; bus->waiting_count > 0; bus->waiting_count--) {
        delivery_release(&bus->waiting[bus->waiting_first]);
        bus->waiting_first = (bus->waiting_first + 1) % bus->prefetch;
    }
    bus->ack_tag = bus->acked_tag = 0;
    bus->ack_since_us = 0;
    bus->is_consuming = false;
}

void bus_consume_release(struct bus *bus)
{
    bus_consume_forget(bus);
    free(bus->waiting);
    free(bus->queue);
}

static int64_t ack_due_us(const struct bus *bus)
{
    bool is_many = bus->ack_tag - bus->acked_tag >= bus->prefetch / 4;
    return is_many ? 0 : bus->ack_since_us + BUS_ACK_DELAY_MS * INT64_C(1000);
}

bool bus_ack_waiting(struct bus *bus, struct err *err)
{
    if (bus->ack_since_us == 0)
        return true;
    bus->acked_tag = bus->ack_tag;
    bus->ack_since_us = 0;
    int status = amqp_basic_ack(bus->connection, BUS_CHANNEL, bus->ack_tag, 1);
    return bus_check_status(bus, status, "ack", err);
}

static bool ack_if_due(struct bus *bus, struct err *err)
{
    return bus->ack_since_us == 0 || !bus_is_past(ack_due_us(bus)) || bus_ack_waiting(bus, err);
}

/* Until a delivery is there or time is up; acks go out when they are due meanwhile. */
static bool wait_delivery(struct bus *bus, int64_t deadline_us, struct err *err)
{
    bool got = true;
    while (bus->waiting_count == 0 && (got || !bus_is_past(deadline_us))) {
        int64_t until_us = deadline_us;
        if (!ack_if_due(bus, err))
            return false;
        if (bus->ack_since_us != 0 && ack_due_us(bus) < until_us)
            until_us = ack_due_us(bus);
        if (!bus_pump(bus, until_us, &got, err))
            return false;
    }
    return true;
}

bool bus_next(struct bus *bus, int timeout_ms, bool *ret_got, struct bus_delivery *ret_delivery,
              struct err *err)
{
    int64_t deadline_us = bus_deadline_us(timeout_ms);
    if (!bus_check_open(bus, err))
        return false;
    bus_flush(bus);
    /* Heartbeats are behind the deliveries on the socket. */
    if (bus->waiting_count > 0 && (!bus_drain(bus, BUS_FRESH_MS, err) || !ack_if_due(bus, err)))
        return false;
    if (!wait_delivery(bus, deadline_us, err))
        return false;
    delivery_release(&bus->current);
    *ret_got = bus->waiting_count > 0;
    if (bus->waiting_count == 0)
        return true;
    bus->current = bus->waiting[bus->waiting_first];
    bus->waiting[bus->waiting_first] = (struct delivery){.block = NULL};
    bus->waiting_first = (bus->waiting_first + 1) % bus->prefetch;
    bus->waiting_count--;
    *ret_delivery = bus->current.shown;
    return true;
}

/* ---- acks ---- */

static bool is_old(const struct bus *bus, uint64_t tag)
{
    return tag >> TAG_EPOCH_SHIFT != bus->epoch;
}

bool bus_ack(struct bus *bus, uint64_t tag, bool and_all_before, struct err *err)
{
    if (!bus_check_open(bus, err))
        return false;
    if (is_old(bus, tag))
        return true;
    bus_flush(bus);
    if (!and_all_before) {
        int status = amqp_basic_ack(bus->connection, BUS_CHANNEL, tag & TAG_MASK, 0);
        return bus_check_status(bus, status, "ack", err);
    }
    if ((tag & TAG_MASK) <= bus->ack_tag)
        return true;
    if (bus->ack_since_us == 0)
        bus->ack_since_us = clock_monotonic_us(&clock_real);
    bus->ack_tag = tag & TAG_MASK;
    return ack_if_due(bus, err);
}

bool bus_reject(struct bus *bus, uint64_t tag, struct err *err)
{
    if (!bus_check_open(bus, err))
        return false;
    if (is_old(bus, tag))
        return true;
    bus_flush(bus);
    int status = amqp_basic_reject(bus->connection, BUS_CHANNEL, tag & TAG_MASK, 0);
    return bus_check_status(bus, status, "reject", err);
}
