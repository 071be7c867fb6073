#include "signer/actions/psbt_order.h"

#include <stdio.h>
#include <string.h>

#include "chain/coin_address.h"
#include "crypto/crypto.h"
#include "signer/actions/signer.h"

/* What is worked on. */
struct reading {
    struct signer *app;
    const struct psbt_request *request;
    struct arena *arena;
    struct psbt_order *made;
};

static bool no_memory(struct err *err)
{
    return err_set(err, ERR_BUSY, "no memory for a transaction");
}

static bool invalid(struct err *err)
{
    err->key = "signer.transaction.invalid";
    err->code = err->code == ERR_BUSY ? ERR_BUSY : ERR_INVALID;
    return false;
}

/* ---- inputs ---- */

/* Whether the key is what the spent output asks for: alone, or one of the keys of its m-of-n. */
static bool key_fits(const struct psbt *psbt, size_t at, const struct coin_output *spent,
                     const uint8_t key[static COIN_PUBLIC_KEY_SIZE])
{
    enum coin_script_kind kind = coin_script_classify(spent->script, NULL);
    struct span witness = psbt_witness_script(psbt, at);
    struct coin_multisig multisig;
    if (kind == COIN_P2WPKH || kind == COIN_P2PKH) {
        struct coin_script script = coin_script_of_key(kind, key);
        return span_equal(spent->script, coin_script_span(&script));
    }
    if (kind != COIN_P2WSH || witness.length == 0 || !coin_multisig_parse(witness, &multisig))
        return false;
    struct coin_script script = coin_script_of_witness(witness);
    if (!span_equal(spent->script, coin_script_span(&script)))
        return false;
    for (unsigned i = 0; i < multisig.count; i++)
        if (memcmp(multisig.keys[i], key, COIN_PUBLIC_KEY_SIZE) == 0)
            return true;
    return false;
}

bool psbt_input_place(struct keys *keys, const struct coin_params *coin, const struct psbt *psbt,
                      size_t at, const struct coin_output *spent, bool *ret_is_ours,
                      struct key_place *ret_place, struct err *err)
{
    struct psbt_derivation derivation;
    *ret_is_ours = false;
    for (size_t n = 0; psbt_derivation_at(psbt, at, n, &derivation); n++) {
        uint8_t key[XPUB_KEY_SIZE];
        if (!key_place_of_path(coin, &derivation.path, ret_place))
            continue;
        if (!keys_public(keys, ret_place, key, err))
            return false;
        *ret_is_ours =
            memcmp(key, derivation.key, sizeof(key)) == 0 && key_fits(psbt, at, spent, key);
        if (*ret_is_ours)
            return true;
    }
    return true;
}

static bool input_place(const struct reading *reading, size_t at, const struct coin_output *spent,
                        struct key_place *ret_place, struct err *err)
{
    bool is_ours;
    return psbt_input_place(reading->app->keys, reading->made->order.chain->coin,
                            &reading->made->psbt, at, spent, &is_ours, ret_place, err) &&
           (is_ours || refuse(err, RULE_KEY("inputs"), "input %zu is not ours", at));
}

static bool inputs_read(const struct reading *reading, struct err *err)
{
    struct psbt_order *made = reading->made;
    struct order *order = &made->order;
    size_t count = made->psbt.tx.inputs_count;
    AUTO(str_release) struct str values = STR_INIT(INPUTS_MAX * sizeof(uint64_t));
    uint8_t digest[SHA256_SIZE];
    made->places = arena_alloc(reading->arena, count * sizeof(*made->places));
    order->inputs = arena_alloc(reading->arena, count * sizeof(*order->inputs));
    if (!made->places || !order->inputs)
        return no_memory(err);
    for (size_t i = 0; i < count; i++) {
        const struct coin_input *input = &made->psbt.tx.inputs[i];
        struct coin_output spent;
        char txid[TXID_TEXT_SIZE];
        if (!psbt_spent(&made->psbt, i, &spent, NULL, err))
            return invalid(err);
        if (!input_place(reading, i, &spent, &made->places[i], err))
            return false;
        order->from |= 1u << made->places[i].account;
        snprintf(order->inputs[i], sizeof(order->inputs[i]), "%s:%u", txid_text(input->txid, txid),
                 (unsigned)input->index);
        bytes_add_u64(&values, spent.value);
    }
    order->inputs_count = count;
    sha256(str_data(&values), values.length, digest);
    hex_write(digest, sizeof(digest), order->values);
    return true;
}

/* ---- outputs ---- */

/* Whether all of the inputs come from this script. If one of them were of another, its coins could be
 * moved to an m-of-n that a liar made up around a key of ours, as change that no limit counts. */
static bool all_come_from(const struct psbt *psbt, struct span script)
{
    for (size_t i = 0; i < psbt->tx.inputs_count; i++) {
        struct coin_output spent;
        struct err err;
        if (!psbt_spent(psbt, i, &spent, NULL, &err) || !span_equal(script, spent.script))
            return false;
    }
    return true;
}

