#include "accounting/actions/withdraw_create.h"

#include <stdio.h>
#include <string.h>

#include "accounting/actions/address_check.h"
#include "accounting/actions/beneficiary_change.h"
#include "accounting/actions/otp_check.h"
#include "accounting/actions/outgoing_tell.h"
#include "accounting/actions/withdraw_approve.h"
#include "accounting/actions/withdraw_limits.h"
#include "accounting/actions/withdraw_step.h"
#include "accounting/domain/units.h"
#include "accounting/state/config.h"
#include "accounting/store/accounts_read.h"
#include "accounting/store/beneficiaries.h"
#include "accounting/store/payment_addresses.h"
#include "accounting/store/withdraws.h"
#include "base/auto.h"
#include "base/random.h"

enum { TID_BYTES = 5, TID_SIZE = 16 };

static const int64_t second_us = 1000000;

#define KEY(asked, tail) ((asked)->is_management ? "management." tail : "account." tail)

/* What a request becomes. */
struct creation {
    const struct outgoing *outgoing;
    const struct withdraw_request *asked;
    const struct currency *currency;
    const struct network *network;
    struct beneficiary beneficiary; /* id 0: none */
    struct withdraw row;            /* its texts live in the arena, or with who asked */
};

/* ---- where to ---- */

static bool beneficiary_take(struct creation *creation, struct err *err)
{
    const struct outgoing *outgoing = creation->outgoing;
    const struct withdraw_request *asked = creation->asked;
    struct beneficiary *row = &creation->beneficiary;
    if (!beneficiary_find(outgoing->db, outgoing->arena, asked->beneficiary_id, asked->member->id,
                          row, err) ||
        row->state == BENEFICIARY_ARCHIVED || strcmp(row->currency_id, asked->currency_id) != 0)
        return err_set_key(err, ERR_INVALID, KEY(asked, "beneficiary.doesnt_exist"),
                           "no such beneficiary of this member and currency");
    int64_t hold_us = outgoing->app->config->beneficiary_hold_s * second_us;
    bool is_held = hold_us > 0 && row->active_at + hold_us > outgoing->now_us;
    if (row->state != BENEFICIARY_ACTIVE || is_held)
        return err_set_key(err, ERR_INVALID, KEY(asked, "beneficiary.invalid_state_for_withdrawal"),
                           is_held ? "the beneficiary is too new" : "the beneficiary is %s",
                           beneficiary_state_word(row->state));
    return true;
}

static bool rid_of_beneficiary(struct creation *creation, struct err *err)
{
    AUTO(str_release) struct str rid = STR_INIT(WITHDRAW_RID_MAX);
    struct beneficiary *row = &creation->beneficiary;
    if (!beneficiary_open(creation->outgoing, row, err))
        return false;
    if (creation->currency->is_coin)
        beneficiary_data_address(row->data, &rid);
    else if (!beneficiary_fiat_rid(row->data, row->currency_id, row->id, &rid))
        return err_set(err, ERR_INVALID, "the beneficiary has no name");
    creation->row.rid = str_ok(&rid) && rid.length > 0
                            ? arena_strdup(creation->outgoing->arena, str_data(&rid))
                            : NULL;
    return creation->row.rid || err_set(err, ERR_INVALID, "the beneficiary has no address");
}

/* An address that comes without a beneficiary was looked at by nobody yet. */
static bool rid_given(struct creation *creation, struct err *err)
{
    struct address_check check = {.canonical = creation->asked->rid};
    if (creation->currency->is_coin &&
        !address_check(creation->outgoing, creation->asked->blockchain_key, creation->asked->rid,
                       &check, err))
        return false;
    if (check.reason)
        return err_set(err, ERR_INVALID, "the address is refused: %s", check.reason);
    creation->row.rid = check.canonical;
    return true;
}

