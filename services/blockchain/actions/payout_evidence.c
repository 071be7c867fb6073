#include "blockchain/actions/payout_evidence.h"

#include <string.h>

#include "base/auto.h"
#include "blockchain/actions/block_haul.h"
#include "blockchain/actions/main_network.h"
#include "blockchain/actions/payout_coin_read.h"
#include "blockchain/actions/second_opinion.h"
#include "blockchain/store/chains.h"
#include "blockchain/store/coins.h"
#include "chain/u256.h"

enum { READ_ARENA_BYTES_MAX = 64 << 20 };
/* Clocks of blocks and ours differ; a payment before the payout was asked for is another one. */
#define TOO_EARLY_S INT64_C(7200)

DEFINE_AUTO(struct arena, arena_free);
DEFINE_AUTO(struct watch_set, watch_set_free);

static bool says_no(struct err *err, const char *key, const char *what)
{
    return err_set_key(err, ERR_INVALID, key, "%s", what);
}

/* ---- a payment ---- */

/* A provider's word, held against the blocks that we took in. */
static bool place_check(struct payout_worker *worker, const struct tx_status *status,
                        struct err *err)
{
    char hash[CHAIN_HASH_SIZE];
    bool is_kept;
    if (status->place != TX_MINED)
        return says_no(err, "blockchain.settlement.not_mined", "it is in no block");
    if (status->is_failed)
        return says_no(err, "blockchain.settlement.failed", "it was mined without effect");
    if (status->confirmations < worker->entry->min_confirmations)
        return says_no(err, "blockchain.settlement.not_deep", "its block is not deep enough yet");
    if (status->height > worker->chain->height)
        return says_no(err, "blockchain.settlement.not_deep", "its block was not taken in yet");
    if (!block_hash_find(worker->db, worker->chain->key, status->height, hash, &is_kept, err))
        return false;
    return !is_kept || strcmp(hash, status->block_hash) == 0 ||
           says_no(err, "blockchain.settlement.other_block", "its block is not one of ours");
}

/* The transaction alone, read by whom we ask first, and on main networks by another one as well. */
static bool payments_read(struct payout_worker *worker, const struct payout *payout,
                          const struct tx_status *status, const char *txid, struct block_haul *haul,
                          struct err *err)
{
    AUTO_FREE(arena_free) struct arena *arena = arena_new(READ_ARENA_BYTES_MAX);
    struct block_haul other = {.arena = arena, .chain = haul->chain, .believes_logs = true};
    struct address_form form;
    worker->chain->client->family->address_form(worker->chain->client, worker->network, payout->to,
                                                &form);
    if (!form.is_valid)
        return says_no(err, "blockchain.settlement.no_address", "its address is none");
    if (!arena || !watch_set_add(haul->chain->watch, form.kind, form.hash, form.hash_length, 1))
        return err_set(err, ERR_BUSY, "no memory to look at a block");
    if (!block_haul_read(haul, worker->session, worker->entry, status->height, status->block_hash,
                         txid, err))
        return false;
    if (!main_network_is(worker->chain->client, worker->network) ||
        main_network_is_listed(worker->app->config->single_provider_allowed, worker->chain->key))
        return true;
    return block_haul_read_other(&other, worker->session, worker->entry, status->height,
                                 status->block_hash, txid, err) &&
           (second_opinion_agrees(haul, &other) ||
            err_set(err, ERR_PROTOCOL, "two providers differ on what %s pays", txid));
}

/* Exactly so much, or less of it where the fee comes off. */
static bool amount_fits(const struct payout *payout, const char *arrived)
{
    struct u256 wanted, came;
    if (!u256_parse(payout->units, &wanted) || !u256_parse(arrived, &came) || u256_is_zero(came))
        return false;
    int order = u256_cmp(came, wanted);
    return order == 0 || (order < 0 && payout->subtract_fee);
}

/* What of it is for the payout. */
static void payments_count(const struct payout *payout, const struct block_haul *haul,
                           struct payment_evidence *evidence)
{
    for (size_t i = 0; i < haul->transfers_count; i++) {
        const struct found_transfer *transfer = &haul->transfers[i];
        if (strcasecmp(transfer->contract, payout->contract) != 0 ||
            strcmp(transfer->txid, evidence->txid) != 0 || !amount_fits(payout, transfer->units) ||
            (evidence->matches > 0 && strcmp(evidence->units, transfer->units) != 0))
            continue;
        snprintf(evidence->units, sizeof(evidence->units), "%.65s", transfer->units);
        evidence->matches++;
    }
}

