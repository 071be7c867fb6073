/* What a PSBT is taken for: payments that were named, change that is ours, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "chain/coin_address.h"
#include "signer/actions/psbt_order.h"
#include "signer/actions/signer.h"

static const char policy_text[] = "chains:\n"
                                  "  - client: litecoin\n"
                                  "    network: regtest\n"
                                  "    name: ltc-regtest\n"
                                  "    fee_max: \"100000\"\n"
                                  "    fee_day_max: \"1000000\"\n"
                                  "    rules:\n"
                                  "      - purpose: withdrawal\n"
                                  "        from: [hot]\n"
                                  "        to: any\n"
                                  "        payment_max: \"1000000\"\n"
                                  "        day_max: \"10000000\"\n";

enum { COIN_UNITS = 500000, PAID_UNITS = 100000, INPUTS = 2, OUTPUTS = 2 };

struct world {
    struct signer app;
    struct arena *arena;
    const struct coin_params *coin;
    struct coin_multisig multisig; /* 1 of 2: a hot key of ours, and a stranger's */
    struct str multisig_script;
    struct coin_script ours, shared, outside;
    uint8_t hot_key[XPUB_KEY_SIZE];
    struct psbt_derivation derivation;
    struct coin_input inputs[INPUTS];
    struct coin_output outputs[OUTPUTS];
    struct psbt psbt;
    struct str bytes;
    struct payment_claim claim;
    char to[COIN_ADDRESS_TEXT_SIZE];
    struct err err;
};

static int world_new(void **state)
{
    static const uint8_t seed[SEED_SIZE_MADE] = {7}, nobody[32] = {9};
    struct world *w = calloc(1, sizeof(*w));
    struct key_place hot = {.account = ACCOUNT_HOT};
    struct coin_address address;
    if (!w)
        return -1;
    *state = w;
    w->coin = hot.coin = coin_params_find("litecoin", "regtest");
    w->arena = arena_new(4 << 20);
    w->bytes = STR_INIT(1 << 20);
    w->multisig_script = STR_INIT(COIN_MULTISIG_SCRIPT_MAX);
    if (!w->arena || !keys_of_seed(seed, sizeof(seed), &w->app.keys, &w->err) ||
        !policy_read("policy", policy_text, sizeof(policy_text) - 1, &w->app.policy, &w->err) ||
        !keys_public(w->app.keys, &hot, w->hot_key, &w->err))
        return -1;
    key_place_path(&hot, &w->derivation.path);
    memcpy(w->derivation.key, w->hot_key, sizeof(w->hot_key));
    w->ours = coin_script_of_key(COIN_P2WPKH, w->hot_key);
    w->multisig.threshold = 1;
    w->multisig.count = 2;
    memcpy(w->multisig.keys[0], w->hot_key, sizeof(w->hot_key));
    struct key_place other = {.coin = w->coin, .account = ACCOUNT_WARM, .index = 5};
    if (!keys_public(w->app.keys, &other, w->multisig.keys[1], &w->err))
        return -1;
    coin_multisig_write(&w->multisig, &w->multisig_script);
    w->shared = coin_script_of_witness(span_of_str(&w->multisig_script));
    w->outside = coin_script_make(COIN_P2WPKH, nobody);
    if (!coin_address_of_script(w->coin, coin_script_span(&w->outside), &address))
        return -1;
    memcpy(w->to, address.text, sizeof(w->to));
    w->claim = (struct payment_claim){
        .payout_id = "withdraw-1", .contract = "", .to = w->to, .units = u256_from_u64(PAID_UNITS)};
    return 0;
}

static int world_free(void **state)
{
    struct world *w = *state;
    keys_close(w->app.keys);
    policy_free(w->app.policy);
    arena_free(w->arena);
    str_release(&w->bytes);
    str_release(&w->multisig_script);
    free(w);
    return 0;
}

