#include "accounting/actions/deposit_tell.h"

#include <string.h>

#include "accounting/store/transfers.h"
#include "base/auto.h"
#include "base/clock.h"
#include "json/field.h"

enum { RECORD_BYTES_MAX = 16 * 1024 };

struct user_record {
    const char *uid, *email;
};
static const struct json_field user_fields[] = {
    {"uid", JSON_TEXT, offsetof(struct user_record, uid), .doc = "Whose it is."},
    {"email", JSON_TEXT, offsetof(struct user_record, email), .doc = "Address of the member."},
    {NULL}};

struct record {
    const char *tid, *uid, *currency, *state, *address, *txid;
    char created_at[CLOCK_ISO_SIZE], updated_at[CLOCK_ISO_SIZE], completed_at[CLOCK_ISO_SIZE];
    struct user_record user;
    struct dec amount;
    int64_t confirmations;
    bool is_coin;
};

#define AT(member) offsetof(struct record, member)
static const struct json_field record_fields[] = {
    {"tid", JSON_TEXT, AT(tid), .doc = "Its name."},
    {"user", JSON_OBJECT, AT(user), .sub = user_fields, .doc = "Whose it is."},
    {"uid", JSON_TEXT, AT(uid), .doc = "Whose it is."},
    {"currency", JSON_TEXT, AT(currency), .doc = "Currency code."},
    {"amount", JSON_DEC, AT(amount), .doc = "Net amount."},
    {"state", JSON_TEXT, AT(state), .doc = "State."},
    {"created_at", JSON_CHARS, AT(created_at), .doc = "When it was first seen."},
    {"updated_at", JSON_CHARS, AT(updated_at), .doc = "When it last changed."},
    {"completed_at", JSON_CHARS, AT(completed_at), JSON_OMIT_EMPTY, .doc = "When it was decided."},
    {"blockchain_address", JSON_TEXT, AT(address), JSON_OMIT_EMPTY, .doc = "Where it came to."},
    {"blockchain_txid", JSON_TEXT, AT(txid), JSON_OMIT_EMPTY, .doc = "Its transaction."},
    {"blockchain_confirmations", JSON_I64, AT(confirmations), JSON_OMIT_EMPTY,
     .present_offset = AT(is_coin), .doc = "Coins: blocks on top of it."},
    {NULL}};
#undef AT

int64_t deposit_confirmations(const struct deposit *deposit)
{
    if (!deposit->is_coin || deposit->block_number < 0)
        return 0;
    int64_t confirmations = deposit->height - deposit->block_number + 1;
    return confirmations > 0 ? confirmations : 0;
}

static struct record record_of(const struct deposit *deposit)
{
    struct record record = {
        .tid = deposit->tid,
        .uid = deposit->uid,
        .currency = deposit->currency_id,
        .state = deposit_state_word(deposit->state),
        .address = deposit->address,
        .txid = deposit->txid,
        .user = {deposit->uid, deposit->email},
        .amount = deposit->amount,
        .confirmations = deposit_confirmations(deposit),
        .is_coin = deposit->is_coin,
    };
    clock_iso(deposit->created_at, record.created_at);
    clock_iso(deposit->updated_at, record.updated_at);
    if (deposit->completed_at)
        clock_iso(deposit->completed_at, record.completed_at);
    return record;
}

static bool tell(struct chain_tx *tx, const char *name, const struct deposit *deposit,
                 const char *changes, struct err *err)
{
    AUTO(str_release) struct str json = STR_INIT(RECORD_BYTES_MAX);
    struct record record = record_of(deposit);
    str_add(&json, "{\"record\":");
    json_write_object(&json, record_fields, &record);
    if (changes) {
        str_add(&json, ",\"changes\":");
        str_add(&json, changes);
    }
    str_add_char(&json, '}');
    if (!str_ok(&json))
        return err_set(err, ERR_INTERNAL, "the event of a deposit is too large");
    return model_event_insert(tx->db, name, str_data(&json), tx->now_us, err);
}

bool deposit_tell_created(struct chain_tx *tx, const struct deposit *deposit, struct err *err)
{
    return tell(tx, "model.deposit.created", deposit, NULL, err);
}

bool deposit_tell_alert(struct chain_tx *tx, const char *name, const struct deposit *deposit,
                        struct err *err)
{
    return tell(tx, name, deposit, NULL, err);
}

bool deposit_tell_updated(struct chain_tx *tx, const struct deposit *before,
                          const struct deposit *deposit, struct err *err)
{
    AUTO(str_release) struct str changes = STR_INIT(RECORD_BYTES_MAX);
    char time[CLOCK_ISO_SIZE];
    int64_t confirmations = deposit_confirmations(before);
    bool moved = before->state != deposit->state;
    if (!moved && confirmations == deposit_confirmations(deposit))
        return true;
    str_add(&changes, "{\"updated_at\":\"");
    str_add(&changes, clock_iso(before->updated_at, time));
    str_add_char(&changes, '"');
    if (moved) {
        str_add(&changes, ",\"state\":");
        json_write_string(&changes, deposit_state_word(before->state));
    }
    if (before->completed_at != deposit->completed_at && before->completed_at)
        str_add_format(&changes, ",\"completed_at\":\"%s\"", clock_iso(before->completed_at, time));
    if (confirmations != deposit_confirmations(deposit))
        str_add_format(&changes, ",\"blockchain_confirmations\":%lld", (long long)confirmations);
    str_add_char(&changes, '}');
    return tell(tx, "model.deposit.updated", deposit, str_data(&changes), err);
}