/* An address of ours needs no chain. */
static bool receiver_take(struct creation *creation, struct err *err)
{
    const struct outgoing *outgoing = creation->outgoing;
    struct withdraw *row = &creation->row;
    char plain[BENEFICIARY_ADDRESS_MAX];
    struct payment_address owned;
    bool is_wallet;
    beneficiary_plain_address(row->rid, plain);
    if (!wallet_address_exists(outgoing->db, row->blockchain_key, plain, &is_wallet, err))
        return false;
    if (is_wallet)
        return err_set_key(err, ERR_INVALID, KEY(creation->asked, "withdraw.own_wallet"),
                           "the address is a wallet of the exchange");
    if (!payment_address_owner(outgoing->db, outgoing->arena, row->blockchain_key, plain, &owned,
                               err))
        return err->code == ERR_NOT_FOUND;
    row->receiver_id = owned.member_id;
    return row->receiver_id != row->member_id ||
           err_set_key(err, ERR_INVALID, KEY(creation->asked, "withdraw.own_address"),
                       "the address is the member's own");
}

/* ---- how much ---- */

static bool funds_check(const struct creation *creation, struct err *err)
{
    const struct outgoing *outgoing = creation->outgoing;
    struct account *accounts;
    size_t count;
    uint64_t member_id = creation->row.member_id;
    if (!accounts_of_members(outgoing->db, outgoing->arena, &member_id, 1, &accounts, &count, err))
        return false;
    struct account_key key = account_key(member_id, creation->currency->id);
    const struct account *account = account_find(accounts, count, &key);
    return (account && dec_cmp(account->balance, creation->asked->sum) >= 0) ||
           err_set(err, ERR_FUNDS_INSUFFICIENT, "member %lu has less %s", (unsigned long)member_id,
                   creation->currency->id);
}

static bool amounts_take(struct creation *creation, struct err *err)
{
    struct withdraw *row = &creation->row;
    bool is_inside = row->receiver_id != 0;
    const struct withdraw_terms terms = {
        .digits = row->is_coin ? (unsigned)units_decimals(creation->network->base_factor)
                               : (unsigned)creation->currency->precision,
        .fee = is_inside ? DEC_ZERO : creation->network->withdraw_fee,
        .min_sum = creation->network->min_withdraw_amount,
    };
    row->sum = creation->asked->sum;
    row->fee = terms.fee;
    if (withdraw_amounts(&terms, row->sum, &row->amount, err))
        return true;
    err->key = KEY(creation->asked, "withdraw.invalid_amount");
    return false;
}

/* ---- checks, in the order of the contract ---- */

static bool otp_take(const struct creation *creation, struct err *err)
{
    const struct outgoing *outgoing = creation->outgoing;
    const struct withdraw_request *asked = creation->asked;
    bool is_right;
    if (asked->is_management)
        return true;
    if (!otp_check(outgoing->app, outgoing->app->config->withdraw_otp, asked->member->uid,
                   asked->otp, &is_right, err))
        return false;
    return is_right ||
           err_set_key(err, ERR_INVALID, "account.withdraw.invalid_otp", "a wrong one-time code");
}

static bool network_take(struct creation *creation, struct err *err)
{
    const struct withdraw_request *asked = creation->asked;
    const char *key =
        asked->beneficiary_id ? creation->beneficiary.blockchain_key : asked->blockchain_key;
    creation->network = outgoing_network(creation->outgoing->catalog, asked->currency_id,
                                         creation->currency->is_coin ? key : NULL);
    if (!creation->network || !creation->network->withdrawal_enabled ||
        strcmp(creation->network->status, "disabled") == 0 ||
        strcmp(creation->currency->status, "disabled") == 0)
        return err_set_key(err, ERR_INVALID, KEY(asked, "currency.withdrawal_disabled"),
                           "withdrawals of %s are switched off", asked->currency_id);
    creation->row.blockchain_key = creation->network->blockchain_key;
    return true;
}

/* In the arena: the row goes to the caller, with its tid. */
static const char *tid_make(struct arena *arena)
{
    char tid[TID_SIZE];
    uint8_t bytes[TID_BYTES];
    random_bytes(bytes, sizeof(bytes));
    int length = snprintf(tid, TID_SIZE, "TID");
    for (size_t i = 0; i < sizeof(bytes); i++)
        length += snprintf(tid + length, TID_SIZE - (size_t)length, "%02X", bytes[i]);
    return arena_strdup(arena, tid);
}

