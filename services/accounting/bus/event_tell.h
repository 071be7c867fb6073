/*
 * event_tell.h: a round of records (event_round.h) to messages: looks up what they name - members,
 * markets, balances as they are now - and has each rendered by event_stream.h, event_api.h and
 * book_stream.h, in order. What names a member or a market that does not exist is left out, and
 * logged.
 *
 * Balances wait in the teller, each account once, until teller_tell_balances(): a balance is told as
 * it is then, so that one message may stand for many changes.
 *
 * One thread: the relay's.
 */
#ifndef ACCOUNTING_BUS_EVENT_TELL_H
#define ACCOUNTING_BUS_EVENT_TELL_H

#include <stdbool.h>

#include "accounting/actions/accounting.h"
#include "accounting/bus/book_stream.h"
#include "accounting/bus/event_message.h"
#include "accounting/bus/event_round.h"

enum { TELLER_BALANCES_MAX = 4096 }; /* that wait; above it they are told at once */

struct teller;

/* NULL: no memory. The books stay the caller's. */
struct teller *teller_new(struct accounting *app, struct book_stream *books, event_emitter *emit,
                          void *arg);
void teller_free(struct teller *teller); /* NULL is fine */

bool teller_tell_balances(struct teller *teller, struct db *db, struct err *err) MUST_CHECK;
size_t teller_balances_waiting(const struct teller *teller);

/* signed_only: the signed events alone, of a round that was told before. */
bool teller_tell(struct teller *teller, struct db *db, const struct event_round *round,
                 bool signed_only, struct err *err) MUST_CHECK;

#endif
