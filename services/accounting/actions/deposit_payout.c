/* deposit_payout.c: what becomes of the payouts that collect deposits and send refunds. */
#include <stdlib.h>
#include <string.h>

#include "accounting/actions/chain_event.h"
#include "accounting/actions/deposit_move.h"
#include "accounting/actions/deposit_refund.h"
#include "base/auto.h"
#include "json/field.h"
#include "json/read.h"

enum { PARTS_MAX = 1000, ERROR_BYTES_MAX = 4096, REASON_CHARS_MAX = 200 };

/* What a state of the gateway means for a part. NULL: on its way. */
static const char *status_of(const char *state)
{
    static const char *const lost[] = {"failed", "cancelled", "refused"};
    if (strcmp(state, "confirmed") == 0)
        return "succeed";
    for (size_t i = 0; i < ARRAY_LEN(lost); i++)
        if (strcmp(state, lost[i]) == 0)
            return "failed";
    return NULL;
}

static bool all_done(struct chain_tx *tx, uint64_t deposit_id, bool *ret_done, struct err *err)
{
    struct listed listed;
    if (!deposit_parts(tx->db, tx->arena, deposit_id, NULL, PARTS_MAX, &listed, err))
        return false;
    const struct deposit_part *parts = listed.rows;
    *ret_done = true;
    for (size_t i = 0; i < listed.count; i++)
        if (strcmp(parts[i].status, "pending") == 0 || strcmp(parts[i].status, "asked") == 0)
            *ret_done = false;
    return true;
}

static bool fail(struct chain_tx *tx, struct deposit *deposit, const char *reason, struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(ERROR_BYTES_MAX);
    str_add(&text, "[{\"class\":\"Collection\",\"message\":");
    json_write_string(&text, reason);
    str_add(&text, "}]");
    deposit->error = str_ok(&text) ? arena_strdup(tx->arena, str_data(&text)) : NULL;
    return deposit_apply(tx, deposit, DEPOSIT_ERR, err);
}

static bool is_collecting(const struct deposit *deposit)
{
    return deposit->state == DEPOSIT_PROCESSING || deposit->state == DEPOSIT_FEE_PROCESSING;
}

static bool part_moved(struct chain_tx *tx, struct deposit_part *part, const char *state,
                       const char *reason, struct err *err)
{
    struct deposit deposit;
    bool done;
    if (!deposit_find_locked(tx->db, tx->arena, part->deposit_id, &deposit, err))
        return false;
    if (strcmp(part->status, "failed") == 0)
        return !is_collecting(&deposit) || fail(tx, &deposit, reason, err);
    /* A token waits for its gas. */
    if (strcmp(state, "waiting") == 0 && strcmp(reason, "fee") == 0 &&
        deposit.state == DEPOSIT_PROCESSING)
        return deposit_apply(tx, &deposit, DEPOSIT_FEE_PROCESS, err);
    if (strcmp(part->status, "succeed") != 0 || !is_collecting(&deposit))
        return true;
    return all_done(tx, part->deposit_id, &done, err) &&
           (!done || deposit_apply(tx, &deposit, DEPOSIT_DISPATCH, err));
}

static bool on_collection(struct chain_tx *tx, const struct chain_event *event, const char *numbers,
                          struct err *err)
{
    char *end = NULL;
    const char *state, *reason = json_member_text(event->event, "reason");
    const char *txid = json_member_text(event->event, "txid");
    struct deposit_part part;
    uint64_t deposit_id = strtoull(numbers, &end, 10);
    int64_t number = *end == '-' ? strtoll(end + 1, &end, 10) : 0;
    if (*end || !deposit_id || number <= 0)
        return err_set(err, ERR_PROTOCOL, "payout collect-%.40s", numbers);
    if (!chain_event_text(event, "state", &state, err) ||
        !deposit_part_find_locked(tx->db, tx->arena, deposit_id, number, &part, err))
        return false;
    const char *status = status_of(state);
    char short_reason[REASON_CHARS_MAX + 1];
    snprintf(short_reason, sizeof(short_reason), "%s", reason ? reason : "");
    part.status = status ? status : "asked";
    part.reason = short_reason;
    if (txid && *txid)
        part.txid = txid;
    return deposit_part_update(tx->db, &part, tx->now_us, err) &&
           part_moved(tx, &part, state, short_reason, err);
}

bool deposit_on_payout(struct chain_tx *tx, const struct chain_event *event, struct err *err)
{
    const char *id;
    if (!chain_event_text(event, "payout_id", &id, err))
        return false;
    /* The gas of a collection is the gateway's own matter; its fee is told as network_fee.paid. */
    if (strncmp(id, "gas-", 4) == 0)
        return true;
    if (strncmp(id, "collect-", 8) == 0)
        return on_collection(tx, event, id + 8, err);
    return refund_on_payout(tx, event, id, err);
}
