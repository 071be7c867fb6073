/*
 * internal.h: what the files of this module share. Nothing outside includes it but their tests.
 *
 *     connection.c   struct db: open, close, ready, ping
 *     sql.c          values into text
 *     run.c          text to the server, its answers and errors back
 *     result.c       rows and columns
 *     transaction.c  units of work, and when they run again
 *     migrate.c      the numbered files
 *     settings.c     what we refuse to run on
 */
#ifndef DB_INTERNAL_H
#define DB_INTERNAL_H

#ifdef DB_BANS_LATER /* see connector.h; not set for a test, which has the refusal already */
#undef BASE_BANNED_H
#include "base/banned.h"
#endif

#include "db/db.h"

enum {
    DB_CONNECT_TIMEOUT_S = 5,
    DB_LOCK_WAIT_S = 5,
    DB_SCRATCH_KEEP_BYTES = 1 << 20, /* what a connection keeps of its scratch text */
    DB_SETS_MAX = 64,                /* statements with rows in one round trip */
};

struct db {
    struct st_mysql *mysql; /* NULL: closed or broken; db_ready() opens it again */
    bool in_unit;           /* inside db_transaction(), db_snapshot() or db_retry() */
    bool text_bad;          /* why a struct str failed: a text was not UTF-8 */
    bool time_bad;          /* ... or a time was outside of the years 1 to 9999 */
    bool says_all;          /* error texts may show values: migrations have none */
    unsigned timeout_s;     /* of a round trip */
    unsigned statement;     /* of the last round trip: where it is, from 1 */
    int64_t deadline_us;    /* ... and by when all its answers are in */
    size_t bytes_max;       /* ... the server's max_allowed_packet, or ours */
    struct str scratch;     /* the text of db_exec() and db_query() */
    struct db_config config;
    char *texts; /* the strings of `config`, ours */
};

struct db_result {
    struct st_mysql_res *sets[DB_SETS_MAX];
    size_t sets_count, set;
    char **row; /* NULL: not on a row */
    unsigned long *lengths;
};

/* ---- connection.c ---- */

/* Opens db->mysql with this deadline for a whole round trip. */
bool db_connect(struct db *db, unsigned timeout_s, struct err *err) MUST_CHECK;
void db_disconnect(struct db *db);

/* ---- run.c ---- */

/* One round trip. ret_result NULL: rows are dropped. */
bool db_run(struct db *db, const char *sql, size_t length, uint64_t *ret_affected,
            struct db_result **ret_result, struct err *err) MUST_CHECK;
/* Ends whatever transaction is open; a connection that can't is closed, which does it as well. */
void db_rollback(struct db *db);
/* Whether the text has the statement COMMIT, outside of its literals. */
bool db_sql_has_commit(const char *sql, size_t length);

#endif
