#include "accounting/actions/withdraw_step.h"

#include <stdio.h>
#include <string.h>

#include "accounting/actions/outgoing_tell.h"
#include "accounting/actions/withdraw_approve.h"
#include "accounting/domain/ledger_withdraw.h"
#include "accounting/domain/units.h"
#include "accounting/store/journal.h"
#include "accounting/store/payout_requests.h"
#include "accounting/store/transfers.h"
#include "accounting/store/withdraws.h"
#include "base/auto.h"
#include "json/field.h"
#include "json/read.h"

enum {
    BODY_BYTES_MAX = 24 * 1024,
    ERRORS_BYTES_MAX = 8 * 1024,
    MESSAGE_MAX = 200,
    PAYOUT_ID_SIZE = 32
};

/* ---- one move ---- */

/* The ids are taken inside: an event of the gateway is applied in a transaction that others began. */
static bool book(const struct outgoing *outgoing, const struct withdraw *row,
                 enum withdraw_effect effect, enum withdraw_event event, struct err *err)
{
    struct ledger_entry entries[WITHDRAW_ENTRIES_MAX];
    uint64_t first_id;
    size_t count = ledger_withdraw_entries(row, effect, withdraw_event_word(event), entries);
    return count == 0 || (sequence_reserve(outgoing->db, "journal", count, &first_id, err) &&
                          journal_post(outgoing->db, "withdraw", first_id, entries, count,
                                       outgoing->now_us, err));
}

bool withdraw_step(const struct outgoing *outgoing, struct withdraw *row,
                   const struct withdraw *was, enum withdraw_event event, const char *reason,
                   struct err *err)
{
    struct withdraw before = was ? *was : *row;
    struct withdraw moved = *row;
    enum withdraw_effect effect;
    if (!withdraw_move(&moved, event, &effect, err))
        return false;
    moved.reason = reason;
    moved.updated_at = outgoing->now_us;
    if (withdraw_is_completed(moved.state))
        moved.completed_at = outgoing->now_us;
    const struct withdraw_step_row step = {.event = withdraw_event_word(event),
                                           .from = withdraw_state_word(row->state),
                                           .to = withdraw_state_word(moved.state),
                                           .actor = outgoing->actor,
                                           .reason = reason,
                                           .created_at = outgoing->now_us};
    if (!book(outgoing, &moved, effect, event, err) ||
        !withdraw_update(outgoing->db, &moved, err) ||
        !withdraw_step_insert(outgoing->db, moved.id, &step, err) ||
        !withdraw_tell(outgoing->db, &moved, &before, outgoing->now_us, err))
        return false;
    *row = moved;
    return true;
}

bool withdraw_note(const struct outgoing *outgoing, struct withdraw *row,
                   const struct withdraw *was, struct err *err)
{
    row->updated_at = outgoing->now_us;
    return withdraw_update(outgoing->db, row, err) &&
           withdraw_tell(outgoing->db, row, was, outgoing->now_us, err);
}

/* ---- to the chain ---- */

/* Where the network keeps the contract of a token; "" for a native coin. */
static const char *contract_of(const cJSON *options)
{
    static const char *const keys[] = {"erc20_contract_address", "bep20_contract_address",
                                       "hrc20_contract_address"};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        const char *contract = json_member_text(options, keys[i]);
        if (contract && *contract)
            return contract;
    }
    return "";
}

static bool contract_read(const struct outgoing *outgoing, const struct network *network,
                          const char **ret_contract, struct err *err)
{
    cJSON *options = NULL;
    const char *text = network->options;
    if (text && *text && !json_read(text, strlen(text), &options, err))
        return err_wrap(err, "options of %s", network->currency_id);
    *ret_contract = arena_strdup(outgoing->arena, contract_of(options));
    cJSON_Delete(options);
    return *ret_contract || err_set(err, ERR_BUSY, "no memory for a payout");
}