/* Change goes back to where it was: the same m-of-n, or a key of the account "hot". */
static bool is_change(const struct reading *reading, size_t at, struct err *err, bool *ret_is)
{
    const struct psbt *psbt = &reading->made->psbt;
    struct span script = psbt->tx.outputs[at].script;
    struct psbt_derivation derivation;
    *ret_is = false;
    for (size_t n = 0; psbt_output_derivation_at(psbt, at, n, &derivation); n++) {
        uint8_t key[XPUB_KEY_SIZE];
        struct key_place place;
        struct coin_address address;
        if (!key_place_of_path(reading->made->order.chain->coin, &derivation.path, &place) ||
            place.account != ACCOUNT_HOT)
            continue;
        if (!keys_public(reading->app->keys, &place, key, err))
            return false;
        coin_address_of_key(place.coin, key, &address);
        *ret_is |= span_equal(script, coin_script_span(&address.script));
    }
    if (coin_script_classify(script, NULL) == COIN_P2WSH)
        *ret_is |= all_come_from(psbt, script);
    return true;
}

static struct payment *payment_of(struct order *order, const bool *is_paid, const char *address,
                                  uint64_t value)
{
    for (size_t i = 0; i < order->payments_count; i++)
        if (!is_paid[i] && strcmp(order->payments[i].to, address) == 0 &&
            u256_cmp(order->payments[i].units, u256_from_u64(value)) == 0)
            return &order->payments[i];
    return NULL;
}

/* Every output is a payment that was claimed, once, or change; and every claim is paid. */
static bool outputs_read(const struct reading *reading, struct err *err)
{
    struct psbt_order *made = reading->made;
    struct order *order = &made->order;
    bool is_paid[PAYMENTS_MAX] = {false};
    size_t paid = 0;
    for (size_t i = 0; i < made->psbt.tx.outputs_count; i++) {
        const struct coin_output *output = &made->psbt.tx.outputs[i];
        struct coin_address address;
        struct payment *payment = NULL;
        bool change;
        if (coin_address_of_script(order->chain->coin, output->script, &address))
            payment = payment_of(order, is_paid, address.text, output->value);
        if (payment) {
            is_paid[payment - order->payments] = true;
            paid++;
            continue;
        }
        if (!is_change(reading, i, err, &change))
            return false;
        if (!change)
            return refuse(err, RULE_KEY("outputs"), "output %zu is no payment that was named", i);
    }
    return paid == order->payments_count ||
           refuse(err, RULE_KEY("outputs"), "a payment that was named is not in the transaction");
}

/* ---- the whole ---- */

static bool payments_read(const struct reading *reading, struct err *err)
{
    const struct psbt_request *request = reading->request;
    struct order *order = &reading->made->order;
    assert(request->claims_count > 0 && request->claims_count <= PAYMENTS_MAX);
    order->payments = arena_alloc(reading->arena, request->claims_count * sizeof(*order->payments));
    if (!order->payments)
        return no_memory(err);
    for (size_t i = 0; i < request->claims_count; i++) {
        const struct payment_claim *claim = &request->claims[i];
        char contract[POLICY_ADDRESS_SIZE];
        if (!claim_contract(order->chain, claim->contract, contract, err) ||
            !claim_read(reading->app, order->chain, claim, &order->payments[i], err))
            return false;
    }
    order->payments_count = request->claims_count;
    return true;
}

static bool tx_read(const struct reading *reading, struct err *err)
{
    struct psbt_order *made = reading->made;
    uint8_t txid[TXID_SIZE];
    uint64_t fee;
    if (!psbt_parse(reading->request->psbt, reading->arena, &made->psbt, err))
        return invalid(err);
    if (made->psbt.tx.inputs_count == 0 || made->psbt.tx.inputs_count > INPUTS_MAX) {
        err_set(err, ERR_INVALID, "1 to %d inputs", INPUTS_MAX);
        return invalid(err);
    }
    if (!psbt_fee(&made->psbt, &fee, err))
        return invalid(err);
    made->order.fee = u256_from_u64(fee);
    coin_tx_id(&made->psbt.tx, txid);
    txid_text(txid, made->order.tx);
    return true;
}

bool psbt_order_read(struct signer *app, const struct psbt_request *request, struct arena *arena,
                     struct psbt_order *ret_made, struct err *err)
{
    const struct reading reading = {
        .app = app, .request = request, .arena = arena, .made = ret_made};
    struct order *order = &ret_made->order;
    if (!claim_chain(app, request->client, request->network, &order->chain, err))
        return false;
    if (!order->chain->coin)
        return err_set_key(err, ERR_INVALID, "signer.transaction.invalid", "%s has no PSBT",
                           request->client);
    if (!purpose_parse(request->purpose, &order->purpose))
        return err_set_key(err, ERR_INVALID, "signer.payment.invalid_purpose", "%.32s",
                           request->purpose);
    return tx_read(&reading, err) && payments_read(&reading, err) && inputs_read(&reading, err) &&
           outputs_read(&reading, err);
}
