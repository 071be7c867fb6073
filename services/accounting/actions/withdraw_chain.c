#include "accounting/actions/withdraw_chain.h"

#include <string.h>

#include "accounting/actions/chain_event.h"
#include "accounting/actions/withdraw_step.h"
#include "accounting/store/payout_requests.h"
#include "accounting/store/withdraws.h"
#include "json/read.h"

static const char prefix[] = "withdraw-";

enum news {
    NEWS_QUEUED,
    NEWS_WAITING,
    NEWS_SENT,
    NEWS_UNKNOWN,
    NEWS_CONFIRMED,
    NEWS_LOST,
    NEWS_CANCELLED
};

static const struct {
    const char *state;
    enum news news;
} states[] = {
    {"queued", NEWS_QUEUED},       {"building", NEWS_QUEUED}, {"waiting", NEWS_WAITING},
    {"signed", NEWS_SENT},         {"broadcast", NEWS_SENT},  {"unknown", NEWS_UNKNOWN},
    {"confirmed", NEWS_CONFIRMED}, {"failed", NEWS_LOST},     {"refused", NEWS_LOST},
    {"cancelled", NEWS_CANCELLED},
};

/* One event and the withdrawal that it is about. */
struct told {
    const struct outgoing *outgoing;
    enum news news;
    const char *state, *reason;
    struct withdraw row, was;
};

bool withdraw_has_payout(const char *payout_id)
{
    return payout_id && strncmp(payout_id, prefix, sizeof(prefix) - 1) == 0;
}

static bool step(struct told *told, enum withdraw_event event, const char *reason, struct err *err)
{
    bool moved = withdraw_step(told->outgoing, &told->row, &told->was, event, reason, err);
    if (moved)
        told->was = told->row;
    return moved;
}

/* ---- what it says ---- */

static bool told_read(struct told *told, const cJSON *event, uint64_t *ret_id, struct err *err)
{
    const char *payout_id = json_member_text(event, "payout_id");
    told->state = json_member_text(event, "state");
    told->reason = json_member_text(event, "reason");
    if (told->reason && (*told->reason == '\0' || strlen(told->reason) > 150))
        told->reason = NULL;
    if (!told->state || !str_to_u64(payout_id + sizeof(prefix) - 1, ret_id))
        return err_set(err, ERR_PROTOCOL, "an event about a payout without its members");
    for (size_t i = 0; i < ARRAY_LEN(states); i++)
        if (strcmp(states[i].state, told->state) == 0) {
            told->news = states[i].news;
            return true;
        }
    return err_set(err, ERR_PROTOCOL, "a payout in an unknown state");
}

static void take_facts(struct told *told, const cJSON *event)
{
    struct withdraw *row = &told->row;
    const char *txid = json_member_text(event, "txid");
    int64_t number;
    if (txid && *txid)
        row->txid = txid;
    if (json_member_i64(event, "height", &number) && number > 0) {
        row->has_block = true;
        row->block_number = number;
    }
    if (json_member_i64(event, "confirmations", &number) && number >= 0) {
        row->has_confirmations = true;
        row->confirmations = number;
    }
}

/* ---- what follows ---- */

/* Back among those that are paid. */
static bool go_on(struct told *told, struct err *err)
{
    bool waited = told->row.state == WITHDRAW_SKIPPED || told->row.state == WITHDRAW_ERRORED ||
                  told->row.state == WITHDRAW_ACCEPTED;
    return !waited || step(told, WITHDRAW_DO_PROCESS, NULL, err);
}

static bool on_sent(struct told *told, struct err *err)
{
    /* A payment that a custodian holds for an approval says so. */
    const char *reason = told->news == NEWS_UNKNOWN ? "unknown" : told->reason;
    if (!go_on(told, err))
        return false;
    if (told->row.state == WITHDRAW_PROCESSING && told->row.txid)
        return step(told, WITHDRAW_DO_DISPATCH, reason, err);
    told->row.reason = reason;
    return withdraw_note(told->outgoing, &told->row, &told->was, err);
}

static bool on_confirmed(struct told *told, struct err *err)
{
    return go_on(told, err) &&
           (told->row.state != WITHDRAW_PROCESSING ||
            step(told, WITHDRAW_DO_DISPATCH, NULL, err)) &&
           step(told, WITHDRAW_DO_SUCCESS, NULL, err);
}

