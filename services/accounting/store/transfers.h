/*
 * transfers.h: rows that say why money moved between members or accounts: internal transfers
 * (member to member) and transfers (sets of operations of the management API). The money itself
 * moves with journal_post().
 */
#ifndef ACCOUNTING_STORE_TRANSFERS_H
#define ACCOUNTING_STORE_TRANSFERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/domain/currency.h"
#include "accounting/domain/member.h"
#include "db/listing.h"
#include "base/err.h"
#include "db/db.h"

/* ---- internal transfers ---- */

struct internal_transfer {
    uint64_t id;
    char currency_id[CURRENCY_ID_SIZE];
    struct dec amount;
    uint64_t sender_id, receiver_id;
    const char *sender_uid, *sender_username, *receiver_uid, *receiver_username; /* read only */
    int64_t created_at, updated_at;
};

/* Times are inclusive; 0: open. Ids: 0: anybody. */
struct internal_transfer_filter {
    const char *currency_id;
    uint64_t member_id; /* sender or receiver */
    uint64_t sender_id, receiver_id;
    bool by_update;
    int64_t from_us, to_us;
};

bool internal_transfer_insert(struct db *db, struct internal_transfer *transfer, int64_t now_us,
                              struct err *err) MUST_CHECK;
bool internal_transfer_list(struct db *db, const struct internal_transfer_filter *filter,
                            struct listing *listing, struct listed *ret_listed, struct err *err)
    MUST_CHECK;

/* The member with this uid or, if there is none, this user name. ERR_NOT_FOUND. */
bool member_find_by_name(struct db *db, const char *uid_or_username, struct member *ret_member,
                         struct err *err) MUST_CHECK;

/* ---- transfers ---- */

struct transfer {
    uint64_t id;
    const char *key, *description;
    int64_t category;
    int64_t created_at;
};

bool transfer_key_exists(struct db *db, const char *key, bool *ret_exists, struct err *err)
    MUST_CHECK;
/* ERR_CONFLICT: the key is taken. */
bool transfer_insert(struct db *db, struct transfer *transfer, int64_t now_us, struct err *err)
    MUST_CHECK;

/* ---- events ---- */

/* Tells the world of it: a model event ("model.internal_transfer.created") into the outbox, in the
 * caller's transaction. `json` is {"record":{...}}. */
bool model_event_insert(struct db *db, const char *name, const char *json, int64_t now_us,
                        struct err *err) MUST_CHECK;

/* A message for the member's websocket, private.<uid>.<name>, into the outbox. */
bool private_event_insert(struct db *db, uint64_t member_id, const char *name, const char *json,
                          int64_t now_us, struct err *err) MUST_CHECK;

#endif
