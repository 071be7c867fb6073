#include "accounting/actions/beneficiary_change.h"

#include <stdio.h>
#include <string.h>

#include "accounting/actions/address_check.h"
#include "accounting/actions/outgoing_tell.h"
#include "accounting/store/beneficiaries.h"
#include "accounting/store/withdraws.h"
#include "base/auto.h"
#include "base/random.h"
#include "crypto/crypto.h"
#include "secret/secret.h"

enum { CONTEXT_SIZE = 64, SEALED_BYTES_MAX = 16 * 1024 };

static const int64_t second_us = 1000000, day_us = 86400 * (int64_t)1000000;

#define KEY(draft, tail) ((draft)->is_management ? "management." tail : "account." tail)

/* ---- what is sealed ---- */

static const char *data_context(uint64_t member_id, char text[static CONTEXT_SIZE])
{
    snprintf(text, CONTEXT_SIZE, "beneficiaries.data/%lu", (unsigned long)member_id);
    return text;
}

static bool has_store(const struct outgoing *outgoing, struct err *err)
{
    return outgoing->app->secrets ||
           err_set(err, ERR_PEER_UNAVAILABLE, "no store of secrets is configured");
}

static const char *kept(const struct outgoing *outgoing, const char *text, struct err *err)
{
    const char *copy = arena_strdup(outgoing->arena, text);
    if (!copy)
        err_set(err, ERR_BUSY, "no memory for a beneficiary");
    return copy;
}

static bool data_seal(const struct outgoing *outgoing, struct beneficiary *row, struct err *err)
{
    AUTO(str_release) struct str sealed = STR_INIT(SEALED_BYTES_MAX);
    char context[CONTEXT_SIZE];
    if (!secret_seal(outgoing->app->secrets, SECRET_COLUMN, data_context(row->member_id, context),
                     row->data, strlen(row->data), &sealed, err))
        return false;
    row->sealed = kept(outgoing, str_data(&sealed), err);
    return row->sealed != NULL;
}

bool beneficiary_open(const struct outgoing *outgoing, struct beneficiary *row, struct err *err)
{
    AUTO(str_wipe) struct str data = STR_INIT(SEALED_BYTES_MAX);
    char context[CONTEXT_SIZE];
    if (!has_store(outgoing, err) ||
        !secret_unseal(outgoing->app->secrets, data_context(row->member_id, context), row->sealed,
                       strlen(row->sealed), &data, err))
        return false;
    row->data = kept(outgoing, str_data(&data), err);
    return row->data != NULL;
}

static bool index_of(const struct outgoing *outgoing, const char *context, const char *text,
                     const char **ret_index, struct err *err)
{
    char index[KEYRING_INDEX_SIZE];
    if (!secret_index(outgoing->app->secrets, context, text, strlen(text), index, err))
        return false;
    *ret_index = kept(outgoing, index, err);
    return *ret_index != NULL;
}

/* ---- codes ---- */

static int pin_new(void)
{
    enum { COUNT = BENEFICIARY_PIN_MAX - BENEFICIARY_PIN_MIN + 1 };
    const uint32_t whole = UINT32_MAX / COUNT * COUNT; /* above it some would be likelier */
    uint32_t number;
    do
        random_bytes(&number, sizeof(number));
    while (number >= whole);
    return (int)(BENEFICIARY_PIN_MIN + number % COUNT);
}

/* Bound to whom it was sent, and when: the same digits of another mail have another hash. */
static bool pin_index_of(const struct outgoing *outgoing, const struct beneficiary *row,
                         int64_t pin, const char **ret_index, struct err *err)
{
    char text[96];
    snprintf(text, sizeof(text), "%lu|%lld|%lld", (unsigned long)row->member_id,
             (long long)row->sent_at, (long long)pin);
    return index_of(outgoing, "beneficiaries.pin", text, ret_index, err);
}

/* ---- create ---- */

struct create_work {
    const struct outgoing *outgoing;
    struct beneficiary *row;
    int pin;
};

