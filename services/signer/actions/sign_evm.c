#include "signer/actions/sign_evm.h"

#include <stdio.h>
#include <string.h>

#include "signer/actions/desk.h"
#include "signer/actions/evm_call.h"
#include "signer/actions/refusals.h"
#include "signer/actions/signer.h"
#include "signer/keys/keys.h"

static bool order_read(struct signer *app, const struct evm_request *request, struct order *order,
                       struct payment *payment, char input[static INPUT_TEXT_SIZE], struct err *err)
{
    const struct evm_tx *tx = &request->tx;
    const struct evm_call call = {.to = tx->to, .value = tx->value, .data = tx->data};
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
    if (!claim_contract(order->chain, request->payment.contract, order->contract, err) ||
        !claim_read(app, order->chain, &request->payment, payment, err) ||
        !evm_call_compare(&call, payment, order->contract, err))
        return false;
    if (!u256_mul_u64(tx->max_fee, tx->gas, &order->fee))
        return refuse(err, RULE_KEY("fee_max"), "a fee above 256 bits");
    order->from = 1u << request->account;
    evm_tx_digest(tx, digest);
    evm_hash_text(digest, order->tx);
    snprintf(input, INPUT_TEXT_SIZE, "evm:%u/%u:%llu", (unsigned)request->account,
             (unsigned)request->index, (unsigned long long)tx->nonce);
    return true;
}

bool sign_evm(struct signer *app, const struct evm_request *request, struct str *raw,
              char ret_txid[static EVM_TXID_SIZE], struct err *err)
{
    struct payment payment;
    char inputs[1][INPUT_TEXT_SIZE];
    struct order order = {
        .payments = &payment, .payments_count = 1, .inputs = inputs, .inputs_count = 1};
    const struct key_place place = {.account = request->account, .index = request->index};
    struct evm_signature signature;
    uint8_t digest[EVM_TX_HASH_SIZE], hash[EVM_TX_HASH_SIZE];
    enum desk_answer answer;
    if (!order_read(app, request, &order, &payment, inputs[0], err))
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
