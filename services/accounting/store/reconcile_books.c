/* reconcile_books.c: what the books say of the coins of a chain, in sums. */
#include "accounting/store/reconcile.h"

#include <string.h>

#include "accounting/store/chain_feed.h"
#include "base/auto.h"

DEFINE_AUTO(struct db_result, db_result_free);

/* Entries of the ledger are found by ledger_posted: they are few among those of trading. */
#define MOVED(table, reference)                                                                    \
    "SELECT d.currency_id, NULL, 'in_books', NULL, SUM(IF(l.code_a = 102, l.amount_a, 0) + "       \
    "IF(l.code_b = 102, l.amount_b, 0)) FROM ledger_posted p JOIN ledger l ON l.id = p.ledger_id " \
    "JOIN " table " d ON d.id = l.reference_id WHERE p.type = 1 AND l.reference_type = "           \
    "'" reference "' AND d.blockchain_key = ? GROUP BY 1"
#define SENT_BACK                                                                                  \
    "EXISTS (SELECT 1 FROM refunds r WHERE r.deposit_id = d.id AND r.state = 'processed')"

static const char lines_sql[] = MOVED("deposits", "deposit") " UNION ALL " MOVED(
    "withdraws",
    "withdraw") " UNION ALL "
                "SELECT currency_id, NULL, 'fees_booked', NULL, booked FROM chain_fees WHERE "
                "blockchain_key = ?"
                " UNION ALL "
                "SELECT currency_id, NULL, 'fees_waiting', units, NULL FROM chain_dust WHERE "
                "blockchain_key = ?"
                " UNION ALL "
                "SELECT d.currency_id, NULL, 'not_credited', SUM(CAST(d.units AS DECIMAL(65,0))), "
                "NULL FROM "
                "deposits d WHERE d.blockchain_key = ? AND d.type = 'coin' AND d.confirmed AND NOT "
                "d.credited "
                "AND d.units IS NOT NULL AND NOT " SENT_BACK " GROUP BY 1 UNION ALL "
                "SELECT d.currency_id, NULL, 'dust', SUM(d.dust), NULL FROM deposits d WHERE "
                "d.blockchain_key "
                "= ? AND d.credited AND NOT d.reverted AND d.dust > 0 AND NOT " SENT_BACK
                " GROUP BY 1 UNION ALL "
                /* Unless it was taken back by a later event, which then is parked as well. */
                "SELECT NULL, LOWER(JSON_VALUE(k.event, '$.contract')), 'parked', "
                "SUM(CAST(JSON_VALUE(k.event, '$.units') AS DECIMAL(65,0))), NULL FROM "
                "chain_parked k WHERE "
                "k.state = 'parked' AND k.name = 'transfer.confirmed' AND JSON_VALUE(k.event, "
                "'$.chain') = ? "
                "AND NOT EXISTS (SELECT 1 FROM chain_parked m WHERE m.state = 'parked' AND m.seq > "
                "k.seq AND "
                "m.name LIKE 'transfer.%' AND JSON_VALUE(m.event, '$.chain') = ? AND "
                "JSON_VALUE(m.event, "
                "'$.transfer_id') = JSON_VALUE(k.event, '$.transfer_id')) GROUP BY 2";

static bool line_of(const char *word, enum reconcile_line *ret_line)
{
    for (int line = 0; line < RECONCILE_LINES_COUNT; line++)
        if (strcmp(reconcile_line_word((enum reconcile_line)line), word) == 0) {
            *ret_line = (enum reconcile_line)line;
            return true;
        }
    return false;
}

bool book_lines_read(struct db *db, struct arena *arena, const char *blockchain_key,
                     struct book_lines *ret_lines, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    const struct db_value key = DB_TEXT(blockchain_key);
    struct book_lines lines = {0};
    if (!chain_feed_read(db, &lines.seq, err) ||
        !db_query(db, lines_sql, DB_ARGS(key, key, key, key, key, key, key, key), &result, err))
        return false;
    struct row_reader reader = {.result = result, .arena = arena};
    lines.rows = arena_alloc(arena, (db_row_count(result) + 1) * sizeof(*lines.rows));
    while (lines.rows && db_row_next(result)) {
        struct book_line *row = &lines.rows[lines.count++];
        bool is_known = line_of(db_get_text(result, 2), &row->line);
        assert(is_known);
        row->currency_id = row_text(&reader, 0);
        row->contract = row_text(&reader, 1);
        row->units = row_text(&reader, 3);
        if (!row->units)
            row->amount = db_get_dec(result, 4);
    }
    if (!lines.rows || reader.failed)
        return err_set(err, ERR_BUSY, "no memory for the books of a chain");
    *ret_lines = lines;
    return true;
}

bool chain_fee_add(struct db *db, const char *blockchain_key, const char *currency_id,
                   struct dec fee, struct err *err)
{
    return db_exec(db,
                   "INSERT INTO chain_fees (blockchain_key, currency_id, booked) VALUES (?, ?, ?)"
                   " ON DUPLICATE KEY UPDATE booked = booked + VALUES(booked)",
                   DB_ARGS(DB_TEXT(blockchain_key), DB_TEXT(currency_id), DB_DEC(fee)), NULL, err);
}