static bool create_unit(struct db *db, void *arg, struct err *err)
{
    struct create_work *work = arg;
    return beneficiary_insert(db, work->row, err) &&
           beneficiary_tell(db, work->row, NULL, work->pin, work->row->created_at, err);
}

/* A failure of the model: the contract has one word for all of them. */
static bool refuse(const struct beneficiary_draft *draft, struct err *err)
{
    struct err story = *err;
    return err_set_key(err, ERR_INVALID, KEY(draft, "beneficiary.failed_to_create"), "%.180s",
                       story.what);
}

static bool data_take(const struct outgoing *outgoing, const struct beneficiary_draft *draft,
                      bool is_coin, struct beneficiary *row, const char **ret_address,
                      struct err *err)
{
    AUTO(str_wipe) struct str data = STR_INIT(2 * BENEFICIARY_DATA_BYTES_MAX);
    AUTO(str_release) struct str address = STR_INIT(BENEFICIARY_ADDRESS_MAX);
    if (!beneficiary_data_read(draft->data, is_coin, &data, &address, err)) {
        if (err->code != ERR_NOT_FOUND)
            return refuse(draft, err);
        return err_set_key(err, ERR_INVALID,
                           is_coin ? KEY(draft, "beneficiary.missing_address_in_data")
                                   : KEY(draft, "beneficiary.missing_full_name_in_data"),
                           "data lacks what it must have");
    }
    row->data = kept(outgoing, str_data(&data), err);
    *ret_address = row->data ? kept(outgoing, str_data(&address), err) : NULL;
    return *ret_address != NULL;
}

/* The address as the chain writes it replaces what was given. */
static bool address_take(const struct outgoing *outgoing, const struct beneficiary_draft *draft,
                         const char *address, struct beneficiary *row, const char **ret_reason,
                         struct err *err)
{
    AUTO(str_wipe) struct str data = STR_INIT(2 * BENEFICIARY_DATA_BYTES_MAX);
    struct address_check check;
    bool exists;
    if (!address_check(outgoing, row->blockchain_key, address, &check, err)) {
        if (err->code == ERR_PEER_UNAVAILABLE)
            err->key = KEY(draft, "beneficiary.address_not_checked");
        return false;
    }
    if (check.reason) {
        *ret_reason = check.reason;
        return err_set_key(err, ERR_INVALID, KEY(draft, "beneficiary.failed_to_create"),
                           "the address is refused: %s", check.reason);
    }
    if (!beneficiary_data_with_address(row->data, check.canonical, &data))
        return err_set(err, ERR_BUSY, "no memory for a beneficiary");
    row->data = kept(outgoing, str_data(&data), err);
    if (!row->data ||
        !index_of(outgoing, "beneficiaries.address", check.canonical, &row->address_index, err))
        return false;
    if (!beneficiary_address_exists(outgoing->db, row->member_id, row->currency_id,
                                    row->address_index, &exists, err))
        return false;
    return !exists || err_set_key(err, ERR_INVALID, KEY(draft, "beneficiary.duplicate_address"),
                                  "the member has this address");
}

static bool terms_check(const struct outgoing *outgoing, const struct beneficiary_draft *draft,
                        const struct currency *currency, struct err *err)
{
    const struct network *network = outgoing_network(
        outgoing->catalog, currency->id, currency->is_coin ? draft->blockchain_key : NULL);
    if (!network)
        return err_set(err, ERR_NOT_FOUND, "no network of %s", currency->id);
    return network->withdrawal_enabled ||
           err_set_key(err, ERR_INVALID, KEY(draft, "currency.withdrawal_disabled"),
                       "withdrawals of %s are switched off", currency->id);
}

static void row_begin(const struct outgoing *outgoing, const struct beneficiary_draft *draft,
                      const struct currency *currency, struct beneficiary *row)
{
    *row = (struct beneficiary){
        .member_id = draft->member->id,
        .blockchain_key = currency->is_coin ? draft->blockchain_key : NULL,
        .name = draft->name,
        .description = draft->description,
        .state = draft->is_active ? BENEFICIARY_ACTIVE : BENEFICIARY_PENDING,
        .sent_at = draft->is_active ? 0 : outgoing->now_us,
        .active_at = draft->is_active ? outgoing->now_us : 0,
        .created_at = outgoing->now_us,
        .updated_at = outgoing->now_us,
        .uid = draft->member->uid,
        .email = draft->member->email,
    };
    memcpy(row->currency_id, currency->id, sizeof(row->currency_id));
}

