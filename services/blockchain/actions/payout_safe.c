#include "blockchain/actions/payout_safe.h"

#include <string.h>

#include "base/auto.h"
#include "blockchain/actions/service_call.h"
#include "blockchain/family/ethereum_safe.h"
#include "chain/u256.h"
#include "json/field.h"
#include "json/read.h"

DEFINE_AUTO(cJSON, cJSON_Delete);

enum {
    ANSWER_BYTES_MAX = 512 * 1024,
    OWNER_ACCOUNT = 1, /* hot: our owner's key of each signer is its first one */
    OWNER_TEXT_SIZE = 43,
    STATUS_OK = 200,
    STATUS_FORBIDDEN = 403
};

/* ---- which Safe ---- */

static bool has_currency(const struct chain_wallet *wallet, const char *currency)
{
    for (size_t i = 0; i < wallet->currencies_count; i++)
        if (strcmp(wallet->currencies[i], currency) == 0)
            return true;
    return false;
}

bool payout_safe_of(struct payout_worker *worker, const struct payout *payout,
                    char ret_safe[static PAYOUT_CONTRACT_SIZE], struct err *err)
{
    const struct chain_asset *asset = chain_asset_of(worker->entry, payout->contract);
    struct safe_row row;
    bool is_begun;
    ret_safe[0] = '\0';
    if (!safe_tx_of_payout(worker->db, worker->arena, payout->id, &row, &is_begun, err))
        return false;
    if (is_begun)
        memcpy(ret_safe, row.safe, sizeof(row.safe));
    bool may = payout->purpose == PAYOUT_WITHDRAWAL && !payout->from[0] && !payout->subtract_fee;
    for (size_t i = 0; may && asset && !is_begun && i < worker->entry->wallets_count; i++) {
        const struct chain_wallet *wallet = &worker->entry->wallets[i];
        struct address_form form;
        if (strcmp(wallet->gateway, "gnosis") != 0 || strcmp(wallet->kind, "hot") != 0 ||
            strcmp(wallet->status, "active") != 0 || !has_currency(wallet, asset->currency))
            continue;
        worker->chain->client->family->address_form(worker->chain->client, worker->network,
                                                    wallet->address, &form);
        if (!form.is_valid)
            return err_set(err, ERR_CONFIG, "wallet %lld: no address of a Safe",
                           (long long)wallet->id);
        snprintf(ret_safe, PAYOUT_CONTRACT_SIZE, "%.42s", form.canonical);
        return true;
    }
    return true;
}

/* ---- its number ---- */

struct reading {
    const char *safe, *contract;
    uint64_t height, nonce, threshold;
    struct u256 balance;
};

static bool ask_safe(struct node *node, void *arg, struct err *err)
{
    struct reading *reading = arg;
    char units[CHAIN_UNITS_SIZE];
    return ethereum_safe_nonce(node, reading->safe, 0, &reading->nonce, err) &&
           ethereum_safe_threshold(node, reading->safe, &reading->threshold, err) &&
           node->client->family->balance(node, reading->safe, reading->contract, units, err) &&
           (u256_parse(units, &reading->balance) ||
            err_set(err, ERR_PROTOCOL, "a balance that is no number"));
}

struct reservation {
    struct payout_worker *worker;
    const struct payout *payout;
    struct safe_row row;
};

static bool reserve_unit(struct db *db, void *arg, struct err *err)
{
    struct reservation *reservation = arg;
    struct payout payout = *reservation->payout; /* it may run again */
    payout.not_before_us = 0;
    return safe_tx_insert(db, &reservation->row, clock_now_us(reservation->worker->app->clock),
                          err) &&
           payout_move(reservation->worker, &payout, PAYOUT_MOVE_WAIT, PAYOUT_REASON_OWNERS, NULL,
                       err);
}