static void row_begin(struct creation *creation)
{
    const struct withdraw_request *asked = creation->asked;
    struct withdraw *row = &creation->row;
    bool is_coin = creation->currency->is_coin;
    *row = (struct withdraw){
        .member_id = asked->member->id,
        .beneficiary_id = asked->beneficiary_id,
        .is_coin = is_coin,
        .state = WITHDRAW_PREPARED,
        .transfer_type = asked->transfer_type ? asked->transfer_type
                         : is_coin            ? TRANSFER_CRYPTO
                                              : TRANSFER_FIAT,
        .note = asked->note,
        .tid = asked->tid && *asked->tid ? asked->tid : tid_make(creation->outgoing->arena),
        .uid = asked->member->uid,
        .email = asked->member->email,
        .created_at = creation->outgoing->now_us,
        .updated_at = creation->outgoing->now_us,
    };
    memcpy(row->currency_id, creation->currency->id, sizeof(row->currency_id));
}

static bool check(struct creation *creation, struct err *err)
{
    const struct withdraw_request *asked = creation->asked;
    row_begin(creation);
    if (!creation->row.tid)
        return err_set(err, ERR_BUSY, "no memory for a withdrawal");
    return (asked->beneficiary_id == 0 || beneficiary_take(creation, err)) &&
           otp_take(creation, err) && network_take(creation, err) && funds_check(creation, err) &&
           (asked->beneficiary_id != 0 ? rid_of_beneficiary(creation, err)
                                       : rid_given(creation, err)) &&
           (!creation->currency->is_coin || receiver_take(creation, err)) &&
           amounts_take(creation, err);
}

/* ---- the transaction ---- */

/* Why it waits for an operator; NULL: it does not. */
static bool reason_of(const struct creation *creation, const char **ret_reason, struct err *err)
{
    const struct outgoing *outgoing = creation->outgoing;
    const struct withdraw *row = &creation->row;
    struct withdraw_limit_rule rule;
    struct withdraw_sums sums;
    size_t needed, given;
    if (!withdraw_sums_of(outgoing, row->member_id, &sums, err))
        return false;
    bool has_rule = withdraw_limit_of(outgoing, creation->asked->member, &rule);
    *ret_reason = withdraw_verdict_word(withdraw_limit_judge(has_rule ? &rule : NULL, &sums));
    if (*ret_reason)
        return true;
    if (!row->is_coin)
        *ret_reason = "fiat";
    else if (outgoing->app->config->withdraw_admin_approve)
        *ret_reason = "admin_approve";
    else if (!withdraw_approvals_count(outgoing, row, &needed, &given, err))
        return false;
    else if (given < needed)
        *ret_reason = "approvals";
    return true;
}

static bool create_unit(struct db *db, void *arg, struct err *err)
{
    struct creation *creation = arg;
    const struct outgoing *outgoing = creation->outgoing;
    struct withdraw *row = &creation->row;
    const char *reason;
    row->state = WITHDRAW_PREPARED;
    row->completed_at = 0;
    row->reason = NULL;
    /* The new row is among those that are summed: it counts once, and so does every other. */
    if (!withdraw_member_lock(db, row->member_id, err) || !withdraw_insert(db, row, err) ||
        !withdraw_tell(db, row, NULL, outgoing->now_us, err) ||
        !reason_of(creation, &reason, err) ||
        !withdraw_step(outgoing, row, NULL, WITHDRAW_DO_ACCEPT, reason, err))
        return false;
    if (!reason)
        return withdraw_process(outgoing, row, NULL, err);
    if (row->is_coin || !creation->asked->is_processed)
        return true;
    return withdraw_process(outgoing, row, NULL, err) &&
           withdraw_step(outgoing, row, NULL, WITHDRAW_DO_DISPATCH, NULL, err) &&
           withdraw_step(outgoing, row, NULL, WITHDRAW_DO_SUCCESS, NULL, err);
}

bool withdraw_create(const struct outgoing *outgoing, const struct withdraw_request *asked,
                     struct withdraw *ret_row, struct err *err)
{
    struct creation creation = {.outgoing = outgoing,
                                .asked = asked,
                                .currency =
                                    catalog_currency(outgoing->catalog, asked->currency_id)};
    assert(creation.currency != NULL);
    if (!check(&creation, err))
        return false;
    if (!db_transaction(outgoing->db, create_unit, &creation, err))
        return err->code == ERR_CONFLICT ? err_set(err, ERR_CONFLICT, "TID already exist") : false;
    *ret_row = creation.row;
    return true;
}
