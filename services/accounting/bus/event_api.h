/*
 * event_api.h: the signed domain events (reference 7.3), rendered from the records of the outbox.
 * Pure but for event_out.
 *
 *   market.<id>.order_created, order_updated, order_canceled, order_completed   no market orders
 *   market.<id>.trade_completed
 *   model.*                                                           as their writer rendered them
 *
 * The exchange is the first word of the name, the routing key the rest.
 */
#ifndef ACCOUNTING_BUS_EVENT_API_H
#define ACCOUNTING_BUS_EVENT_API_H

#include <stddef.h>
#include <stdint.h>

#include "accounting/bus/event_message.h"
#include "accounting/domain/event.h"
#include "accounting/domain/ledger.h"
#include "accounting/domain/market.h"
#include "base/random.h"
#include "json/field.h"

extern const struct json_field api_order_fields[], api_trade_fields[];

bool api_order(struct event_out *out, const struct event_order *event, const struct market *market,
               const char *uid, struct err *err) MUST_CHECK;
bool api_trade(struct event_out *out, const struct trade *trade, const char *maker_uid,
               const char *taker_uid, struct err *err) MUST_CHECK;
/* `json` is the object {"record":...[,"changes":...]}. */
bool api_model(struct event_out *out, const char *name, const char *json, size_t length,
               struct err *err) MUST_CHECK;

/* The claims that are signed: iss, jti, iat, exp and the event. */
enum { EVENT_LIFETIME_S = 60 };
void api_claims(struct str *claims, const struct str *event, struct uuid jti, int64_t now_us);

#endif
