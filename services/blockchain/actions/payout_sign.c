/*
 * Asks the signer and keeps its answer. The question was stored before (build), so after a crash at any
 * point the same is asked again, and the signer gives the same signature for it.
 */
#include "blockchain/actions/payout_worker.h"

#include <string.h>

#include "base/auto.h"
#include "blockchain/actions/fault.h"
#include "blockchain/actions/service_call.h"
#include "blockchain/store/coins.h"
#include "blockchain/store/safe_txs.h"
#include "blockchain/store/stopped_assets.h"
#include "json/read.h"

DEFINE_AUTO(cJSON, cJSON_Delete);

enum { SIGNER_ANSWER_BYTES_MAX = 4 << 20 };

struct signature {
    struct payout_worker *worker;
    const struct payout_tx *tx;
    const char *txid, *raw; /* of the answer */
    const char *rule;       /* refused by it; NULL: signed */
};

static bool store_unit(struct db *db, void *arg, struct err *err)
{
    struct signature *signature = arg;
    struct payout_worker *worker = signature->worker;
    struct payout_tx tx = *signature->tx;
    struct payout_list payouts;
    snprintf(tx.txid, sizeof(tx.txid), "%s", signature->txid);
    if (!payout_tx_signed(db, tx.id, tx.txid, signature->raw, worker->tip, err) ||
        !payouts_of_tx(db, worker->arena, tx.id, &payouts, err))
        return false;
    for (size_t i = 0; i < payouts.count; i++)
        if (!tx.replaces && !payout_move(worker, &payouts.rows[i], PAYOUT_MOVE_SIGN, "", &tx, err))
            return false;
    fault_point(worker->app, FAULT_STORE);
    return true;
}

/* What follows from a refusal, by the signer's rule. */
enum verdict {
    VERDICT_REFUSED,      /* never signed, and never will be */
    VERDICT_WAITS,        /* somebody may still say yes, a window moves on, a fee falls */
    VERDICT_SIGNED_OTHER, /* another transaction was signed for it that we know nothing of */
    VERDICT_SIGNED_MAYBE, /* so was perhaps this one */
};

static const struct refusal {
    const char *word;
    enum verdict verdict;
    const char *reason; /* to wait */
} refusals[] = {
    {".payout_second", VERDICT_SIGNED_OTHER, ""},
    {".payout_differs", VERDICT_SIGNED_OTHER, ""},
    {".payout_closed", VERDICT_SIGNED_MAYBE, ""},
    {".tx_again", VERDICT_SIGNED_MAYBE, ""},
    {".day_max", VERDICT_WAITS, PAYOUT_REASON_DAY_MAX},
    {".fee_day_max", VERDICT_WAITS, PAYOUT_REASON_DAY_MAX},
    {".approval_invalid", VERDICT_WAITS, PAYOUT_REASON_APPROVAL_INVALID},
    {".approval_differs", VERDICT_WAITS, PAYOUT_REASON_APPROVAL_DIFFERS},
    {".approval", VERDICT_WAITS, PAYOUT_REASON_APPROVAL},
    {".fee_max", VERDICT_WAITS, PAYOUT_REASON_FEE},
};

static const struct refusal *refusal_of(const char *rule)
{
    static const struct refusal any = {"", VERDICT_REFUSED, ""};
    for (size_t i = 0; i < ARRAY_LEN(refusals); i++)
        if (strstr(rule, refusals[i].word))
            return &refusals[i];
    return &any;
}

/* `is_alone`: the refusal is about this one. Of collections it is about all: the coins of a deposit are whole, and
 * a part of it has none of its own. */