/* The next number, for this payout. What is reserved is worked on in the next round. */
static bool reserve(struct payout_worker *worker, const struct payout *payout,
                    const struct reading *safe, const char **ret_wait, struct err *err)
{
    struct reservation reservation = {.worker = worker, .payout = payout};
    struct safe_row *row = &reservation.row;
    struct u256 units;
    uint64_t next;
    bool is_busy, is_number = u256_parse(payout->units, &units);
    assert(is_number);
    if (!safe_look(worker->db, worker->chain->key, safe->safe, &is_busy, &next, err))
        return false;
    *ret_wait = PAYOUT_REASON_SAFE_BUSY;
    if (is_busy || safe->nonce < next)
        return true; /* or a node that is behind */
    *ret_wait = PAYOUT_REASON_LIQUIDITY;
    if (u256_cmp(safe->balance, units) < 0)
        return true;
    *ret_wait = PAYOUT_REASON_OWNERS;
    snprintf(row->chain_key, sizeof(row->chain_key), "%s", payout->chain_key);
    snprintf(row->safe, sizeof(row->safe), "%s", safe->safe);
    snprintf(row->payout_id, sizeof(row->payout_id), "%s", payout->id);
    row->nonce = safe->nonce;
    row->from_height = worker->tip;
    return db_transaction(worker->db, reserve_unit, &reservation, err);
}

/* ---- the owners ---- */

struct collection {
    struct payout_worker *worker;
    const struct payout *payout;
    const struct safe_call *call;
    struct safe_row *row;
    uint64_t threshold;
    char owners[SAFE_SIGNERS_MAX][OWNER_TEXT_SIZE];
    size_t count;
    struct str signatures; /* of the owners so far, as the next signer wants them */
    const char *reason;    /* the first signer refused; NULL: it did not */
    enum payout_move move;
};

static void question_write(const struct collection *collection, struct str *out)
{
    const struct payout *payout = collection->payout;
    const struct safe_call *call = collection->call;
    str_add(out, "{\"payout_id\":");
    json_write_string(out, payout->id);
    str_add_format(out,
                   ",\"purpose\":\"%s\",\"client\":\"%s\",\"chain_id\":\"%s\",\"account\":%d,"
                   "\"index\":0,\"safe\":\"%s\",\"nonce\":%llu",
                   payout_purpose_name(payout->purpose), collection->worker->chain->client->name,
                   collection->worker->network, OWNER_ACCOUNT, collection->row->safe,
                   (unsigned long long)collection->row->nonce);
    str_add_format(out, ",\"to\":\"%s\",\"value\":\"%s\",\"data\":\"%s\"", call->to, call->value,
                   call->data);
    str_add_format(out, ",\"payment\":{\"contract\":\"%s\",\"to\":\"%s\",\"units\":\"%s\"}",
                   payout->contract, payout->to, payout->units);
    str_add_format(out, ",\"approvals\":%s,\"signatures\":[%s]}", payout->approvals,
                   str_data(&collection->signatures));
}

static bool answer_take(struct collection *collection, const cJSON *root, struct err *err)
{
    struct payout_worker *worker = collection->worker;
    const char *owner = json_member_text(root, "owner"), *digest = json_member_text(root, "digest");
    const char *signature = json_member_text(root, "signature");
    const char *signatures = json_member_text(root, "signatures");
    const char *call = json_member_text(root, "call");
    if (!owner || !digest || !signature || !signatures || !call || strlen(owner) >= OWNER_TEXT_SIZE)
        return err_set(err, ERR_PROTOCOL, "a signer's answer without its members");
    for (size_t i = 0; i < collection->count; i++)
        if (strcmp(collection->owners[i], owner) == 0)
            return true; /* the same owner twice is one */
    str_add_format(&collection->signatures, "%s{\"signature\":\"%s\"}",
                   collection->count > 0 ? "," : "", signature);
    memcpy(collection->owners[collection->count++], owner, strlen(owner) + 1);
    collection->row->digest = arena_strdup(worker->arena, digest);
    collection->row->signatures = arena_strdup(worker->arena, signatures);
    collection->row->call = arena_strdup(worker->arena, call);
    return (collection->row->digest && collection->row->signatures && collection->row->call &&
            str_ok(&collection->signatures)) ||
           err_set(err, ERR_INTERNAL, "no memory for signatures");
}

