/* reconcile_decide.c: what operators decide about differences, and how they are told to the world. */
#include <stdio.h>
#include <string.h>

#include "accounting/actions/reconcile.h"
#include "accounting/actions/reconcile_tell.h"
#include "accounting/domain/units.h"
#include "accounting/state/config.h"
#include "accounting/state/metrics.h"
#include "accounting/store/transfers.h"
#include "base/auto.h"
#include "json/field.h"

enum { EVENT_BYTES_MAX = 4096, LABEL_SIZE = 48 };

/* ---- to the world ---- */

bool reconcile_tell(struct db *db, const struct reconcile_row *row, int64_t now_us, struct err *err)
{
    AUTO(str_release) struct str json = STR_INIT(EVENT_BYTES_MAX);
    str_add(&json, "{\"record\":{\"blockchain_key\":");
    json_write_string(&json, row->blockchain_key);
    str_add(&json, ",\"currency\":");
    json_write_string(&json, row->currency_id);
    str_add(&json, ",\"state\":");
    json_write_string(&json, row->state);
    str_add(&json, ",\"difference\":");
    json_write_string(&json, row->difference);
    str_add(&json, ",\"acknowledged\":");
    json_write_string(&json, row->acknowledged);
    str_add_format(&json, ",\"height\":%lld}}", (long long)row->height);
    if (!str_ok(&json))
        return err_set(err, ERR_INTERNAL, "the event of a reconciliation is too large");
    return model_event_insert(db, "model.reconciliation.updated", str_data(&json), now_us, err);
}

void reconcile_gauge(struct accounting *app, const struct reconcile_row *row)
{
    char label[LABEL_SIZE];
    snprintf(label, sizeof(label), "%.32s/%.10s", row->blockchain_key, row->currency_id);
    metric_set_labelled(app->metrics, METRIC_RECONCILE_STATE,
                        metric_label(app->metrics, METRIC_RECONCILE_STATE, label),
                        (int64_t)reconcile_state_parse(row->state));
}

/* ---- decisions ---- */

struct work {
    struct accounting *app;
    const struct change *change;
    const struct reconcile_decision *decision;
    struct reconcile_row *row;
};

static bool note(const struct work *work, const char *action, const char *amount, struct err *err)
{
    const struct reconcile_acknowledgement note = {.blockchain_key = work->decision->blockchain_key,
                                                   .currency_id = work->decision->currency_id,
                                                   .action = action,
                                                   .amount = amount,
                                                   .member_id = work->decision->member_id,
                                                   .comment = work->decision->comment,
                                                   .created_at = work->change->now_us};
    return reconcile_acknowledgement_insert(work->change->db, &note, err);
}

static bool find(const struct work *work, struct err *err)
{
    const struct change *change = work->change;
    return reconcile_row_get_locked(change->db, change->arena, work->decision->blockchain_key,
                                    work->decision->currency_id, work->row, err) &&
           (work->row->height > 0 || err_set(err, ERR_NOT_FOUND, "%s on %s was never checked",
                                             work->row->currency_id, work->row->blockchain_key));
}

static bool is_same(const char *text, const char *other)
{
    struct coins amount, another;
    return coins_parse(text, UNITS_DECIMALS_MAX, &amount) &&
           coins_parse(other, UNITS_DECIMALS_MAX, &another) && amount.number == another.number;
}

static bool acknowledge_unit(struct db *db, void *arg, struct err *err)
{
    const struct work *work = arg;
    struct reconcile_row *row = work->row;
    uint64_t given;
    if (!find(work, err))
        return false;
    if (reconcile_state_parse(row->state) == RECONCILE_BALANCED)
        return err_set(err, ERR_STATE_CONFLICT, "there is nothing to acknowledge");
    if (!is_same(row->difference, work->decision->amount))
        return err_set(err, ERR_STATE_CONFLICT, "the difference is %s", row->difference);
    if (!note(work, "acknowledge", row->difference, err) ||
        !reconcile_acknowledgements_count(db, row, &given, err))
        return false;
    if (given < work->app->config->reconcile_approvals)
        return true;
    row->acknowledged = row->difference;
    row->state = reconcile_state_word(RECONCILE_BALANCED);
    row->changed_at = work->change->now_us;
    return reconcile_row_save(db, row, err) && reconcile_tell(db, row, work->change->now_us, err);
}

static bool decide(struct accounting *app, const struct change *change,
                   const struct reconcile_decision *decision, db_unit *unit,
                   struct reconcile_row *ret_row, struct err *err)
{
    struct work work = {.app = app, .change = change, .decision = decision, .row = ret_row};
    if (!db_transaction(change->db, unit, &work, err))
        return false;
    reconcile_gauge(app, ret_row);
    accounting_outbox_wake(app);
    return true;
}

bool reconcile_acknowledge(struct accounting *app, const struct change *change,
                           const struct reconcile_decision *decision, struct reconcile_row *ret_row,
                           struct err *err)
{
    return decide(app, change, decision, acknowledge_unit, ret_row, err);
}

static bool tolerate_unit(struct db *db, void *arg, struct err *err)
{
    const struct work *work = arg;
    struct coins amount;
    /* In the digits of the ledger, which every currency has. */
    if (!coins_parse(work->decision->amount, DEC_SCALE, &amount) || amount.number < 0)
        return err_set_key(err, ERR_INVALID, "admin.reconciliation.invalid_tolerance",
                           "no amount of coins");
    char *text = arena_alloc(work->change->arena, COINS_TEXT_SIZE);
    if (!text)
        return err_set(err, ERR_BUSY, "no memory for an amount");
    if (!find(work, err))
        return false;
    work->row->tolerance = coins_text(amount, DEC_SCALE, text);
    return note(work, "tolerance", text, err) && reconcile_row_save(db, work->row, err);
}

bool reconcile_tolerate(struct accounting *app, const struct change *change,
                        const struct reconcile_decision *decision, struct reconcile_row *ret_row,
                        struct err *err)
{
    return decide(app, change, decision, tolerate_unit, ret_row, err);
}
