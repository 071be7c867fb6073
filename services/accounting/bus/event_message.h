/*
 * event_message.h: a message on its way out, as the renderers make it: where to, and its JSON. Who
 * takes it (the relay; a test) publishes or notes it before it returns: routing key and body are
 * reused for the next one.
 */
#ifndef ACCOUNTING_BUS_EVENT_MESSAGE_H
#define ACCOUNTING_BUS_EVENT_MESSAGE_H

#include <stdbool.h>

#include "accounting/domain/member.h"
#include "base/err.h"
#include "base/str.h"

enum event_exchange {
    EXCHANGE_RANGER, /* the body goes out as it is */
    EXCHANGE_MARKET, /* the body is a domain event, to be wrapped and signed */
    EXCHANGE_MODEL,  /* the same */
    EXCHANGE_MAX
};

enum { ROUTING_KEY_SIZE = 96, EVENT_BODY_BYTES_MAX = 1 << 20 };

typedef bool event_emitter(void *arg, enum event_exchange exchange, const char *routing_key,
                           const struct str *body, struct err *err);

struct event_out {
    event_emitter *emit;
    void *arg;
    struct str body; /* the renderers' own room */
};

/* "<prefix>.<middle>.<suffix>" */
static inline bool event_emit(struct event_out *out, enum event_exchange exchange,
                              const char *prefix, const char *middle, const char *suffix,
                              struct err *err)
{
    char key[ROUTING_KEY_SIZE];
    int length =
        snprintf(key, sizeof(key), "%s%s%s.%s", prefix, prefix[0] ? "." : "", middle, suffix);
    if (length < 0 || (size_t)length >= sizeof(key))
        return err_set(err, ERR_INTERNAL, "routing key too long: %s", middle);
    if (!str_ok(&out->body))
        return err_set(err, ERR_INTERNAL, "message %s above %d bytes", key, EVENT_BODY_BYTES_MAX);
    return out->emit(out->arg, exchange, key, &out->body, err);
}

#endif