bool beneficiary_create(const struct outgoing *outgoing, const struct beneficiary_draft *draft,
                        struct beneficiary *ret_row, const char **ret_reason, struct err *err)
{
    const struct currency *currency = catalog_currency(outgoing->catalog, draft->currency_id);
    const char *address = NULL, *reason = NULL;
    struct beneficiary row;
    struct create_work work = {.outgoing = outgoing, .row = &row, .pin = 0};
    assert(currency != NULL);
    row_begin(outgoing, draft, currency, &row);
    bool ok = has_store(outgoing, err) && terms_check(outgoing, draft, currency, err) &&
              data_take(outgoing, draft, currency->is_coin, &row, &address, err) &&
              (!currency->is_coin || address_take(outgoing, draft, address, &row, &reason, err)) &&
              data_seal(outgoing, &row, err);
    if (ret_reason)
        *ret_reason = reason;
    if (!ok)
        return false;
    if (!draft->is_active) {
        work.pin = pin_new();
        if (!pin_index_of(outgoing, &row, work.pin, &row.pin_index, err))
            return false;
    }
    if (!db_transaction(outgoing->db, create_unit, &work, err))
        return err->code == ERR_CONFLICT
                   ? err_set_key(err, ERR_INVALID, KEY(draft, "beneficiary.duplicate_address"),
                                 "the member has this address")
                   : false;
    *ret_row = row;
    return true;
}

/* ---- changes of a row ---- */

struct change_work {
    const struct outgoing *outgoing;
    uint64_t id, member_id;
    int64_t pin; /* what was given; of a resend: the new one */
    enum beneficiary_event event;
    bool is_right;
    int64_t sent_at;
    struct beneficiary row;
};

/* Archived rows are nobody's any more. */
static bool row_find(struct db *db, struct change_work *work, struct err *err)
{
    if (!beneficiary_find_locked(db, work->outgoing->arena, work->id, work->member_id, &work->row,
                                 err))
        return false;
    return work->member_id == 0 || work->row.state != BENEFICIARY_ARCHIVED ||
           err_set(err, ERR_NOT_FOUND, "the beneficiary is archived");
}

static bool row_write(struct db *db, struct change_work *work, const struct beneficiary *was,
                      int pin, struct err *err)
{
    work->row.updated_at = work->outgoing->now_us;
    return beneficiary_open(work->outgoing, &work->row, err) &&
           beneficiary_update(db, &work->row, err) &&
           beneficiary_tell(db, &work->row, was, pin, work->row.updated_at, err);
}

static bool resend_unit(struct db *db, void *arg, struct err *err)
{
    struct change_work *work = arg;
    if (!row_find(db, work, err))
        return false;
    struct beneficiary was = work->row;
    if (was.state != BENEFICIARY_PENDING)
        return err_set_key(err, ERR_INVALID, "account.beneficiary.cant_resend", "it is %s",
                           beneficiary_state_word(was.state));
    if (was.sent_at != 0 &&
        work->outgoing->now_us - was.sent_at < BENEFICIARY_RESEND_S * second_us) {
        work->sent_at = was.sent_at;
        return err_set_key(err, ERR_INVALID, "account.beneficiary.cant_resend_within_1_minute",
                           "the last code was just sent");
    }
    work->row.sent_at = work->outgoing->now_us;
    work->row.pin_tries = 0;
    return pin_index_of(work->outgoing, &work->row, work->pin, &work->row.pin_index, err) &&
           row_write(db, work, &was, (int)work->pin, err);
}

bool beneficiary_resend(const struct outgoing *outgoing, uint64_t id, uint64_t member_id,
                        int64_t *ret_sent_at, struct err *err)
{
    struct change_work work = {
        .outgoing = outgoing, .id = id, .member_id = member_id, .pin = pin_new()};
    bool done = has_store(outgoing, err) && db_transaction(outgoing->db, resend_unit, &work, err);
    *ret_sent_at = work.sent_at;
    return done;
}

