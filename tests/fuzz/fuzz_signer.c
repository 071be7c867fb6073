/*
 * What the signer reads of others. The first byte says which door is tried:
 *   'p'  a policy file: what is taken can be shown
 *   't'  a PSBT, with one payment that was named: what is no refusal is an order whose money adds up
 *   'l'  a line of the file of decisions, behind the first
 *   's'  a signature of an owner of a Safe: of somebody, or of nobody
 */
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "signer/actions/desk_replay.h"
#include "signer/actions/psbt_order.h"
#include "signer/actions/signer.h"
#include "signer/domain/safe.h"

enum { ARENA_BYTES_MAX = 16 << 20, TEXT_BYTES_MAX = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

DEFINE_AUTO(struct arena, arena_free);
DEFINE_AUTO(cJSON, cJSON_Delete);

static const char policy_text[] =
    "chains:\n  - client: litecoin\n    network: regtest\n    name: ltc\n    fee_max: \"1000000\"\n"
    "    fee_day_max: \"1000000\"\n    rules:\n      - {purpose: withdrawal, from: [hot], to: any, "
    "payment_max: \"100\", day_max: \"100\"}\n";

static struct policy *policy_make(void)
{
    struct policy *policy = NULL;
    struct err err;
    assert(policy_read("policy", policy_text, strlen(policy_text), &policy, &err));
    return policy;
}

static void try_policy(const char *text, size_t length)
{
    AUTO_FREE(policy_free) struct policy *policy = NULL;
    AUTO(str_release) struct str shown = STR_INIT(TEXT_BYTES_MAX);
    struct err err;
    if (policy_read("policy", text, length, &policy, &err))
        policy_print(policy, &shown);
    else
        assert(err.code == ERR_CONFIG && err.what[0] != '\0');
}

static void try_psbt(const uint8_t *bytes, size_t length)
{
    AUTO_FREE(policy_free) struct policy *policy = policy_make();
    AUTO_FREE(arena_free) struct arena *arena = arena_new(ARENA_BYTES_MAX);
    AUTO_FREE(keys_close) struct keys *keys = NULL;
    const struct payment_claim claim = {.payout_id = "w-1",
                                        .contract = "",
                                        .to = "rltc1qthklh702txwafc72d2qtxv7ywt7sk0mfjnrepq",
                                        .units = u256_from_u64(100)};
    const struct psbt_request request = {.client = "litecoin",
                                         .network = "regtest",
                                         .purpose = "withdrawal",
                                         .psbt = span_of(bytes, length),
                                         .claims = &claim,
                                         .claims_count = 1};
    struct psbt_order made = {.places = NULL};
    struct err err;
    assert(keys_of_seed((const uint8_t *)"0123456789abcdef", 16, &keys, &err));
    struct signer app = {.policy = policy, .keys = keys};
    if (!psbt_order_read(&app, &request, arena, &made, &err)) {
        assert(err.what[0] != '\0');
        return;
    }
    assert(made.order.payments_count == 1 && made.order.inputs_count > 0);
}

static void try_line(const char *text, size_t length)
{
    AUTO_FREE(policy_free) struct policy *policy = policy_make();
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    AUTO(desk_memory_release) struct desk_memory memory = {.policy = NULL};
    struct err err;
    if (!json_read(text, length, &root, &err))
        return;
    const struct audit_line line = {.number = 1, .at_us = INT64_C(1800000000000000), .root = root};
    assert(desk_memory_make(&memory, policy, &err));
    (void)!desk_replay(&memory, &line, &err);
}

static void try_signature(const uint8_t *bytes, size_t length)
{
    const struct safe_tx tx = {.chain_id = 1};
    uint8_t signature[SAFE_SIGNATURE_SIZE] = {0};
    struct evm_address owner;
    memcpy(signature, bytes, length < sizeof(signature) ? length : sizeof(signature));
    (void)!safe_signature_owner(&tx, signature, &owner);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > TEXT_BYTES_MAX)
        return 0;
    /* A copy of its own, so that a read past its end is seen; and with an end. */
    char *text = malloc(size);
    assert(text);
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    if (data[0] == 'p')
        try_policy(text, size - 1);
    else if (data[0] == 't')
        try_psbt((const uint8_t *)text, size - 1);
    else if (data[0] == 'l')
        try_line(text, size - 1);
    else if (data[0] == 's')
        try_signature((const uint8_t *)text, size - 1);
    free(text);
    return 0;
}