static bool on_waiting(struct told *told, struct err *err)
{
    const char *reason = told->reason ? told->reason : "waiting";
    if (told->row.state == WITHDRAW_PROCESSING)
        return step(told, WITHDRAW_DO_SKIP, reason, err);
    told->row.reason = reason;
    return withdraw_note(told->outgoing, &told->row, &told->was, err);
}

/* We stopped it ourselves, and whoever did has paid in another way, or moves the row. */
static bool is_our_stop(const struct told *told, bool *ret_is_ours, struct err *err)
{
    struct payout_request request;
    *ret_is_ours = false;
    if (told->news != NEWS_CANCELLED)
        return true;
    if (!payout_request_find(told->outgoing->db, told->outgoing->arena, told->row.id, &request,
                             err))
        return err->code == ERR_NOT_FOUND;
    *ret_is_ours = strcmp(request.state, "stopping") == 0 || strcmp(request.state, "ended") == 0;
    return true;
}

static bool on_over(struct told *told, struct err *err)
{
    const struct outgoing *outgoing = told->outgoing;
    bool is_ours;
    if (!is_our_stop(told, &is_ours, err))
        return false;
    if (is_ours)
        return true;
    bool is_cancel = told->news == NEWS_CANCELLED && (told->row.state == WITHDRAW_PROCESSING ||
                                                      told->row.state == WITHDRAW_SKIPPED);
    const char *reason = told->reason ? told->reason : told->state;
    if (!is_cancel && !withdraw_add_error(outgoing, &told->row, "payout", reason, err))
        return false;
    return payout_request_set_state(outgoing->db, told->row.id, "ended", outgoing->now_us, err) &&
           step(told, is_cancel ? WITHDRAW_DO_CANCEL : WITHDRAW_DO_FAIL, reason, err);
}

static bool apply(struct told *told, struct err *err)
{
    switch (told->news) {
    case NEWS_QUEUED:
        return told->row.state != WITHDRAW_SKIPPED || go_on(told, err);
    case NEWS_WAITING:
        return on_waiting(told, err);
    case NEWS_SENT:
    case NEWS_UNKNOWN:
        return on_sent(told, err);
    case NEWS_CONFIRMED:
        return on_confirmed(told, err);
    case NEWS_LOST:
    case NEWS_CANCELLED:
        break;
    }
    return on_over(told, err);
}

/* Late news of what is over. That a payment went out whose funds were given back is for people; so is that one
 * that succeeded was undone by a reorganisation of the chain, and can't go out any more: the row says so, and an
 * adjustment gives the member what he did not get. */
static bool take_late(struct told *told, struct err *err)
{
    bool is_undone = told->row.state == WITHDRAW_SUCCEED && strcmp(told->state, "failed") == 0 &&
                     told->reason && strcmp(told->reason, "settled_unpaid") == 0;
    if (is_undone) {
        told->row.reason = "undone";
        return withdraw_note(told->outgoing, &told->row, &told->was, err);
    }
    bool went_out = told->news == NEWS_SENT || told->news == NEWS_CONFIRMED;
    if (told->row.state == WITHDRAW_SUCCEED || !went_out)
        return true;
    return err_set(err, ERR_STATE_CONFLICT, "withdraw %lu is %s, and its payment is %s",
                   (unsigned long)told->row.id, withdraw_state_word(told->row.state), told->state);
}

bool withdraw_payout_told(const struct outgoing *outgoing, const cJSON *event, struct err *err)
{
    struct outgoing by_gateway = *outgoing;
    struct told told = {.outgoing = &by_gateway};
    uint64_t id;
    by_gateway.actor = "gateway";
    if (!withdraw_has_payout(json_member_text(event, "payout_id")))
        return true;
    if (!told_read(&told, event, &id, err) ||
        !withdraw_find_locked(outgoing->db, outgoing->arena, id, 0, &told.row, err) ||
        !payout_request_set_payout_state(outgoing->db, id, told.state, outgoing->now_us, err))
        return false;
    told.was = told.row;
    if (withdraw_is_completed(told.row.state))
        return take_late(&told, err);
    take_facts(&told, event);
    return apply(&told, err);
}

bool withdraw_on_payout(struct chain_tx *tx, const struct chain_event *event, struct err *err)
{
    const struct outgoing outgoing = {
        .app = tx->app, .db = tx->db, .arena = tx->arena, .now_us = tx->now_us, .actor = "gateway"};
    return withdraw_payout_told(&outgoing, event->event, err);
}
