#include "signer/actions/sign_evm.h"

#include <stdio.h>
#include <string.h>

#include "signer/actions/desk.h"
#include "signer/actions/evm_call.h"
#include "signer/actions/refusals.h"
#include "signer/actions/signer.h"
#include "signer/keys/keys.h"

enum { EVM_INPUTS_MAX = 2, CALL_BYTES_MAX = 256 * 1024 };

/* A call of a contract wallet is not. */
static bool is_to_itself(const struct evm_request *request)
{
    return !request->safe && request->payment.has_place &&
           request->payment.account == request->account && request->payment.index == request->index;
}

/* What it pays: itself, or the Safe that it calls. */
static bool call_read(const struct evm_request *request, struct order *order,
                      struct evm_call *ret_call, struct err *err)
{
    const struct evm_tx *tx = &request->tx;
    const struct safe_tx *safe = request->safe;
    char text[EVM_ADDRESS_TEXT_SIZE];
    if (!safe) {
        *ret_call = (struct evm_call){.to = tx->to, .value = tx->value, .data = tx->data};
        return true;
    }
    evm_address_text(safe->safe, text);
    if (!policy_has_safe(order->chain, text))
        return refuse(err, RULE_KEY("safe_unlisted"), "%s is not listed", text);
    if (!u256_is_zero(tx->value))
        return refuse(err, RULE_KEY("data"), "a call of a Safe that carries native coins");
    safe_input_text(safe, order->inputs[order->inputs_count++]);
    *ret_call = (struct evm_call){.to = safe->to, .value = safe->value, .data = safe->data};
    return true;
}

static bool order_read(struct signer *app, const struct evm_request *request, struct order *order,
                       struct payment *payment, struct err *err)
{
    const struct evm_tx *tx = &request->tx;
    struct evm_call call;
    char network[24];
    uint8_t digest[EVM_TX_HASH_SIZE];
    snprintf(network, sizeof(network), "%llu", (unsigned long long)tx->chain_id);
    if (!claim_chain(app, request->client, network, &order->chain, err))
        return false;
    if (!purpose_parse(request->purpose, &order->purpose))
        return err_set_key(err, ERR_INVALID, "signer.payment.invalid_purpose", "%.32s",
                           request->purpose);
    if (u256_cmp(tx->max_priority_fee, tx->max_fee) > 0 || tx->gas == 0 || tx->is_creation)
        return err_set_key(err, ERR_INVALID, "signer.transaction.invalid", "gas, tip or receiver");
    if (!call_read(request, order, &call, err) ||
        !claim_contract(order->chain, request->payment.contract, order->contract, err) ||
        !claim_read(app, order->chain, &request->payment, payment, err) ||
        !evm_call_compare(&call, payment, order->contract, err))
        return false;
    if (order->purpose == PURPOSE_FILL && !is_to_itself(request))
        return refuse(err, RULE_KEY("destination"), "%s: to another address than its sender",
                      payment->payout_id);
    if (!u256_mul_u64(tx->max_fee, tx->gas, &order->fee))
        return refuse(err, RULE_KEY("fee_max"), "a fee above 256 bits");
    order->from = 1u << request->account;
    evm_tx_digest(tx, digest);
    evm_hash_text(digest, order->tx);
    snprintf(order->inputs[order->inputs_count++], INPUT_TEXT_SIZE, "evm:%u/%u:%llu",
             (unsigned)request->account, (unsigned)request->index, (unsigned long long)tx->nonce);
    return true;
}

static bool sign_whole(struct signer *app, const struct evm_request *request, struct str *raw,
                       char ret_txid[static EVM_TXID_SIZE], struct err *err)
{
    struct payment payment;
    char inputs[EVM_INPUTS_MAX][INPUT_TEXT_SIZE];
    struct order order = {.payments = &payment, .payments_count = 1, .inputs = inputs};
    const struct key_place place = {.account = request->account, .index = request->index};
    struct evm_signature signature;
    uint8_t digest[EVM_TX_HASH_SIZE], hash[EVM_TX_HASH_SIZE];
    enum desk_answer answer;
    if (!order_read(app, request, &order, &payment, err))
        return note_refusal(app, request->payment.payout_id, request->purpose, err);
    if (!desk_decide(app->desk, &order, &request->approvals, &answer, err))
        return false;
    evm_tx_digest(&request->tx, digest);
    if (!keys_sign(app->keys, &place, digest, &signature, err))
        return false;
    size_t at = raw->length;
    evm_tx_write(&request->tx, &signature, raw);
    if (!str_ok(raw))
        return err_set(err, ERR_INVALID, "a transaction that is too large");
    evm_tx_hash(span_of(raw->data + at, raw->length - at), hash);
    evm_hash_text(hash, ret_txid);
    return true;
}

bool sign_evm(struct signer *app, const struct evm_request *request, struct str *raw,
              char ret_txid[static EVM_TXID_SIZE], struct err *err)
{
    AUTO(str_release) struct str call = STR_INIT(CALL_BYTES_MAX);
    struct evm_request whole = *request;
    if (!request->safe)
        return sign_whole(app, request, raw, ret_txid, err);
    safe_call_write(request->safe, request->safe_signatures, &call);
    if (!str_ok(&call))
        return err_set(err, ERR_INVALID, "a transaction that is too large");
    whole.tx.data = span_of_str(&call);
    return sign_whole(app, &whole, raw, ret_txid, err);
}
