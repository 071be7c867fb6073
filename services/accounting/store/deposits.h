/*
 * deposits.h: rows of deposits, of the parts they are collected in, of refunds, and of the members'
 * addresses, inside the caller's transaction. X_find_locked() reads FOR UPDATE; ERR_NOT_FOUND. Text
 * belongs to the arena.
 */
#ifndef ACCOUNTING_STORE_DEPOSITS_H
#define ACCOUNTING_STORE_DEPOSITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/domain/deposit.h"
#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"
#include "db/listing.h"

/* ---- deposits ---- */

struct deposit {
    uint64_t id, member_id;
    char currency_id[CURRENCY_ID_SIZE];
    bool is_coin;
    struct dec amount, fee, frozen;
    struct dec suspended; /* what the ledger has of it in suspense */
    const char *blockchain_key, *address, *from_addresses, *txid, *tid, *error;
    const char *transfer_id, *contract, *units, *hold_reason;
    int64_t txout, block_number; /* -1: none */
    int64_t transfer_type;       /* 0: none */
    enum deposit_state state;
    uint64_t dust;
    bool confirmed, credited, held_locked, reverted;
    int64_t completed_at, created_at, updated_at;
    /* Read only: */
    const char *uid, *email, *spread, *protocol, *warning;
    int64_t height; /* of the chain; 0: not known */
};

struct deposit_filter {
    uint64_t id, from_id, member_id; /* 0: any; from_id: above it */
    const char *currency_id, *blockchain_key, *txid, *address, *tid, *email, *type;
    const char *const *states;
    size_t states_count;
    const char *time_column; /* "created", "updated", "completed"; NULL: updated */
    int64_t from_us, to_us;  /* inclusive; 0: open */
};

/* Gives the id; ERR_CONFLICT: a unique key is taken. */
bool deposit_insert(struct db *db, struct deposit *deposit, int64_t now_us, struct err *err)
    MUST_CHECK;
/* Writes all that may change. */
bool deposit_update(struct db *db, struct deposit *deposit, int64_t now_us, struct err *err)
    MUST_CHECK;
/* Before the credit only: what came is something else now. */
bool deposit_set_units(struct db *db, const struct deposit *deposit, struct err *err) MUST_CHECK;
/* Whether the chain has it, of a deposit that is not credited; nobody is told. */
bool deposit_set_confirmed(struct db *db, uint64_t id, bool is_confirmed, struct err *err)
    MUST_CHECK;
bool deposit_find_locked(struct db *db, struct arena *arena, uint64_t id,
                         struct deposit *ret_deposit, struct err *err) MUST_CHECK;
bool deposit_find_tid_locked(struct db *db, struct arena *arena, const char *tid,
                             struct deposit *ret_deposit, struct err *err) MUST_CHECK;
bool deposit_get(struct db *db, struct arena *arena, uint64_t id, struct deposit *ret_deposit,
                 struct err *err) MUST_CHECK;
/* The first that meets the filter. */
bool deposit_find(struct db *db, struct arena *arena, const struct deposit_filter *filter,
                  struct deposit *ret_deposit, struct err *err) MUST_CHECK;
bool deposit_list(struct db *db, const struct deposit_filter *filter, struct listing *listing,
                  struct listed *ret_listed, struct err *err) MUST_CHECK;

/* The one of a transfer (W-02). */
struct transfer_key {
    const char *blockchain_key, *txid, *currency_id, *address;
    int64_t txout;
};
bool deposit_find_transfer_locked(struct db *db, struct arena *arena,
                                  const struct transfer_key *key, struct deposit *ret_deposit,
                                  struct err *err) MUST_CHECK;
/* Confirmed ones of a member that only the minimum holds, the oldest first. */
bool deposits_below_minimum(struct db *db, struct arena *arena, const struct deposit *like,
                            size_t max, struct listed *ret_listed, struct err *err) MUST_CHECK;

/* Those to collect that have no part under way, the oldest first. */
bool deposits_to_spread(struct db *db, struct arena *arena, size_t max, struct listed *ret_listed,
                        struct err *err) MUST_CHECK;

/* What the member has available of its currency; locks the account. */
bool deposit_available_locked(struct db *db, const struct deposit *deposit, struct dec *ret_amount,
                              struct err *err) MUST_CHECK;

/* ---- parts of a collection ---- */

struct deposit_part {
    uint64_t deposit_id;
    int64_t part, wallet_id;
    const char *to_address, *units, *status, *txid, *reason;
    struct dec amount;
};
bool deposit_part_insert(struct db *db, const struct deposit_part *part, int64_t now_us,
                         struct err *err) MUST_CHECK;
/* *ret_found false: there is none. */
bool deposit_part_find_locked(struct db *db, struct arena *arena, uint64_t deposit_id, int64_t part,
                              struct deposit_part *ret_part, struct err *err) MUST_CHECK;
bool deposit_part_update(struct db *db, const struct deposit_part *part, int64_t now_us,
                         struct err *err) MUST_CHECK;
/* From pending to asked, unless an event of the gateway was quicker. */
bool deposit_part_asked(struct db *db, uint64_t deposit_id, int64_t part, int64_t now_us,
                        struct err *err) MUST_CHECK;
/* Of a deposit, or with deposit_id 0 of all, by status (NULL: any). */
bool deposit_parts(struct db *db, struct arena *arena, uint64_t deposit_id, const char *status,
                   size_t max, struct listed *ret_listed, struct err *err) MUST_CHECK;

/* ---- refunds ---- */

struct refund {
    uint64_t id, deposit_id;
    const char *state, *address, *txid;
    bool locked, asked;
    int64_t created_at, updated_at;
};
bool refund_insert(struct db *db, struct refund *refund, int64_t now_us, struct err *err)
    MUST_CHECK;
bool refund_find_locked(struct db *db, struct arena *arena, uint64_t id, struct refund *ret_refund,
                        struct err *err) MUST_CHECK;
bool refund_update(struct db *db, const struct refund *refund, int64_t now_us, struct err *err)
    MUST_CHECK;
/* Those that the gateway does not know of yet. */
bool refunds_to_ask(struct db *db, struct arena *arena, size_t max, struct listed *ret_listed,
                    struct err *err) MUST_CHECK;
bool refund_asked(struct db *db, uint64_t id, int64_t now_us, struct err *err) MUST_CHECK;

#endif
