/*
 * event.h: what a transaction has to tell the world, as it waits in the outbox. Structured, small to
 * write; the event relay turns it into messages (reference 7.3, 7.4).
 *
 * An outbox row holds `version`, then records: struct event_record, then its payload. The layout is
 * of this build: EVENT_VERSION goes up with every change of a payload, and a relay that meets
 * another version parks the row and says so.
 */
#ifndef ACCOUNTING_DOMAIN_EVENT_H
#define ACCOUNTING_DOMAIN_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/domain/ledger.h"
#include "accounting/domain/order.h"
#include "base/str.h"

enum { EVENT_VERSION = 1, EVENTS_BYTES_MAX = 16 << 20 };

enum event_kind {
    EVENT_ORDER = 1,   /* struct event_order */
    EVENT_TRADE = 2,   /* struct trade */
    EVENT_LEVEL = 3,   /* struct event_level */
    EVENT_BALANCE = 4, /* struct event_balance: the account changed; the relay reads it and tells */
    EVENT_MODEL = 5,   /* struct event_model, then JSON text: a signed model event */
    EVENT_PRIVATE = 6  /* struct event_private, then JSON text: to the member's websocket */
};

enum order_change { ORDER_CREATED = 1, ORDER_UPDATED = 2, ORDER_COMPLETED = 3, ORDER_CANCELED = 4 };

struct event_record {
    uint32_t kind;   /* enum event_kind */
    uint32_t length; /* of the payload */
};
struct event_order {
    struct order order; /* after the change */
    enum order_change change;
};
struct event_level {
    char market_id[MARKET_ID_SIZE];
    enum side side;
    struct dec price, volume; /* the new total at that price; 0: the level is gone */
};
struct event_balance {
    uint64_t member_id;
    char currency_id[CURRENCY_ID_SIZE];
};
struct event_model {
    char name[64]; /* "model.account.created" */
};

struct event_private {
    uint64_t member_id;
    char name[32]; /* "deposit_address" */
};

void events_begin(struct str *events); /* clears it and writes the version */
void events_add(struct str *events, enum event_kind kind, const void *payload, size_t length);
bool events_are_empty(const struct str *events);

/* Walks a row: *offset starts at 0. False at the end or, with *ret_bad, at a malformed record. */
bool events_next(const void *bytes, size_t length, size_t *offset, struct event_record *ret_record,
                 const void **ret_payload, bool *ret_bad);

#endif
