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

/* Whether somebody may still say yes: the payout waits for that. */
static bool rule_may_change(const char *rule)
{
    return strstr(rule, "approv") || strstr(rule, "four_eyes") || strstr(rule, "window") ||
           strstr(rule, "rolling") || strstr(rule, "day") || strstr(rule, "cap") ||
           strstr(rule, "limit");
}

static bool take_back_payout(struct payout_worker *worker, struct payout *payout, bool is_alone,
                             const char *rule, struct err *err)
{
    int64_t now_us = clock_now_us(worker->app->clock);
    if (!is_alone) { /* which of them it was shows when each goes by itself */
        payout->alone = true;
        return payout_move(worker, payout, PAYOUT_MOVE_GIVE_BACK, "", NULL, err);
    }
    if (!rule_may_change(rule))
        return payout_move(worker, payout, PAYOUT_MOVE_REFUSE, rule, NULL, err);
    payout->not_before_us = now_us + PAYOUT_APPROVAL_WAIT_MS * INT64_C(1000);
    return payout_move(worker, payout, PAYOUT_MOVE_GIVE_BACK, "", NULL, err) &&
           payout_move(worker, payout, PAYOUT_MOVE_WAIT, PAYOUT_REASON_APPROVAL, NULL, err);
}

/* The signer signed nothing: coins and nonce are free again. */
static bool drop_unit(struct db *db, void *arg, struct err *err)
{
    struct signature *signature = arg;
    struct payout_worker *worker = signature->worker;
    struct payout_tx tx = *signature->tx;
    struct payout_list payouts;
    tx.state = PAYOUT_TX_DROPPED;
    if (!payout_tx_save(db, &tx, PAYOUT_TX_BUILDING, err) ||
        !(tx.replaces ? coin_locks_move(db, tx.id, tx.replaces, err)
                      : coin_locks_drop(db, tx.id, err)))
        return false;
    if (tx.replaces)
        return true;
    if (tx.has_nonce && !nonce_give_back(db, tx.chain_key, tx.from, tx.nonce, err))
        return false;
    if (!payouts_of_tx(db, worker->arena, tx.id, &payouts, err))
        return false;
    for (size_t i = 0; i < payouts.count; i++)
        if (!take_back_payout(worker, &payouts.rows[i], payouts.count == 1, signature->rule, err))
            return false;
    return true;
}

/* {"errors":["signer.policy.<rule>"]} */
static const char *rule_of(const cJSON *root)
{
    const cJSON *errors = json_member(root, "errors");
    const cJSON *first = cJSON_IsArray(errors) ? cJSON_GetArrayItem(errors, 0) : NULL;
    const char *rule = first && cJSON_IsString(first) ? first->valuestring : NULL;
    return rule && strncmp(rule, "signer.policy.", 14) == 0 ? rule : NULL;
}

bool payout_sign(struct payout_worker *worker, const struct payout_tx *tx, bool *ret_signed,
                 struct err *err)
{
    AUTO(str_release) struct str answer = STR_INIT(SIGNER_ANSWER_BYTES_MAX);
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    struct signature signature = {.worker = worker, .tx = tx};
    long status;
    assert(tx->state == PAYOUT_TX_BUILDING);
    if (!service_call_run(worker->signer, "POST", worker->family->sign_path, tx->request, &status,
                          &answer, err))
        return err_wrap(err, "the signer");
    if (!json_read(str_data(&answer), answer.length, &root, err))
        return false;
    if (status == 403) {
        signature.rule = rule_of(root);
        if (!signature.rule)
            return err_set(err, ERR_PROTOCOL, "the signer refuses without a rule");
        *ret_signed = false;
        return db_transaction(worker->db, drop_unit, &signature, err);
    }
    signature.txid = json_member_text(root, "txid");
    signature.raw = json_member_text(root, "raw");
    if (status != 200 || !signature.txid || !signature.raw || signature.txid[0] == '\0' ||
        strlen(signature.txid) >= PAYOUT_TXID_SIZE)
        return err_set(err, ERR_PROTOCOL, "the signer answers %ld: %.120s", status,
                       str_data(&answer));
    fault_point(worker->app, FAULT_SIGN);
    if (!db_transaction(worker->db, store_unit, &signature, err))
        return false;
    fault_point(worker->app, FAULT_COMMIT);
    *ret_signed = true;
    return true;
}