static bool take_back_payout(struct payout_worker *worker, struct payout *payout, bool is_alone,
                             const char *rule, struct err *err)
{
    int64_t now_us = clock_now_us(worker->app->clock);
    if (!is_alone) { /* which of them it was shows when each goes by itself */
        payout->alone = true;
        return payout_move(worker, payout, PAYOUT_MOVE_GIVE_BACK, "", NULL, err);
    }
    const struct refusal *refusal = refusal_of(rule);
    struct safe_row row;
    bool is_safe;
    if (!safe_tx_of_payout(worker->db, worker->arena, payout->id, &row, &is_safe, err))
        return false;
    /* Owners of a Safe have signed: somebody may send it, whatever our signer thinks since then. */
    bool is_over = refusal->verdict == VERDICT_REFUSED && !is_safe;
    if (is_over)
        return payout_move(worker, payout, PAYOUT_MOVE_REFUSE, rule, NULL, err);
    payout->not_before_us = now_us + PAYOUT_APPROVAL_WAIT_MS * INT64_C(1000);
    return payout_move(worker, payout, PAYOUT_MOVE_GIVE_BACK, "", NULL, err) &&
           payout_move(worker, payout, PAYOUT_MOVE_WAIT,
                       refusal->reason[0] ? refusal->reason : PAYOUT_REASON_SAFE_REFUSED, NULL,
                       err);
}

/* Others may have the nonce. When later ones were given out it stays a hole. */
static bool nonce_free(struct db *db, const struct payout_tx *tx, struct err *err)
{
    struct err own;
    if (nonce_give_back(db, tx->chain_key, tx->from, tx->nonce, &own) ||
        own.code == ERR_STATE_CONFLICT)
        return true;
    *err = own;
    return false;
}

/* Something is signed for the payouts that we don't have. They are not paid again and not given back, until
 * a person has found it (payout_settle.h); but those behind them go on. The nonce goes to the next one if the
 * signer knows it from no transaction of theirs; else it may be taken on the chain at any time, and is left
 * out. Coins stay locked: what was signed may spend them. */
static bool set_aside_unit(struct db *db, void *arg, struct err *err)
{
    struct signature *signature = arg;
    struct payout_worker *worker = signature->worker;
    struct payout_tx tx = *signature->tx;
    struct payout_list payouts;
    bool is_maybe = refusal_of(signature->rule)->verdict == VERDICT_SIGNED_MAYBE;
    tx.state = is_maybe && !tx.has_nonce ? PAYOUT_TX_ASIDE : PAYOUT_TX_DROPPED;
    if (!payout_tx_save(db, &tx, PAYOUT_TX_BUILDING, err) ||
        (tx.has_nonce && !is_maybe && !nonce_free(db, &tx, err)) ||
        !payouts_of_tx(db, worker->arena, tx.id, &payouts, err))
        return false;
    for (size_t i = 0; i < payouts.count; i++)
        if (!payout_move(worker, &payouts.rows[i], PAYOUT_MOVE_LOSE, PAYOUT_REASON_SIGNED_BEFORE,
                         NULL, err))
            return false;
    return true;
}

static bool drop_unit(struct db *db, void *arg, struct err *err);

/* Payments of one batch: it shows which of them it is about when each goes by itself. Not those of a
 * collection, whose coins belong together. */
static bool is_batch(const struct payout_list *payouts)
{
    return payouts->count > 1 && payouts->rows[0].from[0] == '\0';
}

/* Of a batch that may be signed as it is each payment may be made: all of them are set aside. */
static bool signed_before(struct signature *signature, struct err *err)
{
    struct payout_worker *worker = signature->worker;
    struct payout_list payouts;
    struct err own;
    err_set(&own, ERR_CONFLICT, "transaction %llu: %.100s", (unsigned long long)signature->tx->id,
            signature->rule);
    if (!payouts_of_tx(worker->db, worker->arena, signature->tx->id, &payouts, err))
        return false;
    bool is_maybe = refusal_of(signature->rule)->verdict == VERDICT_SIGNED_MAYBE;
    payout_trouble(worker, &own);
    return db_transaction(worker->db, is_batch(&payouts) && !is_maybe ? drop_unit : set_aside_unit,
                          signature, err);
}

