#include "accounting/actions/adjustment_decide.h"

#include <stdio.h>
#include <string.h>

#include "accounting/actions/change_rules.h"
#include "accounting/domain/ledger_code.h"
#include "accounting/store/journal.h"
#include "accounting/store/members.h"

enum { DESCRIPTION_CHARACTERS_MAX = 16000 };

const char adjustment_categories[] =
    "asset_registration investment minting_token balance_anomaly misc refund compensation incentive"
    " bank_fees bank_interest minor";

/* ---- words ---- */

static const char *const category_words[] = {
    "asset_registration", "investment", "minting_token", "balance_anomaly", "misc", "refund",
    "compensation",       "incentive",  "bank_fees",     "bank_interest",   "minor"};

int64_t adjustment_category_number(const char *word)
{
    for (size_t i = 0; i < ARRAY_LEN(category_words); i++)
        if (strcmp(category_words[i], word) == 0)
            return (int64_t)i + 1;
    return 0;
}

const char *adjustment_category_word(int64_t number)
{
    bool is_known = number >= 1 && number <= (int64_t)ARRAY_LEN(category_words);
    return is_known ? category_words[number - 1] : "misc";
}

const char *adjustment_state_word(enum adjustment_state state)
{
    switch (state) {
    case ADJUSTMENT_PENDING:
        return "pending";
    case ADJUSTMENT_ACCEPTED:
        return "accepted";
    case ADJUSTMENT_REJECTED:
        break;
    }
    return "rejected";
}

struct receiving_account receiving_account_of(const struct adjustment *adjustment)
{
    struct receiving_account account = {0, NULL};
    const char *number = adjustment->receiving_account_number;
    size_t currency = strlen(adjustment->currency_id);
    assert(strncmp(number, adjustment->currency_id, currency) == 0 && number[currency] == '-');
    for (number += currency + 1; *number >= '0' && *number <= '9'; number++)
        account.code = account.code * 10 + (*number - '0');
    if (number[0] == '-' && number[1])
        account.uid = number + 1;
    return account;
}

/* ---- asking for one ---- */

struct create_work {
    const struct change *change;
    const struct adjustment_draft *draft;
    struct adjustment row;
};

static bool fits_currency(int64_t code, bool is_coin, const char *key, struct err *err)
{
    return ledger_code_is_coin(code) == is_coin ||
           err_set_key(err, ERR_INVALID, key, "account %lld is of the other kind of currency",
                       (long long)code);
}

static bool codes_check(const struct adjustment_draft *draft, bool is_coin, struct err *err)
{
    int64_t asset = draft->asset_account_code.value;
    int64_t receiving = draft->receiving_account_code.value;
    static const char asset_key[] = "admin.adjustment.invalid_asset_account_code";
    static const char receiving_key[] = "admin.adjustment.invalid_receiving_account_code";
    if (!ledger_code_is(asset, ACCOUNT_ASSET))
        return err_set_key(err, ERR_INVALID, asset_key, "no asset: %lld", (long long)asset);
    if (!ledger_code_is_known(receiving) || ledger_code_is(receiving, ACCOUNT_ASSET))
        return err_set_key(err, ERR_INVALID, receiving_key, "no receiving account: %lld",
                           (long long)receiving);
    return fits_currency(asset, is_coin, asset_key, err) &&
           fits_currency(receiving, is_coin, receiving_key, err);
}

static bool draft_check(const struct adjustment_draft *draft, struct err *err)
{
    if (!rule_present("Reason", draft->reason, err) ||
        !rule_length("Reason", draft->reason, 255, err) ||
        !rule_present("Description", draft->description, err) ||
        !rule_length("Description", draft->description, DESCRIPTION_CHARACTERS_MAX, err) ||
        !rule_word("Category", draft->category, adjustment_categories, err))
        return false;
    return !dec_is_zero(draft->amount.value) ||
           err_set(err, ERR_INVALID, "Amount must be other than 0");
}

/* Liabilities are somebody's; nothing else is. */
static bool receiver_check(struct db *db, const struct adjustment_draft *draft, struct err *err)
{
    struct member member;
    const char *uid = draft->receiving_member_uid;
    bool is_liability = ledger_code_has_member(draft->receiving_account_code.value);
    if (!is_liability)
        return true;
    if (!uid || !*uid)
        return err_set_key(err, ERR_INVALID, "admin.adjustment.missing_receiving_member_uid",
                           "whose liability?");
    if (members_by_uid(db, uid, &member, err))
        return true;
    return err->code == ERR_NOT_FOUND
               ? err_set_key(err, ERR_INVALID, "admin.user.doesnt_exist", "no such member")
               : false;
}

