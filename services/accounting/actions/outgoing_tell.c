#include "accounting/actions/outgoing_tell.h"

#include <string.h>

#include "accounting/store/transfers.h"
#include "base/auto.h"
#include "base/clock.h"
#include "json/field.h"

enum { EVENT_JSON_BYTES_MAX = 16 * 1024 };

/* Members of an object, without those that are null. */
struct members {
    struct str *out;
    bool begun;
};

static void key(struct members *members, const char *name)
{
    if (members->begun)
        str_add_char(members->out, ',');
    members->begun = true;
    json_write_string(members->out, name);
    str_add_char(members->out, ':');
}

static void add_text(struct members *members, const char *name, const char *text)
{
    if (!text)
        return;
    key(members, name);
    json_write_string(members->out, text);
}

static void add_dec(struct members *members, const char *name, struct dec value)
{
    key(members, name);
    json_write_dec(members->out, value);
}

static void add_number(struct members *members, const char *name, int64_t number)
{
    key(members, name);
    str_add_i64(members->out, number);
}

static void add_time(struct members *members, const char *name, int64_t us)
{
    char text[CLOCK_ISO_SIZE];
    if (us == 0)
        return;
    key(members, name);
    str_add_format(members->out, "\"%s\"", clock_iso(us, text));
}

static void add_user(struct members *members, const char *uid, const char *email)
{
    key(members, "user");
    str_add_char(members->out, '{');
    struct members user = {.out = members->out};
    add_text(&user, "uid", uid);
    add_text(&user, "email", email);
    str_add_char(members->out, '}');
}

static bool differs(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) != 0 : a != b;
}

static bool insert(struct db *db, const char *name, struct str *json, int64_t now_us,
                   struct err *err)
{
    str_add_char(json, '}');
    if (!str_ok(json))
        return err_set(err, ERR_INTERNAL, "event %s is too large", name);
    return model_event_insert(db, name, str_data(json), now_us, err);
}

/* ---- withdrawals ---- */

static void withdraw_record(struct str *out, const struct withdraw *row)
{
    struct members record = {.out = out};
    str_add(out, "{\"record\":{");
    add_text(&record, "tid", row->tid);
    add_user(&record, row->uid, row->email);
    add_text(&record, "uid", row->uid);
    add_text(&record, "rid", row->rid);
    add_text(&record, "currency", row->currency_id);
    add_dec(&record, "amount", row->amount);
    add_dec(&record, "fee", row->fee);
    add_text(&record, "state", withdraw_state_word(row->state));
    add_time(&record, "created_at", row->created_at);
    add_time(&record, "updated_at", row->updated_at);
    add_time(&record, "completed_at", row->completed_at);
    add_text(&record, "blockchain_txid", row->txid);
    if (row->is_coin && row->has_confirmations)
        add_number(&record, "blockchain_confirmations", row->confirmations);
    str_add_char(out, '}');
}

/* Only what makes somebody want to know: confirmations alone do not. */
static void withdraw_changes(struct str *out, const struct withdraw *row,
                             const struct withdraw *was)
{
    struct members changes = {.out = out};
    str_add(out, ",\"changes\":{");
    if (row->state != was->state)
        add_text(&changes, "state", withdraw_state_word(was->state));
    if (differs(row->txid, was->txid))
        add_text(&changes, "blockchain_txid", was->txid);
    if (row->updated_at != was->updated_at)
        add_time(&changes, "updated_at", was->updated_at);
    str_add_char(out, '}');
}

bool withdraw_tell(struct db *db, const struct withdraw *row, const struct withdraw *was,
                   int64_t now_us, struct err *err)
{
    AUTO(str_release) struct str json = STR_INIT(EVENT_JSON_BYTES_MAX);
    if (was && row->state == was->state && !differs(row->txid, was->txid))
        return true;
    withdraw_record(&json, row);
    if (was)
        withdraw_changes(&json, row, was);
    return insert(db, was ? "model.withdraw.updated" : "model.withdraw.created", &json, now_us,
                  err);
}

/* ---- beneficiaries ---- */

static void beneficiary_record(struct str *out, const struct beneficiary *row, int pin)
{
    struct members record = {.out = out};
    str_add(out, "{\"record\":{");
    add_user(&record, row->uid, row->email);
    add_text(&record, "currency", row->currency_id);
    add_text(&record, "name", row->name);
    add_text(&record, "description", row->description);
    if (row->data) {
        key(&record, "data");
        str_add(out, row->data);
    }
    if (pin)
        add_number(&record, "pin", pin);
    add_text(&record, "state", beneficiary_state_word(row->state));
    add_time(&record, "sent_at", row->sent_at);
    add_time(&record, "created_at", row->created_at);
    add_time(&record, "updated_at", row->updated_at);
    str_add_char(out, '}');
}

bool beneficiary_tell(struct db *db, const struct beneficiary *row, const struct beneficiary *was,
                      int pin, int64_t now_us, struct err *err)
{
    AUTO(str_release) struct str json = STR_INIT(EVENT_JSON_BYTES_MAX);
    beneficiary_record(&json, row, pin);
    if (was) {
        struct members changes = {.out = &json};
        str_add(&json, ",\"changes\":{");
        if (row->state != was->state)
            add_text(&changes, "state", beneficiary_state_word(was->state));
        if (pin)
            add_number(&changes, "pin", 0);
        if (row->sent_at != was->sent_at)
            add_time(&changes, "sent_at", was->sent_at);
        if (row->updated_at != was->updated_at)
            add_time(&changes, "updated_at", was->updated_at);
        str_add_char(&json, '}');
    }
    return insert(db, was ? "model.beneficiary.updated" : "model.beneficiary.created", &json,
                  now_us, err);
}