/* Each input spends one of these two scripts; the second output pays `change`. */
static bool read_order(struct world *w, const struct coin_script *const spent[INPUTS],
                       const struct coin_script *change, bool has_derivation)
{
    struct coin_tx tx = {.version = 2,
                         .inputs = w->inputs,
                         .inputs_count = INPUTS,
                         .outputs = w->outputs,
                         .outputs_count = OUTPUTS};
    struct psbt_order order;
    memset(w->inputs, 0, sizeof(w->inputs));
    w->outputs[0] = (struct coin_output){PAID_UNITS, coin_script_span(&w->outside)};
    w->outputs[1] =
        (struct coin_output){INPUTS * COIN_UNITS - PAID_UNITS - 1000, coin_script_span(change)};
    for (uint32_t i = 0; i < INPUTS; i++)
        w->inputs[i].index = i;
    assert_true(psbt_create(&tx, w->arena, &w->psbt, &w->err));
    for (size_t i = 0; i < INPUTS; i++) {
        assert_true(psbt_utxo_set(&w->psbt, i, COIN_UNITS, coin_script_span(spent[i]), &w->err));
        assert_true(psbt_derivation_add(&w->psbt, i, &w->derivation, &w->err));
        if (spent[i] == &w->shared)
            assert_true(
                psbt_witness_script_set(&w->psbt, i, span_of_str(&w->multisig_script), &w->err));
    }
    if (has_derivation)
        assert_true(psbt_output_derivation_add(&w->psbt, 1, &w->derivation, &w->err));
    str_clear(&w->bytes);
    psbt_write(&w->psbt, &w->bytes);
    const struct psbt_request request = {.client = "litecoin",
                                         .network = "regtest",
                                         .purpose = "withdrawal",
                                         .psbt = span_of_str(&w->bytes),
                                         .claims = &w->claim,
                                         .claims_count = 1};
    memset(&order, 0, sizeof(order));
    return psbt_order_read(&w->app, &request, w->arena, &order, &w->err);
}

static void psbt_order_read__payment_and_change_to_the_hot_wallet__taken(void **state)
{
    struct world *w = *state;
    const struct coin_script *const spent[INPUTS] = {&w->ours, &w->ours};
    if (!read_order(w, spent, &w->ours, true))
        fail_msg("%s", w->err.what);
}

static void psbt_order_read__change_without_a_word_whose_it_is__refused(void **state)
{
    struct world *w = *state;
    const struct coin_script *const spent[INPUTS] = {&w->ours, &w->ours};
    assert_false(read_order(w, spent, &w->ours, false));
    assert_non_null(strstr(w->err.what, "output 1"));
}

static void psbt_order_read__change_to_somebody_who_claims_our_path__refused(void **state)
{
    struct world *w = *state;
    const struct coin_script *const spent[INPUTS] = {&w->ours, &w->ours};
    uint8_t program[32] = {3};
    struct coin_script theirs = coin_script_make(COIN_P2WPKH, program);
    assert_false(read_order(w, spent, &theirs, true));
    assert_non_null(strstr(w->err.what, "output 1"));
}

static void psbt_order_read__all_of_one_multisig__change_goes_back_to_it(void **state)
{
    struct world *w = *state;
    const struct coin_script *const spent[INPUTS] = {&w->shared, &w->shared};
    if (!read_order(w, spent, &w->shared, false))
        fail_msg("%s", w->err.what);
}

/* A liar brings a coin of an m-of-n around a key of ours, and asks for "change" of the hot wallet to it. */
static void psbt_order_read__hot_coins_to_a_multisig_of_a_liar__refused(void **state)
{
    struct world *w = *state;
    const struct coin_script *const first[INPUTS] = {&w->shared, &w->ours};
    const struct coin_script *const last[INPUTS] = {&w->ours, &w->shared};
    assert_false(read_order(w, first, &w->shared, false));
    assert_non_null(strstr(w->err.what, "output 1"));
    assert_false(read_order(w, last, &w->shared, false));
    assert_non_null(strstr(w->err.what, "output 1"));
}

static void psbt_order_read__payment_of_another_amount__refused(void **state)
{
    struct world *w = *state;
    const struct coin_script *const spent[INPUTS] = {&w->ours, &w->ours};
    w->claim.units = u256_from_u64(PAID_UNITS - 1);
    assert_false(read_order(w, spent, &w->ours, true));
    assert_non_null(strstr(w->err.what, "output 0"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, world_new, world_free)
        T(psbt_order_read__payment_and_change_to_the_hot_wallet__taken),
        T(psbt_order_read__change_without_a_word_whose_it_is__refused),
        T(psbt_order_read__change_to_somebody_who_claims_our_path__refused),
        T(psbt_order_read__all_of_one_multisig__change_goes_back_to_it),
        T(psbt_order_read__hot_coins_to_a_multisig_of_a_liar__refused),
        T(psbt_order_read__payment_of_another_amount__refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
