/* settings.c: what we refuse to run on. A row is a question to the server and the good answer. */
#include "db/internal.h"

#include <string.h>

#include "base/auto.h"

struct setting_row {
    const char *name;   /* as in the configuration of the server, for whoever has to repair it */
    const char *sql;    /* an expression: 1 is good */
    const char *shown;  /* an expression: what it is now */
    bool is_durability; /* may be weak where the configuration allows it */
};

/* clang-format off */
static const struct setting_row setting_rows[] = {
    {"innodb_flush_log_at_trx_commit=1",
     "@@innodb_flush_log_at_trx_commit = 1", "@@innodb_flush_log_at_trx_commit", true},
    {"sync_binlog=1",
     "@@log_bin = 0 OR @@sync_binlog = 1", "@@sync_binlog", true},
    {"innodb_doublewrite=ON",
     "@@innodb_doublewrite <> 0", "@@innodb_doublewrite", true},
    {"transaction_isolation=READ-COMMITTED",
     "@@tx_isolation = 'READ-COMMITTED'", "@@tx_isolation", false},
    {"autocommit=ON",
     "@@autocommit = 1", "@@autocommit", false},
    {"time_zone=+00:00",
     "@@time_zone = '+00:00'", "@@time_zone", false},
    {"sql_mode with STRICT_ALL_TABLES",
     "FIND_IN_SET('STRICT_ALL_TABLES', @@sql_mode) > 0", "@@sql_mode", false},
    {"sql_mode without ANSI_QUOTES",
     "FIND_IN_SET('ANSI_QUOTES', @@sql_mode) = 0", "@@sql_mode", false},
    {"secure_timestamp=NO", /* statements get the time of their rows */
     "@@secure_timestamp = 'NO'", "@@secure_timestamp", false},
    {"character_set_client=utf8mb4",
     "@@character_set_client = 'utf8mb4'", "@@character_set_client", false},
    {"character_set_connection=utf8mb4",
     "@@character_set_connection = 'utf8mb4'", "@@character_set_connection", false},
    {"check_constraint_checks=ON",
     "@@check_constraint_checks = 1", "@@check_constraint_checks", false},
    {"foreign_key_checks=ON",
     "@@foreign_key_checks = 1", "@@foreign_key_checks", false},
};
/* clang-format on */

bool db_check_settings(struct db *db, struct err *err)
{
    AUTO(str_release) struct str sql = STR_INIT(8192), wrong = STR_INIT(8192);
    struct db_result *rows;

    for (size_t i = 0; i < ARRAY_LEN(setting_rows); i++) {
        str_add(&sql, i == 0 ? "SELECT " : ",");
        str_add_format(&sql, "(%s),%s", setting_rows[i].sql, setting_rows[i].shown);
    }
    if (!db_query_str(db, &sql, &rows, err))
        return false;
    bool has_row = db_row_next(rows);
    assert(has_row);
    for (unsigned i = 0; i < ARRAY_LEN(setting_rows); i++) {
        const struct setting_row *row = &setting_rows[i];
        if (db_get_bool(rows, 2 * i) || (row->is_durability && db->config.weak_durability_allowed))
            continue;
        const char *shown = db_get_text(rows, 2 * i + 1);
        str_add_format(&wrong, "%s%s (is %.24s)", wrong.length > 0 ? ", " : "", row->name,
                       shown ? shown : "NULL");
    }
    db_result_free(rows);
    assert(str_ok(&wrong));
    if (wrong.length > 0)
        return err_set(err, ERR_CONFIG, "database: needs %s", wrong.data);
    return true;
}
