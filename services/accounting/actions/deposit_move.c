#include "accounting/actions/deposit_move.h"

#include <stdio.h>
#include <string.h>

#include "accounting/actions/deposit_tell.h"
#include "accounting/domain/ledger_deposit.h"
#include "accounting/state/config.h"
#include "accounting/state/metrics.h"
#include "accounting/store/journal.h"
#include "base/auto.h"
#include "base/random.h"
#include "json/field.h"

enum { TID_SIZE = 14, ERROR_BYTES_MAX = 8192 };

bool chain_tx_journal(struct chain_tx *tx, uint64_t count, uint64_t *ret_first, struct err *err)
{
    if (tx->journal_end - tx->journal_next < count)
        return err_set(err, ERR_INTERNAL, "no journal ids are left for this event");
    *ret_first = tx->journal_next;
    tx->journal_next += count;
    return true;
}

static bool post(struct chain_tx *tx, struct ledger_entry *entries, size_t count, struct err *err)
{
    uint64_t first = 0;
    return count == 0 || (chain_tx_journal(tx, count, &first, err) &&
                          journal_post(tx->db, "deposit", first, entries, count, tx->now_us, err));
}

static bool booking_of(struct chain_tx *tx, const struct deposit *deposit,
                       struct currency *currency, struct deposit_booking *ret_booking,
                       struct err *err)
{
    if (!currency_get(tx->db, tx->arena, deposit->currency_id, currency, err))
        return false;
    *ret_booking = (struct deposit_booking){
        .deposit_id = deposit->id,
        .member_id = deposit->member_id,
        .currency = currency,
        .amount = deposit->amount,
        .fee = deposit->fee,
        .frozen = deposit->frozen,
        .suspended = deposit->suspended,
        .locked = deposit->held_locked,
    };
    return true;
}

typedef size_t deposit_entries(const struct deposit_booking *booking,
                               struct ledger_entry entries[static DEPOSIT_ENTRIES_MAX]);

static bool book(struct chain_tx *tx, const struct deposit *deposit, deposit_entries *entries_of,
                 struct err *err)
{
    struct ledger_entry entries[DEPOSIT_ENTRIES_MAX];
    struct deposit_booking booking;
    struct currency currency;
    return booking_of(tx, deposit, &currency, &booking, err) &&
           post(tx, entries, entries_of(&booking, entries), err);
}

bool deposit_save(struct chain_tx *tx, const struct deposit *before, struct deposit *deposit,
                  struct err *err)
{
    if (deposit->state != DEPOSIT_SUBMITTED && !deposit->completed_at)
        deposit->completed_at = tx->now_us;
    if (deposit->state == DEPOSIT_SUBMITTED)
        deposit->completed_at = 0;
    return deposit_update(tx->db, deposit, tx->now_us, err) &&
           deposit_tell_updated(tx, before, deposit, err);
}

bool deposit_create(struct chain_tx *tx, struct deposit *deposit, struct err *err)
{
    return deposit_insert(tx->db, deposit, tx->now_us, err) &&
           deposit_tell_created(tx, deposit, err);
}

/* ---- the moves with an effect ---- */

static bool credit(struct chain_tx *tx, struct deposit *deposit, struct err *err)
{
    assert(!deposit->credited);
    deposit->held_locked = deposit->is_coin && tx->app->config->deposit_funds_locked;
    if (!book(tx, deposit, ledger_deposit_accept, err))
        return false;
    deposit->credited = true;
    deposit->hold_reason = NULL;
    metric_add(tx->app->metrics, METRIC_DEPOSITS_CREDITED, 1);
    return true;
}

static bool release(struct chain_tx *tx, struct deposit *deposit, struct err *err)
{
    if (!deposit->held_locked || deposit->reverted)
        return true;
    deposit->held_locked = false;
    return book(tx, deposit, ledger_deposit_dispatch, err);
}

bool deposit_apply(struct chain_tx *tx, struct deposit *deposit, enum deposit_event event,
                   struct err *err)
{
    struct deposit before = *deposit;
    if (!deposit_move(&deposit->state, event, deposit->is_coin))
        return err_set(err, ERR_STATE_CONFLICT, "deposit %lu is %s", (unsigned long)deposit->id,
                       deposit_state_word(deposit->state));
    if (event == DEPOSIT_ACCEPT && !credit(tx, deposit, err))
        return false;
    if (event == DEPOSIT_DISPATCH && !release(tx, deposit, err))
        return false;
    if (event == DEPOSIT_PROCESS)
        deposit->error = NULL;
    if (!deposit_save(tx, &before, deposit, err))
        return false;
    return event != DEPOSIT_ACCEPT || !deposit->is_coin ||
           deposit_apply(tx, deposit, DEPOSIT_PROCESS, err);
}

/* ---- gone after the credit, and back ---- */

static bool note_error(struct chain_tx *tx, struct deposit *deposit, const char *why)
{
    AUTO(str_release) struct str text = STR_INIT(ERROR_BYTES_MAX);
    str_add(&text, "[{\"class\":\"Reverted\",\"message\":");
    json_write_string(&text, why);
    str_add(&text, "}]");
    deposit->error = str_ok(&text) ? arena_strdup(tx->arena, str_data(&text)) : NULL;
    return deposit->error != NULL;
}