/* The signer signed nothing: coins and nonce are free again. */
static bool drop_unit(struct db *db, void *arg, struct err *err)
{
    struct signature *signature = arg;
    struct payout_worker *worker = signature->worker;
    struct payout_tx tx = *signature->tx;
    struct payout_list payouts;
    tx.state = PAYOUT_TX_DROPPED;
    tx.sent_height = worker->tip; /* when it was refused: payout_may_bump() */
    if (!payout_tx_save(db, &tx, PAYOUT_TX_BUILDING, err) ||
        !(tx.replaces ? coin_locks_move(db, tx.id, tx.replaces, err)
                      : coin_locks_drop(db, tx.id, err)))
        return false;
    if (tx.replaces)
        return true;
    if (tx.has_nonce && !nonce_free(db, &tx, err))
        return false;
    if (!payouts_of_tx(db, worker->arena, tx.id, &payouts, err))
        return false;
    for (size_t i = 0; i < payouts.count; i++)
        if (!take_back_payout(worker, &payouts.rows[i],
                              payouts.count == 1 || payouts.rows[i].from[0] != '\0',
                              signature->rule, err))
            return false;
    return true;
}

bool payout_refusal_of(const char *rule, enum payout_move *ret_move, const char **ret_reason)
{
    const struct refusal *refusal = refusal_of(rule);
    *ret_move = refusal->verdict == VERDICT_REFUSED ? PAYOUT_MOVE_REFUSE : PAYOUT_MOVE_WAIT;
    *ret_reason = refusal->verdict == VERDICT_REFUSED ? rule : refusal->reason;
    return refusal->verdict < VERDICT_SIGNED_OTHER;
}

const char *payout_signer_rule(const cJSON *root)
{
    const cJSON *errors = json_member(root, "errors");
    const cJSON *first = cJSON_IsArray(errors) ? cJSON_GetArrayItem(errors, 0) : NULL;
    const char *rule = first && cJSON_IsString(first) ? first->valuestring : NULL;
    return rule && strncmp(rule, "signer.", 7) == 0 ? rule : NULL;
}

bool payout_sign(struct payout_worker *worker, const struct payout_tx *tx, bool *ret_signed,
                 struct err *err)
{
    AUTO(str_release) struct str answer = STR_INIT(SIGNER_ANSWER_BYTES_MAX);
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    struct signature signature = {.worker = worker, .tx = tx};
    bool is_held = false;
    long status;
    assert(tx->state == PAYOUT_TX_BUILDING);
    /* One that replaces another brings nothing out that is not on its way already. */
    if (!tx->replaces && !stopped_assets_hold_tx(worker->db, tx->id, &is_held, err))
        return false;
    if (is_held)
        return err_set(err, ERR_STATE_CONFLICT,
                       "transaction %llu: payments of the asset are stopped",
                       (unsigned long long)tx->id);
    if (!service_call_run(worker->signer, "POST", worker->family->sign_path, tx->request, &status,
                          &answer, err))
        return err_wrap(err, "the signer");
    if (!json_read(str_data(&answer), answer.length, &root, err))
        return false;
    signature.rule = status == 403 || status == 422 ? payout_signer_rule(root) : NULL;
    if (signature.rule) {
        *ret_signed = false;
        if (!tx->replaces && refusal_of(signature.rule)->verdict >= VERDICT_SIGNED_OTHER)
            return signed_before(&signature, err);
        return db_transaction(worker->db, drop_unit, &signature, err);
    }
    signature.txid = json_member_text(root, "txid");
    signature.raw = json_member_text(root, "raw");
    if (status != 200 || !signature.txid || !signature.raw || signature.txid[0] == '\0' ||
        signature.raw[0] == '\0' || strlen(signature.txid) >= PAYOUT_TXID_SIZE)
        return err_set(err, ERR_PROTOCOL, "the signer answers %ld: %.120s", status,
                       str_data(&answer));
    fault_point(worker->app, FAULT_SIGN);
    if (!db_transaction(worker->db, store_unit, &signature, err))
        return false;
    fault_point(worker->app, FAULT_COMMIT);
    *ret_signed = true;
    return true;
}
