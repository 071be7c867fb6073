#include "accounting/store/journal.h"

#include <string.h>

#include "accounting/domain/seal.h"
#include "accounting/store/accounts.h"
#include "accounting/store/journal_sql.h"
#include "base/auto.h"

enum { JOURNAL_SQL_BYTES_MAX = 4 << 20 };

DEFINE_AUTO(struct db_result, db_result_free);

bool sequence_reserve(struct db *db, const char *name, uint64_t count, uint64_t *ret_first,
                      struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    assert(count > 0);
    if (!db_query(db,
                  "UPDATE sequences SET next = LAST_INSERT_ID(next) + ? WHERE name = ?;"
                  "SELECT LAST_INSERT_ID(), ROW_COUNT()",
                  DB_ARGS(DB_U64(count), DB_TEXT(name)), &rows, err))
        return false;
    if (!db_row_next(rows) || db_get_u64(rows, 0) == 0)
        return err_set(err, ERR_INTERNAL, "sequence %s is missing", name);
    *ret_first = db_get_u64(rows, 0);
    return true;
}

/* What one leg does to a member's account; platform accounts have no row there. */
static void add_delta(const struct ledger_entry *entry, int16_t code, struct dec amount,
                      struct account_delta *deltas, size_t *count)
{
    if (code == 0 || entry->member_id == 0 || account_code_type(code) != ACCOUNT_LIABILITY)
        return;
    bool is_locked = code / 10 % 10 == KIND_LOCKED;
    deltas[(*count)++] = (struct account_delta){
        .key = account_key(entry->member_id, entry->currency_id),
        .balance = is_locked ? DEC_ZERO : amount,
        .locked = is_locked ? amount : DEC_ZERO,
    };
}

/* What a posting has locked. */
struct locked {
    struct account_key keys[2 * JOURNAL_ENTRIES_MAX]; /* sorted */
    struct account accounts[2 * JOURNAL_ENTRIES_MAX];
    size_t count, found;
    struct seal_head head;
};

static bool read_locked(struct db *db, const char *writer, bool create, int64_t now_us,
                        struct locked *locked, struct err *err)
{
    AUTO(str_release) struct str sql = STR_INIT(JOURNAL_SQL_BYTES_MAX);
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;

    if (create)
        accounts_create_sql(db, &sql, locked->keys, locked->count, now_us);
    if (locked->count > 0)
        accounts_lock_sql(db, &sql, locked->keys, locked->count);
    seal_lock_sql(db, &sql, writer);
    if (!db_query_str(db, &sql, &rows, err))
        return false;
    locked->found = 0;
    if (locked->count > 0) {
        locked->found = accounts_from_rows(rows, locked->accounts);
        if (!db_result_next(rows))
            return err_set(err, ERR_INTERNAL, "the seal of %s was not read", writer);
    }
    seal_head_from_rows(rows, &locked->head);
    return true;
}

static bool delta_check(struct locked *locked, const struct account_delta *delta, struct err *err)
{
    const struct account *account = account_find(locked->accounts, locked->found, &delta->key);
    unsigned long member = (unsigned long)delta->key.member_id;
    const char *currency = delta->key.currency_id;
    struct dec balance, held;
    if (!account)
        return err_set(err, ERR_INTERNAL, "account %s of member %lu was not made", currency,
                       member);
    if (!dec_add(account->balance, delta->balance, &balance) ||
        !dec_add(account->locked, delta->locked, &held))
        return err_set(err, ERR_OVERFLOW, "account %s of member %lu leaves the range", currency,
                       member);
    if (dec_is_negative(balance) || dec_is_negative(held)) {
        char has[DEC_TEXT_SIZE];
        return err_set(err, ERR_FUNDS_INSUFFICIENT, "member %lu has %s %s", member,
                       dec_text(dec_is_negative(balance) ? account->balance : account->locked, has),
                       currency);
    }
    return true;
}

/* Locks the accounts, makes those that are missing; refuses what would go below zero. Accounts are
 * made only then: INSERT IGNORE locks rows that exist for reading, and two that did so would wait
 * for each other to write. */
static bool lock_and_check(struct db *db, const char *writer, const struct account_delta *deltas,
                           size_t count, int64_t now_us, struct seal_head *ret_head,
                           struct err *err)
{
    struct locked locked = {.count = count};
    for (size_t i = 0; i < count; i++)
        locked.keys[i] = deltas[i].key;
    if (!read_locked(db, writer, false, now_us, &locked, err) ||
        (locked.found < count && !read_locked(db, writer, true, now_us, &locked, err)))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!delta_check(&locked, &deltas[i], err))
            return false;
    *ret_head = locked.head;
    return true;
}

/* The rows of `ledger_posted`: one for each type of account that an entry touches. */
static void posted_insert_sql(struct db *db, struct str *sql, const struct ledger_entry *entries,
                              size_t count)
{
    str_add(sql, "INSERT INTO ledger_posted (type, ledger_id) VALUES ");
    for (size_t i = 0; i < count; i++) {
        enum account_type type = account_code_type(entries[i].code_a);
        enum account_type other = account_code_type(entries[i].code_b);
        db_sql_row(db, sql, i == 0, DB_ARGS(DB_U64(type), DB_U64(entries[i].id)));
        if (entries[i].code_b != 0 && other != type)
            db_sql_row(db, sql, false, DB_ARGS(DB_U64(other), DB_U64(entries[i].id)));
    }
    str_add(sql, ";");
}

bool journal_post(struct db *db, const char *writer, uint64_t first_id,
                  struct ledger_entry *entries, size_t count, int64_t now_us, struct err *err)
{
    AUTO(str_release) struct str sql = STR_INIT(JOURNAL_SQL_BYTES_MAX);
    AUTO(str_release) struct str text = STR_INIT(JOURNAL_SQL_BYTES_MAX);
    AUTO(str_release) struct str events = STR_INIT(JOURNAL_SQL_BYTES_MAX);
    struct account_delta deltas[2 * JOURNAL_ENTRIES_MAX];
    struct seal_head head;
    size_t deltas_count = 0;

    assert(count > 0 && count <= JOURNAL_ENTRIES_MAX && first_id != 0);
    for (size_t i = 0; i < count; i++) {
        entries[i].id = first_id + i;
        entries[i].created_at = now_us;
        add_delta(&entries[i], entries[i].code_a, entries[i].amount_a, deltas, &deltas_count);
        add_delta(&entries[i], entries[i].code_b, entries[i].amount_b, deltas, &deltas_count);
        seal_add_entry(&text, &entries[i]);
    }
    deltas_count = account_deltas_merge(deltas, deltas_count);
    if (!lock_and_check(db, writer, deltas, deltas_count, now_us, &head, err))
        return false;

    events_begin(&events);
    for (size_t i = 0; i < deltas_count; i++) {
        struct event_balance changed = {.member_id = deltas[i].key.member_id};
        memcpy(changed.currency_id, deltas[i].key.currency_id, sizeof(changed.currency_id));
        events_add(&events, EVENT_BALANCE, &changed, sizeof(changed));
    }
    accounts_update_sql(db, &sql, deltas, deltas_count, now_us);
    ledger_insert_sql(db, &sql, entries, count);
    posted_insert_sql(db, &sql, entries, count);
    seal_write_sql(db, &sql, writer, &head, &text, first_id, first_id + count - 1);
    outbox_insert_sql(db, &sql, &events, now_us);
    return db_exec_str(db, &sql, NULL, err);
}
