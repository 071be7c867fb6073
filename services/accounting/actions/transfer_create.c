#include "accounting/actions/transfer_create.h"

#include <string.h>

#include "accounting/actions/change_rules.h"
#include "accounting/domain/ledger_code.h"
#include "accounting/store/journal.h"

enum { KEY_CHARACTERS_MAX = 30 };
_Static_assert(2 * TRANSFER_OPERATIONS_MAX <= JOURNAL_ENTRIES_MAX, "a transfer is one posting");

const char transfer_categories[] = "wire refund purchases commission airdrop";
static const char *const category_words[] = {"wire", "refund", "purchases", "commission",
                                             "airdrop"};

struct work {
    const struct change *change;
    const struct transfer_request *asked;
    uint64_t first_id;
    struct transfer row;
    struct ledger_entry *entries;
};

static int64_t category_number(const char *word)
{
    for (size_t i = 0; i < ARRAY_LEN(category_words); i++)
        if (strcmp(category_words[i], word) == 0)
            return (int64_t)i + 1;
    return 0;
}

/* ---- rules ---- */

/* +1: liabilities and revenues, -1: assets and expenses. */
static int side_of(int64_t code)
{
    enum account_type type = account_code_type((int)code);
    return type == ACCOUNT_LIABILITY || type == ACCOUNT_REVENUE ? 1 : -1;
}

bool transfer_is_balanced(const struct transfer_operation *operations, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct dec sum = DEC_ZERO;
        for (size_t k = 0; k < count; k++) {
            const struct transfer_operation *each = &operations[k];
            if (strcmp(each->currency_id, operations[i].currency_id) != 0)
                continue;
            /* A debit there and a credit here, each times its side. */
            int change = side_of(each->destination_code) - side_of(each->source_code);
            if (change > 0 && !dec_add(sum, each->amount, &sum))
                return false;
            if (change < 0 && !dec_sub(sum, each->amount, &sum))
                return false;
        }
        if (!dec_is_zero(sum))
            return false;
    }
    return true;
}

static bool account_check(struct db *db, struct arena *arena, const char *currency_id, int64_t code,
                          struct err *err)
{
    struct currency currency;
    if (!ledger_code_is_known(code))
        return err_set(err, ERR_INVALID, "Validation failed: Code %lld is not in the chart",
                       (long long)code);
    if (!currency_get(db, arena, currency_id, &currency, err))
        return err->code == ERR_NOT_FOUND
                   ? err_set(err, ERR_INVALID, "Validation failed: Currency must exist")
                   : false;
    return currency.is_coin == ledger_code_is_coin(code) ||
           err_set(err, ERR_INVALID, "Validation failed: Code %lld is not for %s", (long long)code,
                   currency_id);
}

static bool request_check(struct db *db, const struct work *work, struct err *err)
{
    const struct transfer_request *asked = work->asked;
    bool taken;
    if (!rule_present("Key", asked->key, err) ||
        !rule_length("Key", asked->key, KEY_CHARACTERS_MAX, err) ||
        !rule_word("Category", asked->category, transfer_categories, err) ||
        !rule_length("Description", asked->description, 255, err))
        return err->code == ERR_INVALID ? err_wrap(err, "Validation failed") : false;
    if (!transfer_key_exists(db, asked->key, &taken, err))
        return false;
    if (taken)
        return err_set(err, ERR_INVALID, "Validation failed: Key has already been taken");
    for (size_t i = 0; i < asked->operations_count; i++) {
        const struct transfer_operation *each = &asked->operations[i];
        if (!account_check(db, work->change->arena, each->currency_id, each->source_code, err) ||
            !account_check(db, work->change->arena, each->currency_id, each->destination_code, err))
            return false;
    }
    return transfer_is_balanced(asked->operations, asked->operations_count) ||
           err_set(err, ERR_INVALID, "Validation failed: invalidates accounting equation");
}

/* ---- the transfer ---- */

static struct ledger_entry leg(const struct transfer *transfer,
                               const struct transfer_operation *operation, int64_t code,
                               uint64_t member_id, struct dec amount)
{
    struct ledger_entry entry = {
        .reference_type = "transfer",
        .reference_id = transfer->id,
        .event = "create",
        .member_id = ledger_code_has_member(code) ? member_id : 0,
        .code_a = (int16_t)code,
        .amount_a = amount,
    };
    memcpy(entry.currency_id, operation->currency_id, sizeof(entry.currency_id));
    return entry;
}

static bool create_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    const struct transfer_request *asked = work->asked;
    size_t count = asked->operations_count;

    if (!request_check(db, work, err))
        return false;
    work->row = (struct transfer){
        .key = asked->key,
        .description = asked->description,
        .category = category_number(asked->category),
    };
    if (!transfer_insert(db, &work->row, work->change->now_us, err)) {
        if (err->code == ERR_CONFLICT)
            err_set(err, ERR_INVALID, "Validation failed: Key has already been taken");
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const struct transfer_operation *each = &asked->operations[i];
        work->entries[2 * i] =
            leg(&work->row, each, each->source_code, each->source_member_id, dec_neg(each->amount));
        work->entries[2 * i + 1] = leg(&work->row, each, each->destination_code,
                                       each->destination_member_id, each->amount);
    }
    return journal_post(db, "admin", work->first_id, work->entries, 2 * count, work->change->now_us,
                        err);
}

bool transfer_create(const struct change *change, const struct transfer_request *transfer_request,
                     struct transfer *ret_transfer, struct ledger_entry *ret_entries,
                     struct err *err)
{
    size_t count = transfer_request->operations_count;
    struct work work = {.change = change, .asked = transfer_request, .entries = ret_entries};
    assert(count >= 1 && count <= TRANSFER_OPERATIONS_MAX);
    if (!sequence_reserve(change->db, "journal", 2 * count, &work.first_id, err) ||
        !db_transaction(change->db, create_unit, &work, err))
        return false;
    *ret_transfer = work.row;
    return true;
}

/* ---- one operation ---- */

struct post_work {
    const struct change *change;
    const struct operation_request *asked;
    uint64_t id;
    struct ledger_entry entry;
};

static bool post_unit(struct db *db, void *arg, struct err *err)
{
    struct post_work *work = arg;
    const struct operation_request *asked = work->asked;
    if (!account_check(db, work->change->arena, asked->currency_id, asked->code, err))
        return false;
    work->entry = (struct ledger_entry){
        .reference_type = "operation",
        .event = "post",
        .member_id = asked->member_id,
        .code_a = (int16_t)asked->code,
        .amount_a = asked->amount,
    };
    memcpy(work->entry.currency_id, asked->currency_id, sizeof(work->entry.currency_id));
    return journal_post(db, "admin", work->id, &work->entry, 1, work->change->now_us, err);
}

bool operation_post(const struct change *change, const struct operation_request *operation_request,
                    struct ledger_entry *ret_entry, struct err *err)
{
    struct post_work work = {.change = change, .asked = operation_request};
    assert(!dec_is_zero(operation_request->amount));
    if (!sequence_reserve(change->db, "journal", 1, &work.id, err) ||
        !db_transaction(change->db, post_unit, &work, err))
        return false;
    *ret_entry = work.entry;
    return true;
}
