/*
 * internal.h: what the files of this module share.
 *
 *     connection.c   open, close, reopen; the login; errors of the broker into ours
 *     frames.c       reading: every frame that comes in is handled at one place
 *     topology.c     the owner's table, declared
 *     publish.c      messages out, confirms in
 *     consume.c      deliveries, acks
 */
#ifndef BUS_INTERNAL_H
#define BUS_INTERNAL_H

#include <amqp.h>

#include "bus/bus.h"

enum {
    BUS_CHANNEL = 1,
    BUS_CHANNEL_FEED = 2, /* without confirms; opened with the first message of a feed */
    BUS_HEARTBEAT_S = 10,
    BUS_FRAME_BYTES_MAX = 131072,
    BUS_PREFETCH_MAX = 4096,
    BUS_BLOCKED_WAIT_MS = 1000, /* how long a call waits for a broker that blocks */
    BUS_CLOSE_TIMEOUT_MS = 1000,
    BUS_ACK_DELAY_MS = 50, /* how long an ack waits for others to join it */
    BUS_FRESH_MS = 20 /* a look at the socket costs more than most calls; it serves this long */
};

/* A message that came, in one block: properties, then body. */
struct delivery {
    char *block;
    struct bus_delivery shown;
};

/* What the frames of the channel add up to at the moment. */
struct incoming {
    bool is_open;    /* basic.deliver has come, the content has not ended */
    bool has_header; /* ... its header has come */
    uint64_t body_size, body_got;
    char *body; /* inside `delivery.block`; NULL: the body is above our limit and dropped */
    struct delivery delivery;
};

struct bus {
    amqp_connection_state_t connection; /* NULL: broken */
    bool is_blocked;
    bool is_corked;     /* the kernel keeps back what was published, to send it in few pieces */
    struct err failure; /* why it is broken */
    int64_t read_us;    /* when the socket was last found empty */
    struct bus_config config;
    char *texts; /* the strings of `config`, ours */
    const struct bus_row *rows;

    /* Tags run from confirmed + 1 to published; a flag says that one in between is confirmed. */
    uint64_t published_tag, confirmed_tag;
    size_t open_count; /* unconfirmed ones */
    bool is_confirmed[BUS_IN_FLIGHT_MAX];

    bool has_feed;          /* its channel is open */
    size_t feed_count;      /* messages since the last barrier */
    unsigned barriers_open; /* asked and not answered: the broker answers in order */

    void (*returned)(void *arg, const char *exchange, const char *routing_key); /* may be NULL */
    void *returned_arg;
    bool is_returning;      /* the content of a returned message is coming in, to be dropped */
    uint64_t returned_left; /* bytes of it, once its header has come */

    char *queue; /* consumed; NULL: none */
    uint16_t prefetch, epoch;
    bool is_consuming;
    struct incoming incoming;
    uint64_t ack_tag, acked_tag; /* the broker's numbers: to be acked with all before; sent */
    int64_t ack_since_us;        /* when the first ack began to wait; 0: none waits */
    struct delivery current;     /* what the owner looks at */
    struct delivery *waiting;    /* ring of `prefetch` */
    size_t waiting_first, waiting_count;
};

/* ---- connection.c ---- */

/* Breaks the bus, for a reason that later calls repeat. Always false. */
bool bus_break(struct bus *bus, struct err *err, enum err_code code, const char *format, ...)
    PRINTF(4, 5);
/* False, with the reason, when the bus is broken. */
bool bus_check_open(const struct bus *bus, struct err *err) MUST_CHECK;
/* The status of a call of the library. */
bool bus_check_status(struct bus *bus, int status, const char *what, struct err *err) MUST_CHECK;
/* The reply to a call that waits for one. */
bool bus_check_reply(struct bus *bus, const char *what, struct err *err) MUST_CHECK;
/* The broker closed the channel or the connection. */
bool bus_broker_closed(struct bus *bus, const amqp_method_t *method, const char *what,
                       bool is_setup, struct err *err);

static inline amqp_bytes_t bus_bytes(const void *bytes, size_t length)
{
    /* The library takes a plain pointer for what it only reads. */
    return (amqp_bytes_t){.len = length, .bytes = (void *)(uintptr_t)bytes};
}

/* ---- frames.c ---- */

/* Handles the next frame, if one comes in time. */
bool bus_pump(struct bus *bus, int64_t deadline_us, bool *ret_got, struct err *err) MUST_CHECK;
/* Handles all that waits on the socket, if nobody has within these milliseconds. */
bool bus_drain(struct bus *bus, int fresh_ms, struct err *err) MUST_CHECK;
int64_t bus_deadline_us(int timeout_ms);
bool bus_is_past(int64_t deadline_us);

/* ---- topology.c ---- */

bool bus_declare(struct bus *bus, struct err *err) MUST_CHECK;

/* ---- publish.c ---- */

void bus_on_confirm(struct bus *bus, uint64_t tag, bool and_all_before);
/* What was published and kept back goes out. */
void bus_flush(struct bus *bus);

/* ---- consume.c ---- */

/* Consumes again after a reopen. */
bool bus_consume_again(struct bus *bus, struct err *err) MUST_CHECK;
/* Acks that wait go out now, whether or not they are due. */
bool bus_ack_waiting(struct bus *bus, struct err *err) MUST_CHECK;
void bus_consume_forget(struct bus *bus); /* drops all deliveries: the broker sends them again */
void bus_consume_release(struct bus *bus);
bool bus_on_deliver(struct bus *bus, const amqp_basic_deliver_t *method, struct err *err);
bool bus_on_header(struct bus *bus, uint64_t body_size, const amqp_basic_properties_t *properties,
                   struct err *err);
bool bus_on_body(struct bus *bus, amqp_bytes_t part, struct err *err);

#endif
