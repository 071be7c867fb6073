/* connection.c: one connection, its session settings, and finding out that it broke. */
#include "db/connector.h"
#include "db/internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/*
 * READ COMMITTED takes no gap locks, so batches of unrelated rows do not meet. A statement that
 * runs longer than our deadline is ended by the server, not left behind with its locks.
 */
static const char session_sql[] =
    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED;"
    "SET SESSION autocommit = 1, time_zone = '+00:00',"
    " sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
    "NO_ENGINE_SUBSTITUTION',"
    " innodb_lock_wait_timeout = ?, lock_wait_timeout = ?, max_statement_time = ?;"
    "SELECT @@max_allowed_packet";

/* Copies a string into the one block that holds them all. NULL is "". */
static const char *keep(char **at, const char *text)
{
    size_t size = strlen(text ? text : "") + 1;
    char *copy = *at;
    memcpy(copy, text ? text : "", size);
    *at += size;
    return copy;
}

static bool config_copy(struct db *db, const struct db_config *config, struct err *err)
{
    const char *const texts[] = {config->socket, config->host, config->user, config->password,
                                 config->name};
    size_t size = 0;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        size += strlen(texts[i] ? texts[i] : "") + 1;
    char *at = db->texts = malloc(size);
    if (!at)
        return err_set(err, ERR_INTERNAL, "database: no memory");
    db->config = *config;
    db->config.socket = keep(&at, config->socket);
    db->config.host = keep(&at, config->host);
    db->config.user = keep(&at, config->user);
    db->config.password = keep(&at, config->password);
    db->config.name = keep(&at, config->name);
    return true;
}

static bool session_prepare(struct db *db, unsigned timeout_s, struct err *err)
{
    /* Less than our own deadline, so that the server is the one who gives up. */
    unsigned statement_s = timeout_s > 5 ? timeout_s - 5 : 1;
    struct db_result *rows;
    db->bytes_max = DB_STATEMENT_BYTES_MAX;
    if (!db_query(db, session_sql,
                  DB_ARGS(DB_U64(DB_LOCK_WAIT_S), DB_U64(2 * DB_LOCK_WAIT_S), DB_U64(statement_s)),
                  &rows, err))
        return false;
    bool has_row = db_row_next(rows);
    assert(has_row);
    uint64_t packet = db_get_u64(rows, 0);
    db_result_free(rows);
    /* The packet carries one byte of command in front of the text. */
    if (packet - 1 < db->bytes_max)
        db->bytes_max = (size_t)packet - 1;
    return true;
}

bool db_connect(struct db *db, unsigned timeout_s, struct err *err)
{
    const struct db_config *config = &db->config;
    unsigned connect_timeout_s = DB_CONNECT_TIMEOUT_S;
    unsigned long packet_max = DB_STATEMENT_BYTES_MAX + 4096;
    my_bool off = 0;

    assert(db->mysql == NULL);
    MYSQL *mysql = mysql_init(NULL);
    if (!mysql)
        return err_set(err, ERR_INTERNAL, "database: no memory");
    mysql_options(mysql, MYSQL_OPT_CONNECT_TIMEOUT, &connect_timeout_s);
    mysql_options(mysql, MYSQL_OPT_READ_TIMEOUT, &timeout_s);
    mysql_options(mysql, MYSQL_OPT_WRITE_TIMEOUT, &timeout_s);
    mysql_options(mysql, MYSQL_OPT_MAX_ALLOWED_PACKET, &packet_max);
    mysql_options(mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    mysql_options(mysql, MYSQL_OPT_RECONNECT, &off);
    mysql_options(mysql, MYSQL_OPT_LOCAL_INFILE, &off);

    bool by_socket = config->socket[0] != '\0';
    /* FOUND_ROWS: "affected" counts rows that match, also those that already have the value. */
    unsigned long flags = CLIENT_MULTI_STATEMENTS | CLIENT_FOUND_ROWS;
    if (!mysql_real_connect(mysql, by_socket ? NULL : config->host, config->user, config->password,
                            config->name[0] ? config->name : NULL, by_socket ? 0 : config->port,
                            by_socket ? config->socket : NULL, flags)) {
        unsigned number = mysql_errno(mysql);
        /* The server is there and says no (1044, 1045, 1049, 1698); else it may come back. */
        bool refused = number == 1044 || number == 1045 || number == 1049 || number == 1698;
        err_set(err, refused ? ERR_CONFIG : ERR_DB_UNAVAILABLE, "database: %u %s", number,
                mysql_error(mysql));
        mysql_close(mysql);
        return false;
    }
    db->mysql = mysql;
    db->timeout_s = timeout_s;
    /* Each time: the server that comes back need not be configured like the one that went. */
    if (!session_prepare(db, timeout_s, err) || !db_check_settings(db, err)) {
        db_disconnect(db);
        return false;
    }
    return true;
}

void db_disconnect(struct db *db)
{
    if (db->mysql)
        mysql_close(db->mysql);
    db->mysql = NULL;
}

bool db_open(const struct db_config *config, struct db **ret_db, struct err *err)
{
    struct db *db = calloc(1, sizeof(*db));
    if (!db)
        return err_set(err, ERR_INTERNAL, "database: no memory");
    db->scratch = STR_INIT(DB_STATEMENT_BYTES_MAX);
    if (!config_copy(db, config, err) || !db_connect(db, DB_TIMEOUT_S, err)) {
        db_close(db);
        return false;
    }
    *ret_db = db;
    return true;
}

void db_close(struct db *db)
{
    if (!db)
        return;
    db_disconnect(db);
    str_release(&db->scratch);
    free(db->texts);
    free(db);
}

/*
 * A server that goes away, or ends our connection, closes the socket, perhaps after a last word.
 * Nothing is on its way to us between statements, so a socket that can be read is a broken one. A
 * look costs a system call and no round trip.
 */
static bool is_alive(const struct db *db)
{
    char byte;
    ssize_t count = recv(mysql_get_socket(db->mysql), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
}

bool db_ready(struct db *db, struct err *err)
{
    assert(!db->in_unit);
    if (db->mysql && !is_alive(db))
        db_disconnect(db);
    return db->mysql || db_connect(db, DB_TIMEOUT_S, err);
}

bool db_ping(struct db *db, struct err *err)
{
    return db_exec(db, "DO 0", DB_NONE, NULL, err);
}
