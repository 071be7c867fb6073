/* settlement_view.h: how a settlement looks, in its own reply and in the explanation of its payout. */
#ifndef BLOCKCHAIN_HTTP_SETTLEMENT_VIEW_H
#define BLOCKCHAIN_HTTP_SETTLEMENT_VIEW_H

#include "blockchain/store/settlements.h"
#include "json/field.h"

struct settlement_shown {
    const char *payout_id, *outcome, *evidence, *note, *state, *found, *proposed_by, *confirmed_by;
    int64_t proposed_at, done_at;
};
extern const struct json_field settlement_fields[];

/* Texts are those of `row`. */
struct settlement_shown settlement_show(const struct settlement_row *row);

#endif
