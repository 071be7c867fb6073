/*
 * frames.c: reading. One place handles every frame, whichever call is waiting, so that confirms,
 * deliveries, alarms and closes may come in any order.
 */
#include "bus/internal.h"

#include "base/clock.h"

enum { DRAIN_FRAMES_MAX = 100000, BUS_NAME_SIZE = 256 /* short strings of the protocol */ };

int64_t bus_deadline_us(int timeout_ms)
{
    return clock_monotonic_us(&clock_real) + timeout_ms * INT64_C(1000);
}

bool bus_is_past(int64_t deadline_us)
{
    return clock_monotonic_us(&clock_real) >= deadline_us;
}

/* Frames of channel 0: the connection. */
static bool on_connection(struct bus *bus, const amqp_frame_t *frame, struct err *err)
{
    if (frame->frame_type != AMQP_FRAME_METHOD)
        return true;
    if (frame->payload.method.id == AMQP_CONNECTION_CLOSE_METHOD)
        return bus_broker_closed(bus, &frame->payload.method, "connection closed", false, err);
    if (frame->payload.method.id == AMQP_CONNECTION_BLOCKED_METHOD)
        bus->is_blocked = true;
    else if (frame->payload.method.id == AMQP_CONNECTION_UNBLOCKED_METHOD)
        bus->is_blocked = false;
    return true;
}

static void tell_return(struct bus *bus, const amqp_basic_return_t *returned)
{
    char exchange[BUS_NAME_SIZE], routing_key[BUS_NAME_SIZE];
    snprintf(exchange, sizeof(exchange), "%.*s", (int)returned->exchange.len,
             (const char *)returned->exchange.bytes);
    snprintf(routing_key, sizeof(routing_key), "%.*s", (int)returned->routing_key.len,
             (const char *)returned->routing_key.bytes);
    bus->returned(bus->returned_arg, exchange, routing_key);
}

static bool on_return(struct bus *bus, const amqp_basic_return_t *returned, struct err *err)
{
    if (bus->returned) {
        bus->is_returning = true;
        tell_return(bus, returned);
        return true;
    }
    return bus_break(bus, err, ERR_BUS_UNAVAILABLE,
                     "no queue takes exchange '%.*s', routing key '%.*s' (%u %.*s)",
                     (int)returned->exchange.len, (const char *)returned->exchange.bytes,
                     (int)returned->routing_key.len, (const char *)returned->routing_key.bytes,
                     returned->reply_code, (int)returned->reply_text.len,
                     (const char *)returned->reply_text.bytes);
}

static bool on_method(struct bus *bus, const amqp_method_t *method, struct err *err)
{
    const amqp_basic_ack_t *ack = method->decoded;
    const amqp_basic_nack_t *nack = method->decoded;
    amqp_channel_flow_ok_t flow_ok = {.active = 1};

    switch (method->id) {
    case AMQP_BASIC_ACK_METHOD:
        bus_on_confirm(bus, ack->delivery_tag, ack->multiple);
        return true;
    case AMQP_BASIC_NACK_METHOD:
        return bus_break(bus, err, ERR_BUS_UNAVAILABLE,
                         "message %llu was refused: a queue is full or failed",
                         (unsigned long long)nack->delivery_tag);
    case AMQP_BASIC_RETURN_METHOD:
        return on_return(bus, method->decoded, err);
    case AMQP_BASIC_DELIVER_METHOD:
        return bus_on_deliver(bus, method->decoded, err);
    case AMQP_BASIC_CANCEL_METHOD:
        return bus_break(bus, err, ERR_BUS_UNAVAILABLE, "queue %s was deleted or moved",
                         bus->queue);
    case AMQP_CHANNEL_CLOSE_METHOD:
        return bus_broker_closed(bus, method, "channel closed", false, err);
    case AMQP_BASIC_QOS_OK_METHOD:
        bus->barriers_open -= bus->barriers_open > 0;
        return true;
    case AMQP_CHANNEL_FLOW_METHOD:
        return bus_check_status(
            bus,
            amqp_send_method(bus->connection, BUS_CHANNEL, AMQP_CHANNEL_FLOW_OK_METHOD, &flow_ok),
            "flow", err);
    default:
        return true;
    }
}

/* Header and body of a message that came back. */
static bool drop_returned(struct bus *bus, const amqp_frame_t *frame, struct err *err)
{
    if (frame->frame_type == AMQP_FRAME_HEADER) {
        bus->returned_left = frame->payload.properties.body_size;
    } else {
        size_t length = frame->payload.body_fragment.len;
        if (length > bus->returned_left)
            return bus_break(bus, err, ERR_PROTOCOL, "an unexpected body");
        bus->returned_left -= length;
    }
    bus->is_returning = bus->returned_left > 0;
    return true;
}

static bool on_frame(struct bus *bus, const amqp_frame_t *frame, struct err *err)
{
    if (frame->channel == 0)
        return on_connection(bus, frame, err);
    if (bus->is_returning && frame->frame_type != AMQP_FRAME_METHOD)
        return drop_returned(bus, frame, err);
    switch (frame->frame_type) {
    case AMQP_FRAME_METHOD:
        return on_method(bus, &frame->payload.method, err);
    case AMQP_FRAME_HEADER:
        return bus_on_header(bus, frame->payload.properties.body_size,
                             frame->payload.properties.decoded, err);
    case AMQP_FRAME_BODY:
        return bus_on_body(bus, frame->payload.body_fragment, err);
    default:
        return true;
    }
}

bool bus_pump(struct bus *bus, int64_t deadline_us, bool *ret_got, struct err *err)
{
    amqp_frame_t frame;
    int64_t left_us = deadline_us - clock_monotonic_us(&clock_real);
    if (left_us < 0)
        left_us = 0;
    struct timeval timeout = {.tv_sec = left_us / 1000000, .tv_usec = left_us % 1000000};

    int status = amqp_simple_wait_frame_noblock(bus->connection, &frame, &timeout);
    if (status == AMQP_STATUS_TIMEOUT) {
        bus->read_us = clock_monotonic_us(&clock_real);
        *ret_got = false;
        return true;
    }
    if (!bus_check_status(bus, status, "reading", err) || !on_frame(bus, &frame, err))
        return false;
    /* Frames are copied where they are kept, so the library may have its memory back. */
    amqp_maybe_release_buffers(bus->connection);
    *ret_got = true;
    return true;
}

bool bus_drain(struct bus *bus, int fresh_ms, struct err *err)
{
    bool got = clock_monotonic_us(&clock_real) - bus->read_us >= fresh_ms * INT64_C(1000);
    for (unsigned i = 0; got && i < DRAIN_FRAMES_MAX; i++)
        if (!bus_pump(bus, 0, &got, err))
            return false;
    return true;
}

bool bus_idle(struct bus *bus, struct err *err)
{
    bus_flush(bus);
    return bus_check_open(bus, err) && bus_ack_waiting(bus, err) && bus_drain(bus, 0, err);
}