bool deposit_freeze(struct chain_tx *tx, struct deposit *deposit, const char *why, struct err *err)
{
    struct deposit before = *deposit;
    struct dec balance;
    assert(deposit->credited && !deposit->reverted);
    if (!deposit_available_locked(tx->db, deposit, &balance, err))
        return false;
    /* Funds that wait for their collection are locked already. */
    deposit->frozen = deposit->held_locked ? DEC_ZERO : dec_min(balance, deposit->amount);
    if (!dec_is_zero(deposit->amount) &&
        !dec_add(deposit->amount, deposit->fee, &deposit->suspended))
        return err_set(err, ERR_INTERNAL, "deposit %s is too large", deposit->tid);
    deposit->reverted = true;
    deposit->confirmed = false;
    deposit->block_number = -1;
    if (!note_error(tx, deposit, why))
        return err_set(err, ERR_BUSY, "no memory for a deposit");
    metric_add(tx->app->metrics, METRIC_DEPOSITS_REVERTED, 1);
    return book(tx, deposit, ledger_deposit_revert, err) &&
           deposit_save(tx, &before, deposit, err) &&
           deposit_tell_alert(tx, "model.deposit.reverted", deposit, err);
}

bool deposit_recredit(struct chain_tx *tx, struct deposit *deposit, struct err *err)
{
    struct deposit before = *deposit;
    assert(deposit->credited && deposit->reverted);
    if (!book(tx, deposit, ledger_deposit_return, err))
        return false;
    deposit->frozen = deposit->suspended = DEC_ZERO;
    deposit->reverted = false;
    deposit->error = NULL;
    /* It was collected while it was away. */
    if (deposit->state == DEPOSIT_COLLECTED && !release(tx, deposit, err))
        return false;
    return deposit_save(tx, &before, deposit, err) &&
           deposit_tell_alert(tx, "model.deposit.returned", deposit, err);
}

bool deposit_settle(struct chain_tx *tx, struct deposit *deposit, struct dec collected,
                    struct err *err)
{
    struct ledger_entry entries[DEPOSIT_ENTRIES_MAX];
    struct deposit before = *deposit;
    struct deposit_booking booking;
    struct currency currency;
    assert(deposit->credited && deposit->reverted && !deposit->held_locked && !deposit->is_coin);
    if (!booking_of(tx, deposit, &currency, &booking, err))
        return false;
    booking.collected = collected;
    deposit->frozen = deposit->suspended = DEC_ZERO; /* it stays reverted: it never comes back */
    return post(tx, entries, ledger_deposit_settle(&booking, entries), err) &&
           deposit_save(tx, &before, deposit, err);
}

/* ---- transactions of their own ---- */

struct run {
    struct accounting *app;
    const struct change *change;
    deposit_unit *unit;
    void *arg;
    uint64_t journal;
};

static bool run_unit(struct db *db, void *arg, struct err *err)
{
    struct run *run = arg;
    struct chain_tx tx = {
        .app = run->app,
        .db = db,
        .arena = run->change->arena,
        .now_us = run->change->now_us,
        .journal_next = run->journal,
        .journal_end = run->journal + CHAIN_JOURNAL_IDS,
    };
    return run->unit(&tx, run->arg, err);
}

bool deposit_run(struct accounting *app, const struct change *change, deposit_unit *unit, void *arg,
                 struct err *err)
{
    struct run run = {.app = app, .change = change, .unit = unit, .arg = arg};
    if (!sequence_reserve(change->db, "journal", CHAIN_JOURNAL_IDS, &run.journal, err) ||
        !db_transaction(change->db, run_unit, &run, err))
        return false;
    accounting_outbox_wake(app);
    return true;
}

struct act {
    const struct deposit_asked *asked;
    struct deposit deposit;
};

/* By hand no coin is credited that is not on the chain: nothing would ever tell us that it left. And a
 * refund begins with its address (deposit_refund.h), or its funds would be held by nobody. */
static bool may_be_by_hand(const struct deposit *deposit, enum deposit_event event, struct err *err)
{
    if (!deposit->is_coin)
        return true;
    if (event == DEPOSIT_ACCEPT && !deposit->confirmed)
        return err_set(err, ERR_STATE_CONFLICT, "deposit %s is not confirmed", deposit->tid);
    return event != DEPOSIT_REFUND ||
           err_set(err, ERR_STATE_CONFLICT, "deposit %s: a refund needs an address", deposit->tid);
}

static bool act_unit(struct chain_tx *tx, void *arg, struct err *err)
{
    struct act *act = arg;
    const struct deposit_asked *asked = act->asked;
    bool found = asked->tid
                     ? deposit_find_tid_locked(tx->db, tx->arena, asked->tid, &act->deposit, err)
                     : deposit_find_locked(tx->db, tx->arena, asked->id, &act->deposit, err);
    if (!found)
        return false;
    if (asked->fiat_only && act->deposit.is_coin)
        return err_set(err, ERR_NOT_FOUND, "deposit %s is a coin's", act->deposit.tid);
    return may_be_by_hand(&act->deposit, asked->event, err) &&
           deposit_apply(tx, &act->deposit, asked->event, err);
}

bool deposit_act(struct accounting *app, const struct change *change,
                 const struct deposit_asked *asked, struct deposit *ret_deposit, struct err *err)
{
    struct act act = {.asked = asked};
    return deposit_run(app, change, act_unit, &act, err) &&
           deposit_get(change->db, change->arena, act.deposit.id, ret_deposit, err);
}

const char *deposit_new_tid(struct arena *arena)
{
    unsigned char bytes[5];
    char *tid = arena_alloc(arena, TID_SIZE);
    random_bytes(bytes, sizeof(bytes));
    if (tid)
        snprintf(tid, TID_SIZE, "TID%02X%02X%02X%02X%02X", bytes[0], bytes[1], bytes[2], bytes[3],
                 bytes[4]);
    return tid;
}
