/*
 * payout_worker.h: what the executor of payouts has in hand while it works on one chain, and the steps
 * that the families share.
 *
 *     due ─► build ─► sign ─► store, commit ─► send ─► watch ─► confirmed
 *            reserve  same       the bytes     same bytes,       failed: by proof only
 *            coins or question   are kept      again and again
 *            a nonce  after a
 *                     crash
 *
 * One thread, which holds the named lock of the chain; what it writes is by compare and set all the same.
 */
#ifndef BLOCKCHAIN_ACTIONS_PAYOUT_WORKER_H
#define BLOCKCHAIN_ACTIONS_PAYOUT_WORKER_H

#include "base/arena.h"
#include "blockchain/actions/blockchain.h"
#include "blockchain/actions/chain.h"
#include "blockchain/domain/fee.h"
#include "blockchain/store/payout_txs.h"
#include "blockchain/store/payouts.h"
#include "json/read.h"

struct service_call;

enum {
    PAYOUT_WAIT_MS = 3000, /* a payout that waits for a fee is looked at again then */
    PAYOUT_APPROVAL_WAIT_MS = 20000,
    PAYOUT_BATCH_MAX = 100, /* payments of one transaction */
    PAYOUT_BUILDS_MAX = 50, /* transactions of one round */
    PAYOUT_REQUEST_BYTES_MAX = 768 * 1024,
    PAYOUT_BUMPS_MAX = 3, /* the signer knows four transactions of a payout again */
    PAYOUT_ARENA_BYTES_MAX = 64 << 20,
    SAFE_SIGNERS_MAX = 8 /* ours included */
};

struct payout_family;

struct payout_worker {
    struct blockchain *app;
    struct db *db;
    struct arena *arena; /* of a round */
    struct service_call *signer;
    struct service_call *owners[SAFE_SIGNERS_MAX - 1]; /* signers of other owners of Safes */
    char *owner_urls[SAFE_SIGNERS_MAX - 1];
    size_t owners_count;
    /* the chain in hand */
    struct chain *chain;
    const struct chain_entry *entry;
    const struct payout_family *family;
    struct provider_session *session;
    char network[CHAIN_NETWORK_SIZE];
    uint64_t tip;
    uint64_t *looked_back_at;  /* the tip at which confirmed ones were looked at last */
    struct account_keys *keys; /* public, of accounts that sign; payout_psbt.h */
    struct err trouble;        /* the first that happened to one payout, while the others went on */
    bool is_troubled;
};

/* How a family sends. */
struct payout_family {
    const char *name; /* of struct family */
    /* A family whose keys are somebody else's: all of a round; the rest is NULL. NULL: the signer's way. */
    bool (*round)(struct payout_worker *worker, struct err *err);
    const char *sign_path;
    bool is_ordered; /* by nonces */
    /* Takes what is due, in order, and makes one transaction of it: reserves coins or a nonce, stores
     * the question to the signer, commits. What can't be paid now is told to wait. ret_tx 0: nothing. */
    bool (*build)(struct payout_worker *worker, const struct payout_list *due, uint64_t *ret_tx,
                  struct err *err);
    /* Whether the best chain holds a transaction of somebody else in its place. */
    bool (*is_void)(struct payout_worker *worker, const struct payout_tx *tx, bool *ret_void,
                    struct err *err);
    /* Reserves transactions for nonces that nothing has and that hold up others. NULL: there are none. */
    bool (*fill)(struct payout_worker *worker, struct err *err);
    /* Reserves a dearer one in its place. ret_tx 0: not now. */
    bool (*bump)(struct payout_worker *worker, const struct payout_tx *tx, uint64_t *ret_tx,
                 struct err *err);
};

extern const struct payout_family payout_family_coin, payout_family_evm, payout_family_custody;

/* ---- steps ---- */

/* The next state with its event, in the caller's transaction. `tx` may be NULL. An event is told when
 * state or reason changed, or the transaction got a block. */
bool payout_move(struct payout_worker *worker, struct payout *payout, enum payout_move move,
                 const char *reason, const struct payout_tx *tx, struct err *err) MUST_CHECK;

/* The event alone, for a payout that is born refused. */
bool payout_tell(struct payout_worker *worker, const struct payout *payout,
                 const struct payout_tx *tx, struct err *err) MUST_CHECK;

/* In a transaction of its own: waits for `reason`, for at least `wait_ms`. A cancel meanwhile wins. */
bool payout_wait(struct payout_worker *worker, const struct payout *payout, const char *reason,
                 int64_t wait_ms, struct err *err) MUST_CHECK;
/* Those that accounting stopped say so; payouts_due() leaves them out. */
bool payouts_stop(struct payout_worker *worker, struct err *err) MUST_CHECK;
bool payout_refuse(struct payout_worker *worker, const struct payout *payout, const char *reason,
                   struct err *err) MUST_CHECK;

/* Asks the signer what the row says, stores the bytes and commits; or takes everything back when the
 * signer refused. ret_signed false: it was refused. */
bool payout_sign(struct payout_worker *worker, const struct payout_tx *tx, bool *ret_signed,
                 struct err *err) MUST_CHECK;

/* {"errors":["signer.policy.<rule>"]}, or what it could not even read: nothing was signed. NULL: no such answer. */
const char *payout_signer_rule(const cJSON *root);
/* What a refusal by this rule means for a payout of its own: refused, or waiting for a reason. False: it was signed
 * before, and nothing follows. */
bool payout_refusal_of(const char *rule, enum payout_move *ret_move, const char **ret_reason)
    MUST_CHECK;

/* Whether `tx` may be replaced now; `all` are those for its payouts, or of its nonce. */
bool payout_may_bump(const struct payout_worker *worker, const struct payout_tx_list *all,
                     const struct payout_tx *tx);

/* Gives the stored bytes to the nodes and notes what they say. ret_refusal "" : taken. */
bool payout_send(struct payout_worker *worker, struct payout_tx *tx,
                 char ret_refusal[static PAYOUT_REASON_SIZE], struct err *err) MUST_CHECK;

/* A node has them in its pool: the payouts are on their way. */
bool payout_seen(struct payout_worker *worker, struct payout_tx *tx, struct err *err) MUST_CHECK;

/* Tells what a mined transaction cost, once; its row is the caller's to save. */
bool payout_fee_tell(struct payout_worker *worker, struct payout_tx *tx,
                     const struct payout_list *payouts, struct err *err) MUST_CHECK;

/* Looks where the signed transactions of the chain are, and does what follows. */
bool payouts_watch(struct payout_worker *worker, struct err *err) MUST_CHECK;

/* All of the above, once. */
bool payouts_work(struct payout_worker *worker, struct err *err) MUST_CHECK;

void payout_trouble(struct payout_worker *worker, const struct err *err);

/* Bounds of fees of this chain, from the configuration. */
struct fee_bounds payout_fee_bounds(const struct payout_worker *worker);
struct fee_bounds coin_fee_bounds(const struct blockchain_config *config);
struct fee_bounds gas_fee_bounds(const struct blockchain_config *config);

#endif
