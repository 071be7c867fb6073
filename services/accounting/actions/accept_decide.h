/*
 * accept_decide.h: the state of one group commit, and the decisions in it: which intakes pass, what
 * they lock, which commands they become. Everything is decided against rows that the transaction
 * holds; nothing here talks to the database.
 */
#ifndef ACCOUNTING_ACTIONS_ACCEPT_DECIDE_H
#define ACCOUNTING_ACTIONS_ACCEPT_DECIDE_H

#include "accounting/actions/accept_batch.h"
#include "accounting/actions/limits.h"
#include "accounting/actions/order_accept.h"
#include "accounting/domain/ledger.h"
#include "accounting/store/accounts.h"
#include "accounting/store/journal_sql.h"
#include "base/str.h"
#include "db/db.h"

struct parcel;

/* The journal of one market: where it stood when it was locked, and where it stands now. */
struct market_commands {
    char id[MARKET_ID_SIZE];
    uint64_t first_seq, command_seq;
};

struct client_row {
    uint64_t member_id, order_id;
    char client_order_id[CLIENT_ORDER_ID_SIZE];
    uint8_t digest[32];
};

enum { KNOWN_ACCOUNTS = 1 << 15 };

struct accept_batch {
    struct accounting *app;
    struct intake **intakes;
    size_t count;
    int64_t now_us;

    /* Ids that are reserved for this writer. */
    uint64_t order_id_next, order_ids_end, journal_id_next, journal_ids_end;
    uint64_t order_ids_used, journal_ids_used; /* by this transaction */

    /* What the transaction locks. */
    struct account_key keys[ACCEPT_BATCH_MAX];
    struct account accounts[ACCEPT_BATCH_MAX];
    struct market_commands markets[ACCEPT_BATCH_MAX];
    struct client_row clients[ACCEPT_BATCH_MAX];
    struct seal_head seal;
    size_t keys_count, accounts_count, markets_count, clients_count, amends_count, client_rows;

    /* What it writes. */
    struct account_delta deltas[ACCEPT_BATCH_MAX];
    struct account_key new_keys[ACCEPT_BATCH_MAX]; /* accounts for the income, if they are new */
    const struct order *orders[ACCEPT_BATCH_MAX];
    struct ledger_entry entries[ACCEPT_BATCH_MAX];
    struct command commands[ACCEPT_BATCH_MAX];
    size_t command_market[ACCEPT_BATCH_MAX]; /* index into markets */
    struct parcel *parcels[ACCEPT_BATCH_MAX];
    size_t deltas_count, new_keys_count, orders_count, entries_count, commands_count;
    struct str sql, seal_text, events, wire;

    /* What it knows of its last commits: see accept_memory.h. */
    struct market_commands tails[MARKETS_MAX];
    struct seal_head known_seal;
    size_t tails_count;
    bool knows_seal;
    unsigned reads_left;

    /* Accounts that are known to exist; a direct-mapped memory, to spare an INSERT IGNORE. */
    struct account_key known[KNOWN_ACCOUNTS];
};

/* Reading the locked rows. */
void accept_take_clients(struct accept_batch *batch, struct db_result *rows);
void accept_take_amended(struct accept_batch *batch, struct db_result *rows);

/* Sets ok and err of each intake, and what the transaction has to write. */
void accept_decide(struct accept_batch *batch);

/* After the commit: the ids are used, the accounts are known. */
void accept_commit_ids(struct accept_batch *batch);

/* SHA-256 over what was asked for: the same client order id must ask for the same. */
void accept_request_digest(const struct order *order, uint8_t ret_digest[static 32]);

#endif
