/* chain_feed.h: how far the gateway's events are in the books, and what was put aside. */
#ifndef ACCOUNTING_STORE_CHAIN_FEED_H
#define ACCOUNTING_STORE_CHAIN_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"
#include "db/listing.h"
#include "decimal/dec.h"

bool chain_feed_read(struct db *db, uint64_t *ret_seq, struct err *err) MUST_CHECK;
/* From seq - 1 to seq, and only so; *ret_moved false: the feed is elsewhere. */
bool chain_feed_move(struct db *db, uint64_t seq, int64_t now_us, bool *ret_moved, struct err *err)
    MUST_CHECK;

bool chain_park(struct db *db, uint64_t seq, const char *name, const char *reason,
                const char *event_json, int64_t now_us, struct err *err) MUST_CHECK;
struct chain_parked {
    uint64_t seq;
    const char *name, *reason, *event;
    int64_t created_at;
};
bool chain_parked_list(struct db *db, struct arena *arena, size_t max, struct listed *ret_listed,
                       struct err *err) MUST_CHECK;
/* Those whose time has come, by number: the longer one waits the longer is the pause behind each try, up to
 * CHAIN_PARKED_PAUSE_S. Who was not tried for longest comes first, so that no crowd holds up the others. */
enum { CHAIN_PARKED_PAUSE_S = 900 };
bool chain_parked_due(struct db *db, struct arena *arena, size_t max, int64_t now_us,
                      struct listed *ret_listed, struct err *err) MUST_CHECK;
/* It was tried again, and this is why it still waits. */
bool chain_parked_failed(struct db *db, uint64_t seq, const char *reason, int64_t now_us,
                         struct err *err) MUST_CHECK;
/* Whether an event of this transfer from before `seq` is parked. */
bool chain_parked_before(struct db *db, uint64_t seq, const char *chain, const char *transfer_id,
                         bool *ret_is_there, struct err *err) MUST_CHECK;
bool chain_parked_done(struct db *db, uint64_t seq, int64_t now_us, struct err *err) MUST_CHECK;

bool chain_head_set(struct db *db, const char *blockchain_key, int64_t height, int64_t now_us,
                    struct err *err) MUST_CHECK;

/* Units of fees that are too small to book. */
bool chain_dust_read(struct db *db, const char *blockchain_key, const char *currency_id,
                     uint64_t *ret_units, struct err *err) MUST_CHECK;
bool chain_dust_set(struct db *db, const char *blockchain_key, const char *currency_id,
                    uint64_t units, struct err *err) MUST_CHECK;

#endif
