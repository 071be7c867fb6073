/*
 * accounting.h: the state of the service: one struct, made in main.c, handed to every room.
 * Each member says who made it and which threads may use it.
 */
#ifndef ACCOUNTING_ACTIONS_ACCOUNTING_H
#define ACCOUNTING_ACTIONS_ACCOUNTING_H

#include <stdatomic.h>
#include <stdbool.h>

#include "accounting/state/catalog.h"
#include "accounting/state/member_cache.h"
#include "base/clock.h"
#include "db/db.h"
#include "metrics/metrics.h"

struct accounting_config;
struct market_data;  /* accounting/marketdata: depth, tickers, recent trades; any thread */
struct accept_queue; /* actions/order_accept.h: orders and cancels on their way in; any thread */
struct queue;        /* base/queue.h */
struct trust;        /* http/trust.h: the public keys and what is asked of a token; immutable */
struct token_keys;   /* libs/token: public keys by name */
struct token_cache;  /* verified user tokens; any thread */
struct abilities;    /* libs/api/abilities.h: the permission table; immutable */
struct book_cache;   /* http/book_cache.h: order books that were dear to read; any thread */
struct conversion_paths; /* domain/conversion.h: values over several markets; immutable */
struct secret_store;     /* libs/secret: what is sealed at rest; any thread */
struct fiat_accounts;    /* domain/fiat_account.h: where members pay to; immutable */
struct payment_gateway;  /* libs/payment: tells of payments by bank; immutable */
struct peers;            /* peers/peers.h: calls to auth and to the gateway; any thread */
struct management; /* libs/api/management.h: signers and scopes of the management API; immutable */

struct accounting {
    const struct accounting_config *config; /* config.h; immutable */
    const struct clock *clock;
    struct metrics *metrics;
    struct catalogs *catalogs;
    struct member_cache *members;
    struct market_data *market_data;
    struct book_cache *book_cache;
    struct accept_queue *accept_queue;
    struct queue
        *parcels; /* struct parcel (actions/parcel.h): committed commands on their way out */
    struct trust *trust;
    struct token_cache *user_tokens;
    struct token_cache *service_tokens;    /* of other services: internal calls */
    const struct token_keys *service_keys; /* the same services: what they sign; immutable */
    struct abilities *abilities;
    struct management *management;
    struct conversion_paths *conversions;
    struct fiat_accounts *fiat_accounts;
    struct payment_gateway *payments; /* NULL: none is configured */
    struct peers *peers;
    struct secret_store *secrets; /* NULL: none is configured */
    struct db_config db_config;   /* to open further connections */
    _Atomic bool stopping;
    _Atomic bool books_loaded;        /* catalog and market data are in memory */
    _Atomic bool has_user_keys;       /* there is a key to verify users' tokens by */
    _Atomic bool settling;            /* the settler has its broker and its database */
    _Atomic bool accepting;           /* the writer has its database */
    _Atomic int64_t writing_since_us; /* monotonic: begin of the batch in the database; 0: none */
    _Atomic bool sending;        /* the command relay has both, and the broker takes messages */
    struct queue *outbox_signal; /* a push wakes the event relay: something is in the outbox */
};

/* Wakes the event relay. Any thread; a full queue means that it is awake already. */
void accounting_outbox_wake(struct accounting *app);

#endif
