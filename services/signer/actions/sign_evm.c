#include "signer/actions/sign_evm.h"

#include <stdio.h>
#include <string.h>

#include "chain/erc20.h"
#include "signer/actions/desk.h"
#include "signer/actions/refusals.h"
#include "signer/actions/signer.h"
#include "signer/keys/keys.h"

/* What the bytes pay: the native coin, or a token by exactly transfer(address,uint256). */
static bool evm_decode(const struct evm_tx *tx, char ret_contract[static POLICY_ADDRESS_SIZE],
                       char ret_to[static POLICY_ADDRESS_SIZE], struct u256 *ret_units,
                       struct err *err)
{
    struct evm_address to;
    if (tx->data.length == 0) {
        ret_contract[0] = '\0';
        evm_address_text(tx->to, ret_to);
        *ret_units = tx->value;
        return true;
    }
    if (!u256_is_zero(tx->value))
        return refuse(err, RULE_KEY("data"), "a call that carries native coins");
    if (!erc20_transfer_parse(tx->data, &to, ret_units))
        return refuse(err, RULE_KEY("data"), "a call that is no transfer of a token");
    evm_address_text(tx->to, ret_contract);
    evm_address_text(to, ret_to);
    return true;
}

static bool evm_compare(const struct evm_tx *tx, const struct payment *payment,
                        const char *contract, struct err *err)
{
    char real_contract[POLICY_ADDRESS_SIZE], real_to[POLICY_ADDRESS_SIZE];
    struct u256 real_units;
    if (!evm_decode(tx, real_contract, real_to, &real_units, err))
        return false;
    if (strcmp(real_contract, contract) != 0)
        return refuse(err, RULE_KEY("outputs"), "%s: the transaction is of another asset",
                      payment->payout_id);
    if (strcmp(real_to, payment->to) != 0)
        return refuse(err, RULE_KEY("outputs"), "%s: the transaction pays %s", payment->payout_id,
                      real_to);
    if (u256_cmp(real_units, payment->units) != 0)
        return refuse(err, RULE_KEY("outputs"), "%s: the transaction pays another amount",
                      payment->payout_id);
    return true;
}

static bool order_read(struct signer *app, const struct evm_request *request, struct order *order,
                       struct payment *payment, char input[static INPUT_TEXT_SIZE], struct err *err)
{
    const struct evm_tx *tx = &request->tx;
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
        !evm_compare(tx, payment, order->contract, err))
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
