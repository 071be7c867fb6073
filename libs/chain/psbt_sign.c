/* What is spent, what is signed of it, and how signatures become a transaction. See psbt.h. */
#include <secp256k1.h>
#include <string.h>

#include "base/auto.h"
#include "chain/hash.h"
#include "chain/psbt_map.h"

/* ---- what is spent ---- */

static bool spent_of_previous(const struct psbt *psbt, size_t at, struct span raw,
                              struct coin_output *ret_output, struct err *err)
{
    const struct coin_input *input = &psbt->tx.inputs[at];
    uint8_t txid[TXID_SIZE];
    struct coin_tx previous;
    if (!coin_tx_parse(raw, psbt->arena, &previous, err))
        return err_wrap(err, "psbt: input %zu: what it spends", at);
    coin_tx_id(&previous, txid);
    if (memcmp(txid, input->txid, TXID_SIZE) != 0)
        return err_set(err, ERR_INVALID, "psbt: input %zu does not spend the transaction given",
                       at);
    if (input->index >= previous.outputs_count)
        return err_set(err, ERR_INVALID, "psbt: input %zu spends an output that is not there", at);
    *ret_output = previous.outputs[input->index];
    return true;
}

static struct coin_output spent_of_claim(struct span value)
{
    struct reader reader = reader_of(value.bytes, value.length);
    struct coin_output output = {.value = reader_u64(&reader)};
    output.script = reader_span(&reader, reader_compact(&reader));
    return output;
}

bool psbt_spent(const struct psbt *psbt, size_t at, struct coin_output *ret_output,
                bool *ret_is_proven, struct err *err)
{
    assert(at < psbt->tx.inputs_count);
    struct span raw = psbt_map_value(&psbt->inputs[at], PSBT_IN_PREVIOUS);
    struct span claim = psbt_map_value(&psbt->inputs[at], PSBT_IN_UTXO);
    struct coin_output output = spent_of_claim(claim), proven;
    if (raw.length == 0 && claim.length == 0)
        return err_set(err, ERR_INVALID, "psbt: input %zu: what it spends is unknown", at);
    if (raw.length != 0) {
        if (!spent_of_previous(psbt, at, raw, &proven, err))
            return false;
        if (claim.length != 0 &&
            (proven.value != output.value || !span_equal(proven.script, output.script)))
            return err_set(err, ERR_INVALID, "psbt: input %zu: two stories of what it spends", at);
        output = proven;
    } else if (coin_script_classify(output.script, NULL) == COIN_P2PKH) {
        /* Its signature does not bind the value, so a lie about it would become the fee. */
        return err_set(err, ERR_INVALID, "psbt: input %zu: the transaction it spends is missing",
                       at);
    }
    *ret_output = output;
    if (ret_is_proven)
        *ret_is_proven = raw.length != 0;
    return true;
}

bool psbt_fee(const struct psbt *psbt, uint64_t *ret_fee, struct err *err)
{
    uint64_t in = 0, out;
    for (size_t i = 0; i < psbt->tx.inputs_count; i++) {
        struct coin_output output;
        if (!psbt_spent(psbt, i, &output, NULL, err))
            return false;
        if (output.value > COIN_VALUE_MAX || in > COIN_VALUE_MAX - output.value)
            return err_set(err, ERR_INVALID, "psbt: spends more than there is");
        in += output.value;
    }
    if (!coin_tx_value(&psbt->tx, &out) || out > in)
        return err_set(err, ERR_INVALID, "psbt: pays more than it spends");
    *ret_fee = in - out;
    return true;
}

/* ---- what is signed ---- */

/* All that signing an input needs to know. */
struct spending {
    enum coin_script_kind kind;
    struct span program;
    struct coin_output output;
    struct coin_multisig multisig; /* of COIN_P2WSH */
};

static bool check_type(const struct psbt *psbt, size_t at, struct err *err)
{
    struct span type = psbt_map_value(&psbt->inputs[at], PSBT_IN_TYPE);
    struct reader reader = reader_of(type.bytes, type.length);
    if (type.length != 0 && reader_u32(&reader) != COIN_SIGHASH_ALL)
        return err_set(err, ERR_INVALID, "psbt: input %zu wants another type than ALL", at);
    return true;
}

static bool spending_load(const struct psbt *psbt, size_t at, struct spending *spending,
                          struct err *err)
{
    if (!check_type(psbt, at, err) || !psbt_spent(psbt, at, &spending->output, NULL, err))
        return false;
    spending->kind = coin_script_classify(spending->output.script, &spending->program);
    if (spending->kind == COIN_P2PKH || spending->kind == COIN_P2WPKH)
        return true;
    if (spending->kind != COIN_P2WSH)
        return err_set(err, ERR_INVALID, "psbt: input %zu is %s, which we don't sign", at,
                       coin_script_kind_text(spending->kind));
    struct span script = psbt_witness_script(psbt, at);
    struct coin_script output = coin_script_of_witness(script);
    if (!span_equal(coin_script_span(&output), spending->output.script))
        return err_set(err, ERR_INVALID, "psbt: input %zu: the witness script is another one", at);
    if (!coin_multisig_parse(script, &spending->multisig))
        return err_set(err, ERR_INVALID, "psbt: input %zu: its script is no m of n keys", at);
    return true;
}

