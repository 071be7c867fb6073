/* publish.c: messages out, confirms in. */
#include "bus/internal.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

/* ---- many messages, few packets ---- */

/*
 * A packet for each message wakes the broker for each message, which costs it more than the message
 * (8 instead of 13 microseconds of its time for one of 300 bytes). So the kernel gathers what is
 * published until the owner waits for something; it never keeps anything for more than 200 ms.
 */
static void set_cork(struct bus *bus, bool is_corked)
{
    int flag = is_corked;
    if (bus->is_corked == is_corked)
        return;
    bus->is_corked = is_corked;
    setsockopt(amqp_get_sockfd(bus->connection), IPPROTO_TCP, TCP_CORK, &flag, sizeof(flag));
}

void bus_flush(struct bus *bus)
{
    if (bus->connection)
        set_cork(bus, false);
}

/* ---- confirms ---- */

static void confirm_one(struct bus *bus, uint64_t tag)
{
    bool *flag = &bus->is_confirmed[tag % BUS_IN_FLIGHT_MAX];
    if (*flag)
        return;
    *flag = true;
    bus->open_count--;
}

void bus_on_confirm(struct bus *bus, uint64_t tag, bool and_all_before)
{
    /* With `multiple`, tag 0 is "all so far". */
    uint64_t last = and_all_before && tag == 0 ? bus->published_tag : tag;
    if (last > bus->published_tag || last <= bus->confirmed_tag)
        return;
    for (uint64_t t = and_all_before ? bus->confirmed_tag + 1 : last; t <= last; t++)
        confirm_one(bus, t);
    while (bus->confirmed_tag < bus->published_tag &&
           bus->is_confirmed[(bus->confirmed_tag + 1) % BUS_IN_FLIGHT_MAX]) {
        bus->confirmed_tag++;
        bus->is_confirmed[bus->confirmed_tag % BUS_IN_FLIGHT_MAX] = false;
    }
}

/* Waits until at most `open` are unconfirmed and the tags in the window are at most `window`. */
static bool wait_confirms(struct bus *bus, size_t open, uint64_t window, struct err *err)
{
    int64_t deadline_us = bus_deadline_us(BUS_TIMEOUT_MS);
    int64_t blocked_deadline_us = bus_deadline_us(BUS_BLOCKED_WAIT_MS);
    bool got;
    if (bus->open_count > open || bus->published_tag - bus->confirmed_tag > window)
        bus_flush(bus);
    while (bus->open_count > open || bus->published_tag - bus->confirmed_tag > window) {
        int64_t until_us = bus->is_blocked ? blocked_deadline_us : deadline_us;
        if (!bus_pump(bus, until_us, &got, err))
            return false;
        if (got || !bus_is_past(bus->is_blocked ? blocked_deadline_us : deadline_us))
            continue;
        if (bus->is_blocked)
            return err_set(err, ERR_BUS_UNAVAILABLE, "broker: blocks publishing (an alarm)");
        return bus_break(bus, err, ERR_BUS_UNAVAILABLE, "no confirm of %zu messages in %d ms",
                         bus->open_count, BUS_TIMEOUT_MS);
    }
    return true;
}

bool bus_settle(struct bus *bus, size_t in_flight, struct err *err)
{
    bus_flush(bus);
    return bus_check_open(bus, err) && wait_confirms(bus, in_flight, BUS_IN_FLIGHT_MAX, err);
}

void bus_watch_returns(struct bus *bus,
                       void (*returned)(void *arg, const char *exchange, const char *routing_key),
                       void *arg)
{
    bus->returned = returned;
    bus->returned_arg = arg;
}

uint64_t bus_confirmed_tag(const struct bus *bus)
{
    return bus->confirmed_tag;
}

/* ---- messages ---- */

static amqp_basic_properties_t properties_of(const struct bus_message *message)
{
    amqp_basic_properties_t properties = {
        ._flags = AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_CONTENT_TYPE_FLAG,
        .delivery_mode = AMQP_DELIVERY_PERSISTENT,
        .content_type = amqp_cstring_bytes(message->content_type ? message->content_type
                                                                 : "application/octet-stream"),
    };
    if (message->type) {
        properties._flags |= AMQP_BASIC_TYPE_FLAG;
        properties.type = amqp_cstring_bytes(message->type);
    }
    if (message->message_id) {
        properties._flags |= AMQP_BASIC_MESSAGE_ID_FLAG;
        properties.message_id = amqp_cstring_bytes(message->message_id);
    }
    return properties;
}

bool bus_publish(struct bus *bus, const struct bus_message *message, uint64_t *ret_tag,
                 struct err *err)
{
    assert(message->length <= BUS_MESSAGE_BYTES_MAX);
    if (!bus_check_open(bus, err) || !bus_drain(bus, BUS_FRESH_MS, err))
        return false;
    /* Down to half of the window at once, so that the next ones go out together again. */
    if (bus->published_tag - bus->confirmed_tag == BUS_IN_FLIGHT_MAX &&
        !wait_confirms(bus, BUS_IN_FLIGHT_MAX / 2, BUS_IN_FLIGHT_MAX / 2, err))
        return false;
    if (bus->is_blocked)
        return err_set(err, ERR_BUS_UNAVAILABLE, "broker: blocks publishing (an alarm)");

    amqp_basic_properties_t properties = properties_of(message);
    set_cork(bus, true);
    int status =
        amqp_basic_publish(bus->connection, BUS_CHANNEL, amqp_cstring_bytes(message->exchange),
                           amqp_cstring_bytes(message->routing_key), !message->may_be_unroutable, 0,
                           &properties, bus_bytes(message->body, message->length));
    if (!bus_check_status(bus, status, "publishing", err))
        return false;
    bus->published_tag++;
    bus->open_count++;
    if (ret_tag)
        *ret_tag = bus->published_tag;
    return true;
}