/* ret_rule: it refused by this; "" : it signed. */
static bool owner_ask(struct collection *collection, struct service_call *signer,
                      char ret_rule[static PAYOUT_REASON_SIZE], struct err *err)
{
    AUTO(str_release)
    struct str question = STR_INIT(PAYOUT_REQUEST_BYTES_MAX), answer = STR_INIT(ANSWER_BYTES_MAX);
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    long status;
    ret_rule[0] = '\0';
    question_write(collection, &question);
    if (!str_ok(&question))
        return err_set(err, ERR_INTERNAL, "a question to a signer above its limit");
    if (!service_call_run(signer, "POST", "/internal/sign/safe", str_data(&question), &status,
                          &answer, err) ||
        !json_read(str_data(&answer), answer.length, &root, err))
        return false;
    const char *rule = payout_signer_rule(root);
    if (status == STATUS_FORBIDDEN && rule) {
        snprintf(ret_rule, PAYOUT_REASON_SIZE, "%.190s", rule);
        return true;
    }
    if (status != STATUS_OK)
        return err_set(err, ERR_PROTOCOL, "a signer answers %ld: %.120s", status,
                       str_data(&answer));
    return answer_take(collection, root, err);
}

/* Our own signer is asked first: if it refuses, no owner signed, and the number is free again. */
static bool refused_unit(struct db *db, void *arg, struct err *err)
{
    struct collection *collection = arg;
    struct payout payout = *collection->payout;
    payout.not_before_us =
        clock_now_us(collection->worker->app->clock) + PAYOUT_APPROVAL_WAIT_MS * INT64_C(1000);
    return safe_tx_delete(db, payout.id, err) &&
           payout_move(collection->worker, &payout, collection->move, collection->reason, NULL,
                       err);
}

static bool collect(struct collection *collection, const char **ret_wait, struct err *err)
{
    struct payout_worker *worker = collection->worker;
    char rule[PAYOUT_REASON_SIZE];
    struct err own;
    bool was_signed = collection->row->digest != NULL;
    if (!owner_ask(collection, worker->signer, rule, err))
        return err_wrap(err, "the signer");
    *ret_wait = PAYOUT_REASON_OWNERS;
    if (rule[0]) {
        if (was_signed || !payout_refusal_of(rule, &collection->move, &collection->reason))
            return err_set(err, ERR_CONFLICT, "%.64s: %.100s", collection->payout->id, rule);
        return db_transaction(worker->db, refused_unit, collection, err);
    }
    /* From here on a refusal frees nothing. */
    if (!safe_tx_begun(worker->db, collection->row, err))
        return false;
    for (size_t i = 0; i < worker->owners_count && collection->count < collection->threshold; i++) {
        bool is_answered = owner_ask(collection, worker->owners[i], rule, &own);
        if (is_answered && rule[0])
            err_set(&own, ERR_FORBIDDEN, "%.64s: signer %zu of a Safe: %.80s",
                    collection->payout->id, i + 1, rule);
        if (!is_answered || rule[0])
            payout_trouble(worker, &own);
    }
    if (collection->count < collection->threshold)
        return true;
    *ret_wait = NULL;
    return safe_tx_signed(worker->db, collection->row, err);
}

bool payout_safe_prepare(struct payout_worker *worker, const struct payout *payout,
                         const char *safe, const struct safe_call *call, struct safe_row *ret_row,
                         const char **ret_wait, struct err *err)
{
    struct reading reading = {.safe = safe, .contract = payout->contract};
    struct collection collection = {.worker = worker,
                                    .payout = payout,
                                    .call = call,
                                    .row = ret_row,
                                    .signatures = STR_INIT(ANSWER_BYTES_MAX)};
    bool is_begun;
    *ret_wait = NULL;
    if (!safe_tx_of_payout(worker->db, worker->arena, payout->id, ret_row, &is_begun, err))
        return false;
    if (is_begun && ret_row->call)
        return true;
    if (!providers_ask(worker->session, ask_safe, &reading, err))
        return false;
    if (!is_begun)
        return reserve(worker, payout, &reading, ret_wait, err);
    collection.threshold = reading.threshold;
    bool done = collect(&collection, ret_wait, err);
    str_release(&collection.signatures);
    return done;
}

/* ---- how it ended ---- */

struct ending {
    struct payout_worker *worker;
    const struct safe_row *row;
    uint64_t height; /* the last that is deep enough */
    uint64_t nonce;
    struct ethereum_safe_end end;
};

