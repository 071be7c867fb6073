#include "accounting/actions/withdraw_decide.h"

#include <string.h>

#include "accounting/actions/fiat_payout.h"
#include "accounting/actions/payout_call.h"
#include "accounting/actions/withdraw_approve.h"
#include "accounting/actions/withdraw_step.h"
#include "accounting/store/withdraws.h"
#include "base/auto.h"
#include "json/read.h"

enum { METADATA_BYTES_MAX = 16 * 1024 };

DEFINE_AUTO(cJSON, cJSON_Delete);

struct decide_work {
    const struct outgoing *outgoing;
    const struct withdraw_decision *decision;
    const char *metadata;
    bool was_stopped, had_payout;
    struct withdraw row;
};

/* After these no payment of ours may go out; with a transaction of somebody else, none beside it. */
static bool needs_stop(const struct withdraw *row, const struct withdraw_decision *decision)
{
    bool by_hand = decision->txid && (!row->txid || strcmp(row->txid, decision->txid) != 0);
    switch (decision->event) {
    case WITHDRAW_DO_CANCEL:
    case WITHDRAW_DO_REJECT:
    case WITHDRAW_DO_FAIL:
    case WITHDRAW_DO_LOAD:
        return row->is_coin;
    case WITHDRAW_DO_DISPATCH:
    case WITHDRAW_DO_SUCCESS:
        return row->is_coin && by_hand;
    case WITHDRAW_DO_ACCEPT:
    case WITHDRAW_DO_PROCESS:
    case WITHDRAW_DO_SKIP:
    case WITHDRAW_DO_ERR:
    case WITHDRAW_EVENTS_COUNT:
        break;
    }
    return false;
}

static bool process_allowed(const struct outgoing *outgoing, const struct withdraw *row,
                            struct err *err)
{
    size_t needed, given;
    if (!withdraw_approvals_count(outgoing, row, &needed, &given, err))
        return false;
    return given >= needed ||
           err_set(err, ERR_STATE_CONFLICT, "%zu of %zu approvals", given, needed);
}

/* A payment by bank that may have gone out is ended by who pays it, or by a statement. */
static bool bank_allows(const struct outgoing *outgoing, const struct withdraw *row,
                        enum withdraw_event event, struct err *err)
{
    bool is_asked = false;
    bool gives_back =
        event == WITHDRAW_DO_CANCEL || event == WITHDRAW_DO_REJECT || event == WITHDRAW_DO_FAIL;
    if (row->is_coin || !gives_back)
        return true;
    if (!fiat_payout_is_asked(outgoing, row->id, &is_asked, err))
        return false;
    return !is_asked || err_set(err, ERR_STATE_CONFLICT,
                                "withdraw %lu may have been paid by the payment gateway",
                                (unsigned long)row->id);
}

static bool decide_unit(struct db *db, void *arg, struct err *err)
{
    struct decide_work *work = arg;
    const struct outgoing *outgoing = work->outgoing;
    const struct withdraw_decision *decision = work->decision;
    struct withdraw *row = &work->row;
    if (!withdraw_find_locked(db, outgoing->arena, decision->id, decision->member_id, row, err))
        return false;
    if (!bank_allows(outgoing, row, decision->event, err))
        return false;
    if (needs_stop(row, decision) &&
        !payout_end(outgoing, row->id, work->was_stopped && work->had_payout, err))
        return false;
    struct withdraw was = *row;
    if (decision->txid)
        row->txid = decision->txid;
    if (decision->event != WITHDRAW_DO_PROCESS)
        return withdraw_step(outgoing, row, &was, decision->event, NULL, err);
    return process_allowed(outgoing, row, err) && withdraw_process(outgoing, row, NULL, err);
}

