/* sink.h: an event_out that notes what was emitted, one line a message: "KEY BODY\n". */
#ifndef TESTS_ACCOUNTING_BUS_SINK_H
#define TESTS_ACCOUNTING_BUS_SINK_H

#include "accounting/bus/event_message.h"

struct sink {
    struct event_out out;
    struct str lines;
    bool fails;
};

static bool sink_emit(void *arg, enum event_exchange exchange, const char *routing_key,
                      const struct str *body, struct err *err)
{
    static const char *const prefixes[EXCHANGE_MAX] = {"ranger ", "market ", "model "};
    struct sink *sink = arg;
    if (sink->fails)
        return err_set(err, ERR_BUS_UNAVAILABLE, "asked to fail");
    str_add(&sink->lines, prefixes[exchange]);
    str_add(&sink->lines, routing_key);
    str_add_char(&sink->lines, ' ');
    str_add_bytes(&sink->lines, str_data(body), body->length);
    str_add_char(&sink->lines, '\n');
    return true;
}

static void sink_init(struct sink *sink)
{
    *sink = (struct sink){.out = {.emit = sink_emit, .arg = sink}};
    sink->out.body = STR_INIT(EVENT_BODY_BYTES_MAX);
    sink->lines = STR_INIT(EVENT_BODY_BYTES_MAX);
}

static void sink_release(struct sink *sink)
{
    str_release(&sink->out.body);
    str_release(&sink->lines);
}

#endif