static bool create_unit(struct db *db, void *arg, struct err *err)
{
    struct create_work *work = arg;
    const struct adjustment_draft *draft = work->draft;
    struct adjustment *row = &work->row;
    struct currency currency;
    if (!draft_check(draft, err))
        return false;
    if (!currency_get(db, work->change->arena, draft->currency_id, &currency, err))
        return err->code == ERR_NOT_FOUND
                   ? err_set_key(err, ERR_INVALID, "admin.adjustment.currency_doesnt_exist",
                                 "no such currency")
                   : false;
    if (!codes_check(draft, currency.is_coin, err) || !receiver_check(db, draft, err))
        return false;
    row->reason = draft->reason;
    row->description = draft->description;
    row->amount = draft->amount.value;
    row->asset_account_code = draft->asset_account_code.value;
    row->category = adjustment_category_number(draft->category);
    row->state = ADJUSTMENT_PENDING;
    memcpy(row->currency_id, currency.id, sizeof(row->currency_id));
    long long code = (long long)draft->receiving_account_code.value;
    char *number = row->receiving_account_number;
    if (ledger_code_has_member(code))
        snprintf(number, ADJUSTMENT_NUMBER_SIZE, "%s-%lld-%s", currency.id, code,
                 draft->receiving_member_uid);
    else
        snprintf(number, ADJUSTMENT_NUMBER_SIZE, "%s-%lld", currency.id, code);
    return adjustment_insert(db, row, work->change->now_us, err);
}

bool adjustment_create(const struct change *change, const struct adjustment_draft *draft,
                       uint64_t creator_id, struct adjustment *ret_adjustment, struct err *err)
{
    struct create_work work = {.change = change, .draft = draft, .row = {.creator_id = creator_id}};
    if (!db_transaction(change->db, create_unit, &work, err))
        return false;
    return adjustment_get(change->db, change->arena, work.row.id, ret_adjustment, err);
}

/* ---- deciding ---- */

struct decide_work {
    const struct change *change;
    const struct adjustment_decision *decision;
    uint64_t journal_id;
};

/* The same side on both accounts; on an expense the other one (reference 2.6). */
static bool entry_of(struct db *db, const struct adjustment *adjustment,
                     struct ledger_entry *ret_entry, struct err *err)
{
    struct receiving_account receiving = receiving_account_of(adjustment);
    struct member member = {.id = 0};
    if (ledger_code_has_member(receiving.code) &&
        !members_by_uid(db, receiving.uid ? receiving.uid : "", &member, err))
        return false;
    bool is_expense = ledger_code_is(receiving.code, ACCOUNT_EXPENSE);
    *ret_entry = (struct ledger_entry){
        .reference_type = "adjustment",
        .reference_id = adjustment->id,
        .event = "accept",
        .member_id = member.id,
        .code_a = (int16_t)adjustment->asset_account_code,
        .amount_a = adjustment->amount,
        .code_b = (int16_t)receiving.code,
        .amount_b = is_expense ? dec_neg(adjustment->amount) : adjustment->amount,
    };
    memcpy(ret_entry->currency_id, adjustment->currency_id, sizeof(ret_entry->currency_id));
    return true;
}

static bool decide_unit(struct db *db, void *arg, struct err *err)
{
    struct decide_work *work = arg;
    const struct adjustment_decision *decision = work->decision;
    struct adjustment adjustment;
    struct ledger_entry entry;
    if (!adjustment_find_locked(db, work->change->arena, decision->id, &adjustment, err))
        return false;
    if (adjustment.state != ADJUSTMENT_PENDING)
        return err_set(err, ERR_STATE_CONFLICT, "adjustment %lu is %s",
                       (unsigned long)adjustment.id, adjustment_state_word(adjustment.state));
    adjustment.validator_id = decision->validator_id;
    adjustment.state = decision->accept ? ADJUSTMENT_ACCEPTED : ADJUSTMENT_REJECTED;
    adjustment.journal_id = decision->accept ? work->journal_id : 0;
    if (!adjustment_decide(db, &adjustment, work->change->now_us, err))
        return false;
    return !decision->accept ||
           (entry_of(db, &adjustment, &entry, err) &&
            journal_post(db, "admin", work->journal_id, &entry, 1, work->change->now_us, err));
}

bool adjustment_settle(const struct change *change, const struct adjustment_decision *decision,
                       struct adjustment *ret_adjustment, struct err *err)
{
    struct decide_work work = {.change = change, .decision = decision};
    if (decision->accept && !sequence_reserve(change->db, "journal", 1, &work.journal_id, err))
        return false;
    return db_transaction(change->db, decide_unit, &work, err) &&
           adjustment_get(change->db, change->arena, decision->id, ret_adjustment, err);
}