bool withdraw_decide(const struct outgoing *outgoing, const struct withdraw_decision *decision,
                     struct withdraw *ret_row, struct err *err)
{
    struct decide_work work = {.outgoing = outgoing, .decision = decision};
    struct withdraw seen;
    enum withdraw_effect effect;
    if (!withdraw_find(outgoing->db, outgoing->arena, decision->id, decision->member_id, &seen,
                       err))
        return false;
    /* What can't move anyway cancels no payment. */
    struct withdraw probe = seen;
    if (decision->txid)
        probe.txid = decision->txid;
    if (!withdraw_move(&probe, decision->event, &effect, err))
        return false;
    work.was_stopped = needs_stop(&seen, decision);
    bool is_by_hand =
        decision->event == WITHDRAW_DO_DISPATCH || decision->event == WITHDRAW_DO_SUCCESS;
    if (work.was_stopped && !payout_stop(outgoing, seen.id, is_by_hand, &work.had_payout, err))
        return false;
    if (!db_transaction(outgoing->db, decide_unit, &work, err))
        return false;
    *ret_row = work.row;
    return true;
}

/* ---- to its end ---- */

static bool carry_unit(struct db *db, void *arg, struct err *err)
{
    struct decide_work *work = arg;
    const struct outgoing *outgoing = work->outgoing;
    struct withdraw *row = &work->row;
    if (!withdraw_find_locked(db, outgoing->arena, work->decision->id, 0, row, err))
        return false;
    if (row->state == WITHDRAW_PREPARED &&
        !withdraw_step(outgoing, row, NULL, WITHDRAW_DO_ACCEPT, NULL, err))
        return false;
    if (row->is_coin)
        return row->state == WITHDRAW_ACCEPTED ||
               err_set(err, ERR_STATE_CONFLICT, "withdraw %lu is %s", (unsigned long)row->id,
                       withdraw_state_word(row->state));
    return process_allowed(outgoing, row, err) && withdraw_process(outgoing, row, NULL, err) &&
           withdraw_step(outgoing, row, NULL, WITHDRAW_DO_DISPATCH, NULL, err) &&
           withdraw_step(outgoing, row, NULL, WITHDRAW_DO_SUCCESS, NULL, err);
}

bool withdraw_carry_out(const struct outgoing *outgoing, uint64_t id, struct withdraw *ret_row,
                        struct err *err)
{
    const struct withdraw_decision decision = {.id = id};
    struct decide_work work = {.outgoing = outgoing, .decision = &decision};
    if (!db_transaction(outgoing->db, carry_unit, &work, err))
        return false;
    *ret_row = work.row;
    return true;
}

/* ---- metadata ---- */

static bool merge(const char *old, const char *added, struct str *out, struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *target = NULL;
    AUTO_FREE(cJSON_Delete) cJSON *source = NULL;
    if (!json_read(old, strlen(old), &target, err) ||
        !json_read(added, strlen(added), &source, err))
        return false;
    while (source->child) {
        cJSON *item = cJSON_DetachItemViaPointer(source, source->child);
        cJSON_DeleteItemFromObjectCaseSensitive(target, item->string);
        cJSON_AddItemToObject(target, item->string, item);
    }
    json_write_tree(target, out);
    return str_ok(out) || err_set(err, ERR_INVALID, "Metadata is too long");
}

static bool metadata_unit(struct db *db, void *arg, struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(METADATA_BYTES_MAX);
    struct decide_work *work = arg;
    struct withdraw *row = &work->row;
    struct arena *arena = work->outgoing->arena;
    if (!withdraw_find_locked(db, arena, work->decision->id, 0, row, err) ||
        !merge(row->metadata ? row->metadata : "{}", work->metadata, &text, err))
        return false;
    row->metadata = arena_strdup(arena, str_data(&text));
    row->updated_at = work->outgoing->now_us;
    return row->metadata ? withdraw_update(db, row, err)
                         : err_set(err, ERR_BUSY, "no memory for metadata");
}

bool withdraw_add_metadata(const struct outgoing *outgoing, uint64_t id, const char *json,
                           struct withdraw *ret_row, struct err *err)
{
    const struct withdraw_decision decision = {.id = id};
    struct decide_work work = {.outgoing = outgoing, .decision = &decision, .metadata = json};
    if (!db_transaction(outgoing->db, metadata_unit, &work, err))
        return false;
    *ret_row = work.row;
    return true;
}