/* A try counts before it is looked at, and what was found stays committed. */
static bool pin_try(struct db *db, struct change_work *work, struct err *err)
{
    struct beneficiary *row = &work->row;
    uint64_t failures;
    const char *index;
    work->is_right = false;
    if (!pin_failures_count(db, row->member_id, work->outgoing->now_us - day_us, &failures, err))
        return false;
    if (!row->pin_index || row->pin_tries >= BENEFICIARY_PIN_TRIES_MAX ||
        failures >= BENEFICIARY_PIN_TRIES_A_DAY)
        return true;
    if (!pin_index_of(work->outgoing, row, work->pin, &index, err))
        return false;
    work->is_right = strlen(index) == strlen(row->pin_index) &&
                     bytes_equal(index, row->pin_index, strlen(index));
    if (work->is_right)
        return true;
    row->pin_tries++;
    return beneficiary_update(db, row, err) &&
           pin_failure_insert(db, row->member_id, row->id, work->outgoing->now_us, err);
}

static bool activate_unit(struct db *db, void *arg, struct err *err)
{
    struct change_work *work = arg;
    /* One try of a member after the other, whichever of his beneficiaries they are for. */
    if (!withdraw_member_lock(db, work->member_id, err) || !row_find(db, work, err))
        return false;
    struct beneficiary was = work->row;
    if (!beneficiary_move(&work->row, BENEFICIARY_DO_ACTIVATE, err))
        return err_set_key(err, ERR_INVALID, "account.beneficiary.cant_activate", "it is %s",
                           beneficiary_state_word(was.state));
    work->row.state = was.state;
    if (!pin_try(db, work, err))
        return false;
    if (!work->is_right)
        return true;
    work->row.state = BENEFICIARY_ACTIVE;
    work->row.active_at = work->outgoing->now_us;
    work->row.pin_index = NULL;
    return row_write(db, work, &was, 0, err);
}

bool beneficiary_activate(const struct outgoing *outgoing, uint64_t id, uint64_t member_id,
                          int64_t pin, struct beneficiary *ret_row, struct err *err)
{
    struct change_work work = {.outgoing = outgoing, .id = id, .member_id = member_id, .pin = pin};
    if (!has_store(outgoing, err) || !db_transaction(outgoing->db, activate_unit, &work, err))
        return false;
    if (!work.is_right)
        return err_set_key(err, ERR_INVALID, "account.beneficiary.invalid_pin",
                           "a wrong code, or too many of them");
    *ret_row = work.row;
    return true;
}

static bool act_unit(struct db *db, void *arg, struct err *err)
{
    struct change_work *work = arg;
    if (!row_find(db, work, err))
        return false;
    struct beneficiary was = work->row;
    if (work->event == BENEFICIARY_DO_ACTIVATE)
        return err_set(err, ERR_STATE_CONFLICT, "nobody but the member has the code");
    if (!beneficiary_move(&work->row, work->event, err))
        return false;
    if (work->row.state == BENEFICIARY_ACTIVE)
        work->row.active_at = work->outgoing->now_us;
    if (work->row.state == BENEFICIARY_ARCHIVED)
        work->row.address_index = work->row.pin_index = NULL;
    return row_write(db, work, &was, 0, err);
}

bool beneficiary_archive(const struct outgoing *outgoing, uint64_t id, uint64_t member_id,
                         struct err *err)
{
    struct change_work work = {
        .outgoing = outgoing, .id = id, .member_id = member_id, .event = BENEFICIARY_DO_ARCHIVE};
    return db_transaction(outgoing->db, act_unit, &work, err);
}

bool beneficiary_act(const struct outgoing *outgoing, uint64_t id, enum beneficiary_event event,
                     struct beneficiary *ret_row, struct err *err)
{
    struct change_work work = {.outgoing = outgoing, .id = id, .event = event};
    if (!db_transaction(outgoing->db, act_unit, &work, err))
        return false;
    *ret_row = work.row;
    return true;
}
