#include "accounting/store/accounts.h"

#include <stdlib.h>
#include <string.h>

#include "accounting/store/sql.h"

struct account_key account_key(uint64_t member_id, const char *currency_id)
{
    struct account_key key = {.member_id = member_id};
    size_t length = strlen(currency_id);
    assert(member_id != 0 && length > 0 && length < sizeof(key.currency_id));
    memcpy(key.currency_id, currency_id, length);
    return key;
}

int account_key_cmp(const struct account_key *a, const struct account_key *b)
{
    if (a->member_id != b->member_id)
        return a->member_id < b->member_id ? -1 : 1;
    return strcmp(a->currency_id, b->currency_id);
}

static int compare_keys(const void *a, const void *b)
{
    return account_key_cmp(a, b);
}

static int compare_deltas(const void *a, const void *b)
{
    const struct account_delta *left = a, *right = b;
    return account_key_cmp(&left->key, &right->key);
}

size_t account_keys_sort(struct account_key *keys, size_t count)
{
    size_t kept = 0;
    qsort(keys, count, sizeof(keys[0]), compare_keys);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || account_key_cmp(&keys[kept - 1], &keys[i]) != 0)
            keys[kept++] = keys[i];
    return kept;
}

size_t account_deltas_merge(struct account_delta *deltas, size_t count)
{
    size_t sums = 0, kept = 0;
    qsort(deltas, count, sizeof(deltas[0]), compare_deltas);
    for (size_t i = 0; i < count; i++) {
        if (sums > 0 && account_key_cmp(&deltas[sums - 1].key, &deltas[i].key) == 0) {
            struct account_delta *sum = &deltas[sums - 1];
            bool fits = dec_add(sum->balance, deltas[i].balance, &sum->balance) &&
                        dec_add(sum->locked, deltas[i].locked, &sum->locked);
            assert(fits); /* each is bounded by what its order locked */
        } else {
            deltas[sums++] = deltas[i];
        }
    }
    for (size_t i = 0; i < sums; i++)
        if (!dec_is_zero(deltas[i].balance) || !dec_is_zero(deltas[i].locked))
            deltas[kept++] = deltas[i];
    return kept;
}

void accounts_lock_sql(struct db *db, struct str *sql, const struct account_key *keys, size_t count)
{
    assert(count > 0);
    /* The list drives, so that rows are found by primary key and locked in its order. */
    str_add(sql, "SELECT a.member_id, a.currency_id, a.balance, a.locked FROM (WITH k (m, c) AS "
                 "(VALUES ");
    for (size_t i = 0; i < count; i++)
        db_sql_row(db, sql, i == 0,
                   DB_ARGS(DB_U64(keys[i].member_id), DB_TEXT(keys[i].currency_id)));
    str_add(sql, ") SELECT * FROM k) n STRAIGHT_JOIN accounts a ON a.member_id = n.m AND "
                 "a.currency_id = CONVERT(n.c USING ascii) COLLATE ascii_bin FOR UPDATE;");
}

size_t accounts_from_rows(struct db_result *rows, struct account *accounts)
{
    size_t count = 0;
    while (db_row_next(rows)) {
        struct account *account = &accounts[count++];
        account->key = account_key(db_get_u64(rows, 0), db_get_text(rows, 1));
        account->balance = db_get_dec(rows, 2);
        account->locked = db_get_dec(rows, 3);
        assert(count == 1 || account_key_cmp(&accounts[count - 2].key, &account->key) < 0);
    }
    return count;
}

struct account *account_find(struct account *accounts, size_t count, const struct account_key *key)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = account_key_cmp(&accounts[middle].key, key);
        if (order == 0)
            return &accounts[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

void accounts_update_sql(struct db *db, struct str *sql, const struct account_delta *deltas,
                         size_t count, int64_t now_us)
{
    if (count == 0)
        return;
    /* Not INSERT ... ON DUPLICATE KEY: the CHECK would be tested on the delta, not on the sum. */
    str_add(sql, "UPDATE (WITH d (m, c, b, l) AS (VALUES ");
    for (size_t i = 0; i < count; i++)
        db_sql_row(db, sql, i == 0,
                   DB_ARGS(DB_U64(deltas[i].key.member_id), DB_TEXT(deltas[i].key.currency_id),
                           DB_DEC(deltas[i].balance), DB_DEC(deltas[i].locked)));
    db_sql(db, sql,
           ") SELECT * FROM d) n STRAIGHT_JOIN accounts a ON a.member_id = n.m AND a.currency_id = "
           "CONVERT(n.c USING ascii) COLLATE ascii_bin SET a.balance = a.balance + n.b, "
           "a.locked = a.locked + n.l, a.updated_at = ?;",
           DB_ARGS(DB_TIME(now_us)));
    sql_expect_rows(sql, count);
}

void accounts_create_sql(struct db *db, struct str *sql, const struct account_key *keys,
                         size_t count, int64_t now_us)
{
    if (count == 0)
        return;
    str_add(sql, "INSERT IGNORE INTO accounts (member_id, currency_id, created_at, updated_at) "
                 "VALUES ");
    for (size_t i = 0; i < count; i++)
        db_sql_row(db, sql, i == 0,
                   DB_ARGS(DB_U64(keys[i].member_id), DB_TEXT(keys[i].currency_id), DB_TIME(now_us),
                           DB_TIME(now_us)));
    str_add(sql, ";");
}
