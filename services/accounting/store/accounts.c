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

/* All deltas go one way: balance by `balance`, locked by `locked` (1 or -1). */
static bool go_one_way(const struct account_delta *deltas, size_t count, int balance, int locked)
{
    for (size_t i = 0; i < count; i++)
        if ((balance > 0 ? dec_is_negative(deltas[i].balance)
                         : dec_is_positive(deltas[i].balance)) ||
            (locked > 0 ? dec_is_negative(deltas[i].locked) : dec_is_positive(deltas[i].locked)))
            return false;
    return true;
}

static struct dec size_of(struct dec amount)
{
    return dec_is_negative(amount) ? dec_neg(amount) : amount;
}

/*
 * Cheaper than a join by a fifth, where all deltas have the same signs, as those of the pipeline have:
 * a CHECK is tested on the row that is to be inserted first, so the sizes are written and the signs stand
 * in the update. A row that was there counts twice, a row that was not fails the count.
 */
static void write_sizes(struct db *db, struct str *sql, const struct account_delta *deltas,
                        size_t count, bool holds, int64_t now_us)
{
    str_add(sql, "INSERT INTO accounts (member_id, currency_id, balance, locked) VALUES ");
    for (size_t i = 0; i < count; i++)
        db_sql_row(db, sql, i == 0,
                   DB_ARGS(DB_U64(deltas[i].key.member_id), DB_TEXT(deltas[i].key.currency_id),
                           DB_DEC(size_of(deltas[i].balance)), DB_DEC(size_of(deltas[i].locked))));
    str_add(sql, holds ? " ON DUPLICATE KEY UPDATE balance = balance - VALUES(balance), "
                         "locked = locked + VALUES(locked), "
                       : " ON DUPLICATE KEY UPDATE balance = balance + VALUES(balance), "
                         "locked = locked - VALUES(locked), ");
    db_sql(db, sql, "updated_at = ?;", DB_ARGS(DB_TIME(now_us)));
    sql_expect_rows(sql, 2 * count);
}

void accounts_update_sql(struct db *db, struct str *sql, const struct account_delta *deltas,
                         size_t count, int64_t now_us)
{
    if (count == 0)
        return;
    bool holds = go_one_way(deltas, count, -1, 1);
    if (holds || go_one_way(deltas, count, 1, -1)) {
        write_sizes(db, sql, deltas, count, holds, now_us);
        return;
    }
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