static void digest_of(const struct psbt *psbt, size_t at, const struct spending *spending,
                      uint8_t ret_digest[static 32])
{
    if (spending->kind == COIN_P2PKH) {
        coin_sighash_legacy(&psbt->tx, at, spending->output.script, ret_digest);
        return;
    }
    struct coin_script code = {{0}, 0};
    struct span script_code = psbt_witness_script(psbt, at);
    if (spending->kind == COIN_P2WPKH) {
        code = coin_script_code(spending->program.bytes);
        script_code = coin_script_span(&code);
    }
    coin_sighash_witness(&psbt->tx, at, script_code, spending->output.value, COIN_SIGHASH_ALL,
                         ret_digest);
}

bool psbt_digest(const struct psbt *psbt, size_t at, uint8_t ret_digest[static 32], struct err *err)
{
    struct spending spending;
    assert(at < psbt->tx.inputs_count);
    if (!spending_load(psbt, at, &spending, err))
        return false;
    digest_of(psbt, at, &spending, ret_digest);
    return true;
}

/* ---- signatures ---- */

static bool key_belongs(const struct spending *spending, const uint8_t *key)
{
    uint8_t digest[HASH160_SIZE];
    if (spending->kind != COIN_P2WSH) {
        hash160(key, COIN_PUBLIC_KEY_SIZE, digest);
        return memcmp(digest, spending->program.bytes, sizeof(digest)) == 0;
    }
    for (unsigned i = 0; i < spending->multisig.count; i++)
        if (memcmp(spending->multisig.keys[i], key, COIN_PUBLIC_KEY_SIZE) == 0)
            return true;
    return false;
}

/* In the lower half of the order only, as nodes want it. */
static bool signature_is_good(struct span der, const uint8_t digest[static 32], const uint8_t *key)
{
    const secp256k1_context *context = secp256k1_context_static;
    secp256k1_ecdsa_signature signature;
    secp256k1_pubkey point;
    return secp256k1_ec_pubkey_parse(context, &point, key, COIN_PUBLIC_KEY_SIZE) &&
           secp256k1_ecdsa_signature_parse_der(context, &signature, der.bytes, der.length) &&
           secp256k1_ecdsa_verify(context, &signature, digest, &point);
}

bool psbt_signature_add(struct psbt *psbt, size_t at,
                        const uint8_t key[static COIN_PUBLIC_KEY_SIZE], struct span der,
                        struct err *err)
{
    struct spending spending;
    uint8_t digest[32], value[COIN_SIGNATURE_MAX];
    assert(at < psbt->tx.inputs_count);
    if (!spending_load(psbt, at, &spending, err))
        return false;
    digest_of(psbt, at, &spending, digest);
    if (!key_belongs(&spending, key))
        return err_set(err, ERR_INVALID, "psbt: input %zu is not of this key", at);
    if (der.length >= sizeof(value) || !signature_is_good(der, digest, key))
        return err_set(err, ERR_INVALID, "psbt: input %zu: the signature is wrong", at);
    memcpy(value, der.bytes, der.length);
    value[der.length] = COIN_SIGHASH_ALL;
    return psbt_map_put(psbt, &psbt->inputs[at], PSBT_IN_SIGNATURE,
                        span_of(key, COIN_PUBLIC_KEY_SIZE), span_of(value, der.length + 1), err);
}

size_t psbt_signatures_count(const struct psbt *psbt, size_t at)
{
    size_t count = 0;
    assert(at < psbt->tx.inputs_count);
    while (psbt_map_at(&psbt->inputs[at], PSBT_IN_SIGNATURE, count))
        count++;
    return count;
}

bool psbt_is_final(const struct psbt *psbt, size_t at)
{
    assert(at < psbt->tx.inputs_count);
    return psbt_map_find(&psbt->inputs[at], PSBT_IN_FINAL_SCRIPT, SPAN_NONE) ||
           psbt_map_find(&psbt->inputs[at], PSBT_IN_FINAL_WITNESS, SPAN_NONE);
}

/* ---- completing ---- */

/* A signature of somebody else's is looked at before it is used: with one that is wrong the whole
 * transaction would be refused by every node, and nobody would know whose it was. */