static bool ask_nonce(struct node *node, void *arg, struct err *err)
{
    struct ending *ending = arg;
    return ethereum_safe_nonce(node, ending->row->safe, ending->height, &ending->nonce, err);
}

static bool ask_end(struct node *node, void *arg, struct err *err)
{
    struct ending *ending = arg;
    return ethereum_safe_end_find(node, ending->row->safe, ending->row->digest,
                                  ending->row->from_height, ending->height, &ending->end, err);
}

/* The transaction of ours that the log names, or somebody else's. */
static bool tx_of(const struct ending *ending, struct payout_tx *ret_tx, struct err *err)
{
    struct payout_tx_list all;
    if (!payout_txs_of(ending->worker->db, ending->worker->arena, ending->row->payout_id, &all,
                       err))
        return false;
    *ret_tx = (struct payout_tx){.fee_units = "0"};
    for (size_t i = 0; i < all.count; i++)
        if (strcmp(all.rows[i].txid, ending->end.txid) == 0)
            *ret_tx = all.rows[i];
    snprintf(ret_tx->txid, sizeof(ret_tx->txid), "%s", ending->end.txid);
    ret_tx->mined_height = ending->end.height;
    return true;
}

/* One that was waiting still was sent by somebody else all the same. */
static bool paid(const struct ending *ending, struct payout *payout, const struct payout_tx *tx,
                 struct err *err)
{
    struct payout_worker *worker = ending->worker;
    return (payout->state != PAYOUT_WAITING ||
            (payout_move(worker, payout, PAYOUT_MOVE_TAKE, "", NULL, err) &&
             payout_move(worker, payout, PAYOUT_MOVE_SIGN, "", tx, err))) &&
           payout_move(worker, payout, PAYOUT_MOVE_CONFIRM, "", tx, err);
}

static bool end_unit(struct db *db, void *arg, struct err *err)
{
    const struct ending *ending = arg;
    struct payout payout;
    struct payout_tx tx;
    if (!payout_find(db, ending->worker->arena, ending->row->payout_id, &payout, NULL, err))
        return false;
    if (payout_is_final(payout.state) || payout.state == PAYOUT_BUILDING)
        return true;
    if (!tx_of(ending, &tx, err))
        return false;
    if (ending->end.is_there && ending->end.is_success)
        return paid(ending, &payout, &tx, err);
    /* Every number that was taken has a log: a node that shows fewer proves nothing. */
    if (ending->end.taken < ending->nonce - ending->row->nonce)
        return err_set(err, ERR_PROTOCOL, "%.42s took %llu numbers, the node has %llu logs of it",
                       ending->row->safe, (unsigned long long)(ending->nonce - ending->row->nonce),
                       (unsigned long long)ending->end.taken);
    return payout_move(ending->worker, &payout,
                       payout.state == PAYOUT_WAITING ? PAYOUT_MOVE_REFUSE : PAYOUT_MOVE_FAIL,
                       ending->end.is_there ? "reverted" : "safe_number_spent_elsewhere",
                       ending->end.is_there ? &tx : NULL, err);
}

static bool end_look(struct ending *ending, struct err *err)
{
    struct payout_worker *worker = ending->worker;
    if (ending->height < ending->row->from_height)
        return true;
    if (!providers_ask(worker->session, ask_nonce, ending, err))
        return false;
    if (ending->nonce <= ending->row->nonce)
        return true; /* it may go through yet */
    return providers_ask(worker->session, ask_end, ending, err) &&
           db_transaction(worker->db, end_unit, ending, err);
}

bool payouts_safe_watch(struct payout_worker *worker, struct err *err)
{
    uint64_t depth = worker->entry->min_confirmations;
    struct safe_row_list list;
    struct err own;
    if (worker->tip < depth)
        return true;
    if (!safe_txs_open(worker->db, worker->arena, worker->chain->key, &list, err))
        return false;
    for (size_t i = 0; i < list.count && !worker->app->stopping; i++) {
        struct ending ending = {
            .worker = worker, .row = &list.rows[i], .height = worker->tip - depth + 1};
        if (!end_look(&ending, &own) && own.code != ERR_STATE_CONFLICT)
            payout_trouble(worker, &own);
    }
    return true;
}
