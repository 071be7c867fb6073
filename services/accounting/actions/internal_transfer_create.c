#include "accounting/actions/internal_transfer_create.h"

#include <string.h>

#include "accounting/domain/ledger_code.h"
#include "accounting/store/journal.h"
#include "base/auto.h"
#include "base/clock.h"
#include "json/field.h"

enum { ENTRIES = 2, EVENT_JSON_BYTES_MAX = 4096 };

struct work {
    const struct change *change;
    const struct internal_transfer_request *asked;
    uint64_t first_id;
    struct internal_transfer row;
};

static bool tell(struct db *db, const struct internal_transfer *row, struct err *err)
{
    AUTO(str_release) struct str json = STR_INIT(EVENT_JSON_BYTES_MAX);
    char time[CLOCK_ISO_SIZE];
    str_add_format(&json, "{\"record\":{\"id\":%lu,\"currency_id\":", (unsigned long)row->id);
    json_write_string(&json, row->currency_id);
    str_add(&json, ",\"amount\":");
    json_write_dec(&json, row->amount);
    str_add_format(&json, ",\"sender_id\":%lu,\"receiver_id\":%lu,\"state\":\"completed\"",
                   (unsigned long)row->sender_id, (unsigned long)row->receiver_id);
    str_add_format(&json, ",\"created_at\":\"%s\"", clock_iso(row->created_at, time));
    str_add_format(&json, ",\"updated_at\":\"%s\"}}", clock_iso(row->updated_at, time));
    assert(str_ok(&json));
    return model_event_insert(db, "model.internal_transfer.created", str_data(&json),
                              row->created_at, err);
}

/* Two owners: two entries of one leg each. */
static void entries_of(const struct internal_transfer *row, bool is_coin,
                       struct ledger_entry entries[static ENTRIES])
{
    const uint64_t members[ENTRIES] = {row->sender_id, row->receiver_id};
    const struct dec amounts[ENTRIES] = {dec_neg(row->amount), row->amount};
    for (size_t i = 0; i < ENTRIES; i++) {
        entries[i] = (struct ledger_entry){
            .reference_type = "internal_transfer",
            .reference_id = row->id,
            .event = "create",
            .member_id = members[i],
            .code_a = account_code(ACCOUNT_LIABILITY, KIND_MAIN, is_coin),
            .amount_a = amounts[i],
        };
        memcpy(entries[i].currency_id, row->currency_id, sizeof(entries[i].currency_id));
    }
}

static bool create_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    const struct internal_transfer_request *asked = work->asked;
    struct internal_transfer *row = &work->row;
    struct ledger_entry entries[ENTRIES];
    struct currency currency;
    int64_t now_us = work->change->now_us;

    assert(asked->sender->id != asked->receiver->id && dec_is_positive(asked->amount));
    if (!currency_get(db, work->change->arena, asked->currency_id, &currency, err))
        return false;
    *row = (struct internal_transfer){
        .amount = asked->amount,
        .sender_id = asked->sender->id,
        .receiver_id = asked->receiver->id,
        .sender_uid = asked->sender->uid,
        .receiver_uid = asked->receiver->uid,
        .sender_username = asked->sender->username[0] ? asked->sender->username : NULL,
        .receiver_username = asked->receiver->username[0] ? asked->receiver->username : NULL,
    };
    memcpy(row->currency_id, currency.id, sizeof(row->currency_id));
    if (!internal_transfer_insert(db, row, now_us, err))
        return false;
    entries_of(row, currency.is_coin, entries);
    return journal_post(db, "admin", work->first_id, entries, ENTRIES, now_us, err) &&
           tell(db, row, err);
}

bool internal_transfer_create(const struct change *change,
                              const struct internal_transfer_request *transfer_request,
                              struct internal_transfer *ret_transfer, struct err *err)
{
    struct work work = {.change = change, .asked = transfer_request};
    if (!sequence_reserve(change->db, "journal", ENTRIES, &work.first_id, err) ||
        !db_transaction(change->db, create_unit, &work, err))
        return false;
    *ret_transfer = work.row;
    return true;
}
