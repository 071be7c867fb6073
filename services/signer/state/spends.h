/*
 * spends.h: one payout id is one spend. For each payout that was signed: where it goes, how much, which
 * transactions were signed for it, and some of what all of these use up ("anchors": coins, or the number
 * of an account's transaction). A second transaction is fine only when it uses up one of the anchors,
 * for then the chain takes one of them at most.
 *
 *     A uses coins 1, 2;  B uses 1;  C uses 2:  C is refused, for B and C could both be mined.
 *
 * A transaction is signed for its payouts and no others, and with one story of what its inputs are worth:
 * two signatures that were got by two stories could be put together, and what was not said be the fee.
 *
 * Marks are the first 16 bytes of a SHA-256. A payout is open for SPEND_OPEN_DAYS, and while it is among
 * the youngest SPENDS_OPEN_MAX; then it is closed: eight bytes remain, as
 * of every transaction, and nothing is signed for it any more.
 *
 * The caller has the lock.
 */
#ifndef SIGNER_STATE_SPENDS_H
#define SIGNER_STATE_SPENDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/err.h"
#include "chain/u256.h"

enum { MARK_SIZE = 16 };

struct mark {
    uint8_t bytes[MARK_SIZE];
};

/* Of texts, each with its end: ("a", "bc") is not ("ab", "c"). The list ends with NULL. */
struct mark mark_of(const char *const *texts);
struct mark mark_of_bytes(const void *bytes, size_t length);

struct spend_ask {
    struct mark payout;
    struct mark place; /* chain, contract, destination */
    struct u256 units;
    struct mark tx;            /* its id */
    struct mark binding;       /* its id, and all that the signatures believe beside it */
    const struct mark *inputs; /* what the transaction uses up */
    size_t inputs_count;
};

enum spend_verdict {
    SPEND_NEW,
    SPEND_AGAIN,    /* this very transaction was signed before */
    SPEND_REPLACES, /* another one, of which the chain takes one at most */
    SPEND_DIFFERS,  /* refused: another destination, or more than before */
    SPEND_SECOND,   /* refused: both could be mined */
    SPEND_CLOSED,   /* refused: long ago */
    SPEND_TX_AGAIN /* refused: the transaction was signed, for other payouts or with other values */
};

struct spends;

struct spends *spends_new(size_t open_max, int64_t open_us); /* NULL: no memory */
void spends_free(struct spends *spends);                     /* NULL is fine */
DEFINE_AUTO(struct spends, spends_free);

enum spend_verdict spends_ask(const struct spends *spends, const struct spend_ask *ask);
/* Room for `count` payouts, so that spends_put() can't fail. */
bool spends_reserve(struct spends *spends, size_t count, struct err *err) MUST_CHECK;
/* After SPEND_NEW or SPEND_REPLACES, with room reserved. Closes what is too old at `at_us`. */
void spends_put(struct spends *spends, const struct spend_ask *ask, int64_t at_us);

size_t spends_count(const struct spends *spends); /* closed ones included */

#endif
