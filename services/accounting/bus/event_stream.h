/*
 * event_stream.h: messages for the websocket gateway about orders, trades and balances (reference
 * 7.4), rendered from the records of the outbox. Pure but for event_out.
 *
 *   private.<uid>.order     an order as it is now: limit orders at every change, market orders when
 *                           they are closed
 *   private.<uid>.trade     a trade, to each of its two members
 *   private.<uid>.balances  an account as it is now
 *   private.<uid>.deposit_address  an address was made
 *   public.<market>.trades  trades, one or more
 */
#ifndef ACCOUNTING_BUS_EVENT_STREAM_H
#define ACCOUNTING_BUS_EVENT_STREAM_H

#include <stddef.h>

#include "accounting/bus/event_message.h"
#include "accounting/domain/ledger.h"
#include "accounting/domain/market.h"
#include "accounting/domain/order.h"
#include "json/field.h"

extern const struct json_field stream_order_fields[], stream_trade_fields[],
    stream_public_trade_fields[], stream_balance_fields[];

bool stream_order(struct event_out *out, const struct order *order, const struct market *market,
                  const char *uid, struct err *err) MUST_CHECK;
/* To the maker, or to the taker. */
bool stream_trade(struct event_out *out, const struct trade *trade, bool to_maker, const char *uid,
                  struct err *err) MUST_CHECK;
/* Trades of one market, in order. */
bool stream_public_trades(struct event_out *out, const struct trade *const *trades, size_t count,
                          struct err *err) MUST_CHECK;
bool stream_balance(struct event_out *out, const char *uid, const char *currency_id,
                    struct dec balance, struct dec locked, struct err *err) MUST_CHECK;
/* JSON as its writer rendered it, to private.<uid>.<name>. */
bool stream_private(struct event_out *out, const char *uid, const char *name, const char *json,
                    size_t length, struct err *err) MUST_CHECK;

#endif
