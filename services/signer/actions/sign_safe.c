#include "signer/actions/sign_safe.h"

#include <stdio.h>
#include <string.h>

#include "signer/actions/desk.h"
#include "signer/actions/evm_call.h"
#include "signer/actions/refusals.h"
#include "signer/actions/signer.h"
#include "signer/keys/keys.h"

void safe_answer_release(struct safe_answer *answer)
{
    str_release(&answer->signatures);
    str_release(&answer->call);
}

static bool order_read(struct signer *app, const struct safe_request *request, struct order *order,
                       struct payment *payment, char input[static INPUT_TEXT_SIZE], struct err *err)
{
    const struct safe_tx *tx = &request->tx;
    const struct evm_call call = {.to = tx->to, .value = tx->value, .data = tx->data};
    char network[24], safe[EVM_ADDRESS_TEXT_SIZE];
    uint8_t digest[32];
    snprintf(network, sizeof(network), "%llu", (unsigned long long)tx->chain_id);
    evm_address_text(tx->safe, safe);
    if (!claim_chain(app, request->client, network, &order->chain, err))
        return false;
    if (!purpose_parse(request->purpose, &order->purpose))
        return err_set_key(err, ERR_INVALID, "signer.payment.invalid_purpose", "%.32s",
                           request->purpose);
    if (order->purpose == PURPOSE_FILL)
        return refuse(err, RULE_KEY("unlisted"), "a contract wallet has no numbers to fill");
    if (!policy_has_safe(order->chain, safe))
        return refuse(err, RULE_KEY("safe_unlisted"), "%s is not listed", safe);
    if (!claim_contract(order->chain, request->payment.contract, order->contract, err) ||
        !claim_read(app, order->chain, &request->payment, payment, err) ||
        !evm_call_compare(&call, payment, order->contract, err))
        return false;
    order->from = 1u << request->account;
    safe_tx_digest(tx, digest);
    evm_hash_text(digest, order->tx);
    safe_input_text(tx, input);
    return true;
}

static bool pack(const struct safe_request *request, struct safe_answer *answer, struct err *err)
{
    struct safe_signature list[SAFE_OWNERS_MAX];
    size_t count = 0;
    list[count].owner = answer->owner;
    memcpy(list[count++].bytes, answer->signature, SAFE_SIGNATURE_SIZE);
    for (size_t i = 0; i < request->others_count; i++) {
        assert(count < SAFE_OWNERS_MAX);
        if (request->others[i].length != SAFE_SIGNATURE_SIZE)
            return err_set_key(err, ERR_INVALID, "signer.signature.invalid", "no signature");
        memcpy(list[count].bytes, request->others[i].bytes, SAFE_SIGNATURE_SIZE);
        if (!safe_signature_owner(&request->tx, list[count].bytes, &list[count].owner))
            return err_set_key(err, ERR_INVALID, "signer.signature.invalid",
                               "a signature of nobody");
        count++;
    }
    safe_signatures_pack(list, count, &answer->signatures);
    safe_call_write(&request->tx, span_of_str(&answer->signatures), &answer->call);
    return (str_ok(&answer->signatures) && str_ok(&answer->call)) ||
           err_set(err, ERR_INVALID, "a transaction that is too large");
}

bool sign_safe(struct signer *app, const struct safe_request *request, struct safe_answer *answer,
               struct err *err)
{
    struct payment payment;
    char inputs[1][INPUT_TEXT_SIZE];
    struct order order = {
        .payments = &payment, .payments_count = 1, .inputs = inputs, .inputs_count = 1};
    const struct key_place place = {.account = request->account, .index = request->index};
    struct evm_signature signature;
    uint8_t digest[32], key[XPUB_KEY_SIZE];
    enum desk_answer answered;
    if (!order_read(app, request, &order, &payment, inputs[0], err))
        return note_refusal(app, request->payment.payout_id, request->purpose, err);
    if (!desk_decide(app->desk, &order, &request->approvals, &answered, err))
        return false;
    safe_tx_digest(&request->tx, digest);
    if (!keys_public(app->keys, &place, key, err) ||
        !keys_sign(app->keys, &place, digest, &signature, err))
        return false;
    if (!evm_address_of_key(key, &answer->owner))
        return err_set(err, ERR_INTERNAL, "a key that is no point");
    evm_hash_text(digest, answer->digest);
    safe_signature_write(&signature, answer->signature);
    return pack(request, answer, err);
}