bool withdraw_payment(const struct outgoing *outgoing, const struct withdraw *row,
                      struct payment_said *ret_said, struct err *err)
{
    char units[UNITS_TEXT_SIZE], id[PAYOUT_ID_SIZE];
    const struct network *network =
        outgoing_network(outgoing->catalog, row->currency_id, row->blockchain_key);
    if (!network)
        return err_set(err, ERR_STATE_CONFLICT, "%s has no network on %s any more",
                       row->currency_id, row->blockchain_key);
    if (!units_from_dec(row->amount, units_decimals(network->base_factor), units))
        return err_set(err, ERR_STATE_CONFLICT, "the chain can't express the amount");
    snprintf(id, sizeof(id), "withdraw-%lu", (unsigned long)row->id);
    if (!contract_read(outgoing, network, &ret_said->contract, err))
        return false;
    ret_said->payout_id = arena_strdup(outgoing->arena, id);
    ret_said->units = arena_strdup(outgoing->arena, units);
    ret_said->chain = row->blockchain_key;
    ret_said->to = row->rid;
    return (ret_said->payout_id && ret_said->units) ||
           err_set(err, ERR_BUSY, "no memory for a payout");
}

static bool payout_body(const struct outgoing *outgoing, const struct withdraw *row,
                        struct str *body, struct err *err)
{
    struct payment_said said;
    if (!withdraw_payment(outgoing, row, &said, err))
        return false;
    str_add(body, "{\"chain\":");
    json_write_string(body, said.chain);
    str_add(body, ",\"contract\":");
    json_write_string(body, said.contract);
    str_add(body, ",\"to\":");
    json_write_string(body, said.to);
    str_add(body, ",\"units\":");
    json_write_string(body, said.units);
    str_add(body, ",\"purpose\":\"withdrawal\",\"from\":\"\",\"subtract_fee\":false,"
                  "\"fee_cap_units\":\"\",\"owner\":");
    json_write_string(body, row->uid);
    str_add(body, ",\"approvals\":");
    if (!withdraw_approvals_write(outgoing, row, body, err))
        return false;
    str_add_char(body, '}');
    return str_ok(body) || err_set(err, ERR_INTERNAL, "a payout is too large");
}

/* ---- to a member of ours ---- */

/* Whoever gets it sees an internal transfer, and so does who sent it; the ledger rows are those of the
 * withdrawal. */
static bool pay_inside(const struct outgoing *outgoing, struct withdraw *row, struct err *err)
{
    struct internal_transfer transfer = {
        .amount = row->sum, .sender_id = row->member_id, .receiver_id = row->receiver_id};
    memcpy(transfer.currency_id, row->currency_id, sizeof(transfer.currency_id));
    return internal_transfer_insert(outgoing->db, &transfer, outgoing->now_us, err) &&
           withdraw_step(outgoing, row, NULL, WITHDRAW_DO_DISPATCH, "internal", err) &&
           withdraw_step(outgoing, row, NULL, WITHDRAW_DO_SUCCESS, "internal", err);
}

bool withdraw_process(const struct outgoing *outgoing, struct withdraw *row, const char *reason,
                      struct err *err)
{
    AUTO(str_release) struct str body = STR_INIT(BODY_BYTES_MAX);
    if (row->is_coin && row->receiver_id == 0 && !payout_body(outgoing, row, &body, err))
        return false;
    if (!withdraw_step(outgoing, row, NULL, WITHDRAW_DO_PROCESS, reason, err))
        return false;
    if (row->receiver_id != 0)
        return pay_inside(outgoing, row, err);
    return !row->is_coin ||
           payout_request_put(outgoing->db, row->id, str_data(&body), outgoing->now_us, err);
}

/* ---- errors ---- */

bool withdraw_add_error(const struct outgoing *outgoing, struct withdraw *row, const char *kind,
                        const char *message, struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(ERRORS_BYTES_MAX);
    const char *old = row->error ? row->error : "[]";
    size_t length = strlen(old);
    /* The list stays bounded: what is too long begins anew. */
    if (length < 2 || length > ERRORS_BYTES_MAX / 2)
        old = "[]", length = 2;
    str_add_bytes(&text, old, length - 1);
    str_add(&text, length > 2 ? ",{\"class\":" : "{\"class\":");
    json_write_string(&text, kind);
    str_add(&text, ",\"message\":");
    json_write_string_bytes(&text, message, strnlen(message, MESSAGE_MAX));
    str_add(&text, "}]");
    row->error = str_ok(&text) ? arena_strdup(outgoing->arena, str_data(&text)) : NULL;
    return row->error || err_set(err, ERR_BUSY, "no memory for an error");
}
