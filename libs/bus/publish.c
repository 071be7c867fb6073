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

/* ---- feeds ---- */

/*
 * The broker handles a channel's frames in their order: when it answers a question that was sent
 * behind some messages, it has routed them. So one small question stands for hundreds of confirms,
 * which cost the broker as much as the messages.
 */
static bool send_barrier(struct bus *bus, struct err *err)
{
    amqp_basic_qos_t question = {0};
    if (bus->feed_count == 0)
        return true;
    bus->feed_count = 0;
    bus->barriers_open++;
    return bus_check_status(
        bus, amqp_send_method(bus->connection, BUS_CHANNEL_FEED, AMQP_BASIC_QOS_METHOD, &question),
        "feed", err);
}

static bool open_feed(struct bus *bus, struct err *err)
{
    if (bus->has_feed)
        return true;
    bus_flush(bus);
    amqp_channel_open(bus->connection, BUS_CHANNEL_FEED);
    bus->has_feed = bus_check_reply(bus, "channel of feeds", err);
    return bus->has_feed;
}

/* ---- waiting ---- */

/* What a wait is for. */
struct goal {
    size_t open;     /* at most so many messages are unconfirmed */
    uint64_t window; /* and so many tags from the first of them on */
    bool feed;       /* and every barrier is answered */
};

static bool is_reached(const struct bus *bus, const struct goal *goal)
{
    return bus->open_count <= goal->open &&
           bus->published_tag - bus->confirmed_tag <= goal->window &&
           !(goal->feed && bus->barriers_open > 0);
}

static bool wait_until(struct bus *bus, const struct goal *goal, struct err *err)
{
    int64_t deadline_us = bus_deadline_us(BUS_TIMEOUT_MS);
    int64_t blocked_deadline_us = bus_deadline_us(BUS_BLOCKED_WAIT_MS);
    bool got;
    if (!is_reached(bus, goal))
        bus_flush(bus);
    while (!is_reached(bus, goal)) {
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
    struct goal goal = {in_flight, BUS_IN_FLIGHT_MAX, in_flight == 0};
    if (!bus_check_open(bus, err) || (goal.feed && !send_barrier(bus, err)))
        return false;
    bus_flush(bus);
    return wait_until(bus, &goal, err);
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
        .delivery_mode = message->is_feed ? AMQP_DELIVERY_NONPERSISTENT : AMQP_DELIVERY_PERSISTENT,
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

/* Room in the window, by waiting if need be. */
static bool make_room(struct bus *bus, bool is_feed, struct err *err)
{
    if (is_feed)
        return open_feed(bus, err) && (bus->feed_count < BUS_FEED_MAX || bus_settle(bus, 0, err));
    if (bus->published_tag - bus->confirmed_tag < BUS_IN_FLIGHT_MAX)
        return true;
    /* Down to half of the window at once, so that the next ones go out together again. */
    struct goal goal = {BUS_IN_FLIGHT_MAX / 2, BUS_IN_FLIGHT_MAX / 2, false};
    return wait_until(bus, &goal, err);
}

bool bus_publish(struct bus *bus, const struct bus_message *message, uint64_t *ret_tag,
                 struct err *err)
{
    bool is_feed = message->is_feed;
    assert(message->length <= BUS_MESSAGE_BYTES_MAX);
    if (!bus_check_open(bus, err) || !bus_drain(bus, BUS_FRESH_MS, err) ||
        !make_room(bus, is_feed, err))
        return false;
    if (bus->is_blocked)
        return err_set(err, ERR_BUS_UNAVAILABLE, "broker: blocks publishing (an alarm)");

    amqp_basic_properties_t properties = properties_of(message);
    set_cork(bus, true);
    int status = amqp_basic_publish(bus->connection, is_feed ? BUS_CHANNEL_FEED : BUS_CHANNEL,
                                    amqp_cstring_bytes(message->exchange),
                                    amqp_cstring_bytes(message->routing_key), !is_feed, 0,
                                    &properties, bus_bytes(message->body, message->length));
    if (!bus_check_status(bus, status, "publishing", err))
        return false;
    if (is_feed) {
        bus->feed_count++;
        if (ret_tag)
            *ret_tag = 0;
        return true;
    }
    bus->published_tag++;
    bus->open_count++;
    if (ret_tag)
        *ret_tag = bus->published_tag;
    return true;
}