static bool check_signatures(const struct psbt *psbt, size_t at, const struct spending *spending,
                             struct err *err)
{
    const struct psbt_pair *pair;
    uint8_t digest[32];
    digest_of(psbt, at, spending, digest);
    for (size_t n = 0; (pair = psbt_map_at(&psbt->inputs[at], PSBT_IN_SIGNATURE, n)); n++) {
        struct span der = span_of(pair->value.bytes, pair->value.length - 1);
        const uint8_t *key = pair->key.bytes + 1;
        if (pair->key.length != 1 + COIN_PUBLIC_KEY_SIZE || !key_belongs(spending, key))
            return err_set(err, ERR_INVALID, "psbt: input %zu: a signature of a stranger", at);
        if (pair->value.bytes[der.length] != COIN_SIGHASH_ALL)
            return err_set(err, ERR_INVALID, "psbt: input %zu: a signature of another type", at);
        if (!signature_is_good(der, digest, key))
            return err_set(err, ERR_INVALID, "psbt: input %zu: the signature of key %zu is wrong",
                           at, n);
    }
    return true;
}

/* Of the keys in the order of the script; the first that are enough. */
static bool write_multisig_witness(const struct psbt *psbt, size_t at,
                                   const struct coin_multisig *multisig, struct str *out)
{
    struct span items[COIN_MULTISIG_KEYS_MAX + 2] = {SPAN_NONE}; /* an empty one in front */
    unsigned count = 0;
    for (unsigned i = 0; i < multisig->count && count < multisig->threshold; i++) {
        const struct psbt_pair *pair = psbt_map_find(
            &psbt->inputs[at], PSBT_IN_SIGNATURE, span_of(multisig->keys[i], COIN_PUBLIC_KEY_SIZE));
        if (pair)
            items[++count] = pair->value;
    }
    if (count < multisig->threshold)
        return false;
    items[++count] = psbt_witness_script(psbt, at);
    coin_witness_write(items, count + 1, out);
    return true;
}

/* False: not enough signatures yet. */
static bool write_final(const struct psbt *psbt, size_t at, const struct spending *spending,
                        struct str *out)
{
    if (spending->kind == COIN_P2WSH)
        return write_multisig_witness(psbt, at, &spending->multisig, out);
    const struct psbt_pair *pair = psbt_map_at(&psbt->inputs[at], PSBT_IN_SIGNATURE, 0);
    if (!pair)
        return false;
    struct span items[] = {pair->value, span_of(pair->key.bytes + 1, pair->key.length - 1)};
    if (spending->kind == COIN_P2WPKH) {
        coin_witness_write(items, ARRAY_LEN(items), out);
        return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(items); i++)
        coin_push_write(items[i], out);
    return true;
}

/* What is spent and what we don't know stays; the rest has served. */
static void clear_input(struct psbt_map *map)
{
    size_t kept = 0;
    for (size_t i = 0; i < map->count; i++) {
        uint8_t type = map->pairs[i].key.bytes[0];
        if (type <= PSBT_IN_UTXO || type >= PSBT_IN_FINAL_SCRIPT)
            map->pairs[kept++] = map->pairs[i];
    }
    map->count = kept;
}

bool psbt_finalize(struct psbt *psbt, bool *ret_is_complete, struct err *err)
{
    bool is_complete = psbt->tx.inputs_count > 0;
    for (size_t i = 0; i < psbt->tx.inputs_count; i++) {
        AUTO(str_release) struct str final = STR_INIT(COIN_SCRIPT_MAX);
        struct spending spending;
        if (psbt_is_final(psbt, i))
            continue;
        if (!spending_load(psbt, i, &spending, err) || !check_signatures(psbt, i, &spending, err))
            return false;
        if (!write_final(psbt, i, &spending, &final)) {
            is_complete = false;
            continue;
        }
        assert(str_ok(&final));
        clear_input(&psbt->inputs[i]);
        uint8_t type = spending.kind == COIN_P2PKH ? PSBT_IN_FINAL_SCRIPT : PSBT_IN_FINAL_WITNESS;
        if (!psbt_map_put(psbt, &psbt->inputs[i], type, SPAN_NONE, span_of_str(&final), err))
            return false;
    }
    *ret_is_complete = is_complete;
    return true;
}

bool psbt_extract(const struct psbt *psbt, struct coin_tx *ret_tx, struct err *err)
{
    struct coin_tx tx = psbt->tx;
    tx.inputs = arena_alloc(psbt->arena, (tx.inputs_count + 1) * sizeof(*tx.inputs));
    if (!tx.inputs)
        return err_set(err, ERR_INTERNAL, "psbt: no memory for %zu inputs", tx.inputs_count);
    for (size_t i = 0; i < tx.inputs_count; i++) {
        if (!psbt_is_final(psbt, i))
            return err_set(err, ERR_INVALID, "psbt: input %zu is not signed", i);
        tx.inputs[i] = psbt->tx.inputs[i];
        tx.inputs[i].script = psbt_map_value(&psbt->inputs[i], PSBT_IN_FINAL_SCRIPT);
        tx.inputs[i].witness = psbt_map_value(&psbt->inputs[i], PSBT_IN_FINAL_WITNESS);
    }
    *ret_tx = tx;
    return true;
}