static bool payment_look(struct payout_worker *worker, const struct payout *payout,
                         const struct tx_status *status, struct payment_evidence *evidence,
                         int64_t *ret_block_s, struct err *err)
{
    AUTO_FREE(arena_free) struct arena *arena = arena_new(READ_ARENA_BYTES_MAX);
    AUTO_FREE(watch_set_free) struct watch_set *receiver = watch_set_new();
    /* The chain as this look sees it: nothing but the receiver is watched. */
    struct chain lookout = {.client = worker->chain->client, .watch = receiver};
    /* A payment that the receiver's token kept a part of was made all the same: it must not be made again. */
    struct block_haul haul = {.arena = arena, .chain = &lookout, .believes_logs = true};
    snprintf(lookout.key, sizeof(lookout.key), "%s", worker->chain->key);
    if (!arena || !receiver)
        return err_set(err, ERR_BUSY, "no memory to look at a block");
    if (!payments_read(worker, payout, status, evidence->txid, &haul, err))
        return false;
    payments_count(payout, &haul, evidence);
    *ret_block_s = haul.head.time_s;
    return true;
}

bool evidence_of_payment(struct payout_worker *worker, const struct payout *payout,
                         const char *txid, struct payment_evidence *ret_evidence, struct err *err)
{
    struct payment_evidence evidence = {.matches = 0};
    struct tx_status status;
    struct settlement_spend spend;
    int64_t block_s;
    if (!settlement_is_txid(txid))
        return says_no(err, "blockchain.settlement.invalid_evidence", "no transaction id");
    snprintf(evidence.txid, sizeof(evidence.txid), "%s", txid);
    if (!providers_tx_status(worker->session, txid, &status, err) ||
        !place_check(worker, &status, err) ||
        !payment_look(worker, payout, &status, &evidence, &block_s, err))
        return false;
    if (evidence.matches == 0)
        return says_no(err, "blockchain.settlement.pays_otherwise",
                       "it does not pay exactly so much to the address");
    if (block_s + TOO_EARLY_S < payout->created_at_us / 1000000)
        return says_no(err, "blockchain.settlement.too_early",
                       "it is older than the payout: it paid something else");
    if (!settlement_spend_by(worker->db, worker->chain->key, txid, &spend, err))
        return false;
    evidence.is_ours = spend.txid[0] != '\0';
    evidence.height = status.height;
    evidence.confirmations = status.confirmations;
    snprintf(evidence.fee_units, sizeof(evidence.fee_units), "%.65s", status.fee_units);
    bool is_coins = strcmp(worker->chain->client->family->name, "bitcoin") == 0;
    if (evidence.is_ours && is_coins && !payout_coin_fee(worker, txid, evidence.fee_units, err))
        return false;
    *ret_evidence = evidence;
    return true;
}

/* ---- that there is none ---- */

static const char KEY_MAY_BE_PAID[] = "blockchain.settlement.may_be_paid";

static bool may_be_mined(struct err *err, const char *what)
{
    return err_set_key(err, ERR_STATE_CONFLICT, KEY_MAY_BE_PAID, "%s", what);
}

static bool is_deep(const struct payout_worker *worker, uint64_t height)
{
    uint64_t taken = worker->chain->height, depth = taken >= height ? taken - height + 1 : 0;
    return depth >= worker->app->config->void_confirmations &&
           depth >= worker->entry->min_confirmations;
}

/* What was signed without us uses this up: something else has to have spent it, which does not pay the payout. */
static bool used_is_gone(struct payout_worker *worker, const struct payout *payout,
                         const char *text, struct settlement_spend *ret_spend, struct err *err)
{
    struct payment_evidence evidence = {.matches = 0};
    struct tx_status status;
    struct settlement_used used;
    int64_t block_s;
    if (!settlement_used_read(text, &used) ||
        used.is_nonce != (strcmp(worker->chain->client->family->name, "ethereum") == 0))
        return says_no(err, "blockchain.settlement.invalid_evidence",
                       "what was used up: TXID:OUTPUT or evm:ACCOUNT/INDEX:NONCE");
    if (!settlement_spend_of(worker->db, worker->chain->key, &used, ret_spend, err))
        return false;
    if (ret_spend->txid[0] == '\0')
        return may_be_mined(err, "nothing in a block has used that up");
    if (!is_deep(worker, ret_spend->height))
        return may_be_mined(err, "the block that used that up is not deep enough yet");
    if (ret_spend->is_failed)
        return true;
    snprintf(evidence.txid, sizeof(evidence.txid), "%s", ret_spend->txid);
    if (!providers_tx_status(worker->session, ret_spend->txid, &status, err) ||
        !place_check(worker, &status, err) ||
        !payment_look(worker, payout, &status, &evidence, &block_s, err))
        return false;
    return evidence.matches == 0 ||
           err_set_key(err, ERR_STATE_CONFLICT, "blockchain.settlement.is_paid",
                       "what used that up pays it: %.66s", ret_spend->txid);
}

