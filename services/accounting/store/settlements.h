/* settlements.h: how far each market is settled: the row that settling moves by compare and set. */
#ifndef ACCOUNTING_STORE_SETTLEMENTS_H
#define ACCOUNTING_STORE_SETTLEMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "decimal/dec.h"

struct settled {
    const char *market_id;
    uint64_t from_seq, to_seq; /* settled_seq as it was locked, and as it will be */
    struct dec last_price;
    bool halted;
    uint64_t state_hash;
};

/* Appends the UPDATE and its check: whoever else settled this market meanwhile, one of the two
 * fails here. */
void settled_update_sql(struct db *db, struct str *sql, const struct settled *settled,
                        int64_t now_us);

#endif