/* One of the coins of a stored question, or its nonce, in the words of the signer's audit file. */
static bool used_by_tx(struct payout_worker *worker, const struct payout *payout,
                       const struct payout_tx *tx, struct settlement_spend *ret_spend,
                       struct err *err)
{
    char text[SETTLEMENT_EVIDENCE_SIZE];
    struct own_address from;
    struct coin_tx asked;
    if (tx->has_nonce) {
        if (!own_address_find(worker->db, worker->chain->key, tx->from, &from, err))
            return false;
        snprintf(text, sizeof(text), "evm:%u/%u:%llu", (unsigned)from.account, (unsigned)from.index,
                 (unsigned long long)tx->nonce);
        return used_is_gone(worker, payout, text, ret_spend, err);
    }
    if (!payout_psbt_of_request(tx->request, worker->arena, &asked, err))
        return false;
    for (size_t i = 0; i < asked.inputs_count; i++) {
        char txid[TXID_TEXT_SIZE];
        snprintf(text, sizeof(text), "%s:%u", txid_text(asked.inputs[i].txid, txid),
                 (unsigned)asked.inputs[i].index);
        if (used_is_gone(worker, payout, text, ret_spend, err))
            return true;
        if (err->key != KEY_MAY_BE_PAID) /* it is paid, or nobody answers */
            return false;
    }
    return may_be_mined(err, "none of the coins of its transaction is spent by something else, "
                             "deep enough");
}

/* Mined without effect, which has used up its nonce when that is deep. */
static bool is_spent_in_vain(struct payout_worker *worker, const struct payout_tx *tx,
                             struct settlement_spend *ret_spend, struct err *err)
{
    if (!settlement_spend_by(worker->db, worker->chain->key, tx->txid, ret_spend, err))
        return false;
    return (ret_spend->txid[0] && ret_spend->is_failed && is_deep(worker, ret_spend->height)) ||
           may_be_mined(err, "its transaction is not mined without effect, deep enough");
}

/* Our own transactions: dropped ones were never signed, void ones are proven. One that may be signed, and one that
 * a reorganisation took out of its block, is over when something else has used up what it spends. */
static bool ours_are_over(struct payout_worker *worker, const struct payout *payout,
                          struct settlement_spend *ret_last, struct err *err)
{
    struct payout_tx_list all;
    *ret_last = (struct settlement_spend){.height = 0};
    if (!payout_txs_of(worker->db, worker->arena, payout->id, &all, err))
        return false;
    for (size_t i = 0; i < all.count; i++) {
        const struct payout_tx *tx = &all.rows[i];
        bool is_over;
        if (tx->state == PAYOUT_TX_DROPPED || tx->state == PAYOUT_TX_VOID)
            continue;
        if (tx->state == PAYOUT_TX_ASIDE || (tx->state == PAYOUT_TX_MINED && !tx->mined_height))
            is_over = used_by_tx(worker, payout, tx, ret_last, err);
        else if (tx->state == PAYOUT_TX_MINED && tx->has_nonce)
            is_over = is_spent_in_vain(worker, tx, ret_last, err);
        else
            is_over = may_be_mined(err, "a transaction of ours for it may still be mined");
        if (!is_over)
            return false;
    }
    return true;
}

bool evidence_of_none(struct payout_worker *worker, const struct payout *payout,
                      enum settlement_case which, const char *used, bool *ret_is_proven,
                      char ret_found[static SETTLEMENT_FOUND_SIZE], struct err *err)
{
    struct settlement_spend spend;
    *ret_is_proven = which == SETTLEMENT_UNDONE || which == SETTLEMENT_GONE;
    if (!ours_are_over(worker, payout, &spend, err))
        return false;
    if (which == SETTLEMENT_GONE) {
        snprintf(ret_found, SETTLEMENT_FOUND_SIZE,
                 "what its transaction spent was used up by %.66s in block %llu",
                 spend.txid[0] ? spend.txid : "something else", (unsigned long long)spend.height);
        return true;
    }
    if (which == SETTLEMENT_UNDONE) {
        snprintf(ret_found, SETTLEMENT_FOUND_SIZE, "its transaction is mined without effect");
        return true;
    }
    if (!used_is_gone(worker, payout, used, &spend, err))
        return false;
    snprintf(ret_found, SETTLEMENT_FOUND_SIZE, "%.90s was used up by %.66s in block %llu", used,
             spend.txid, (unsigned long long)spend.height);
    return true;
}
