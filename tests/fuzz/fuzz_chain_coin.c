/*
 * Bytes of Bitcoin-like chains. The first byte says which door is tried:
 *   't'  a transaction; what is taken is written again, and measured as it is written
 *   's'  an output script; one with an address comes back from the address
 *   'p'  a PSBT; what is taken is written, read and combined again; finalizing never asserts
 */
#include <string.h>

#include "base/auto.h"
#include "chain/coin_address.h"
#include "chain/psbt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_BYTES = 64 << 20, OUT_BYTES = 8 << 20 };

static void try_tx(struct span bytes, struct arena *arena)
{
    AUTO(str_release) struct str out = STR_INIT(OUT_BYTES);
    struct coin_tx tx, again;
    struct err err;
    uint8_t digest[32], txid[TXID_SIZE], second[TXID_SIZE];
    if (!coin_tx_parse(bytes, arena, &tx, &err)) {
        assert(err.code == ERR_INVALID);
        return;
    }
    coin_tx_write(&tx, true, &out);
    assert(str_ok(&out) && out.length == coin_tx_size(&tx, true));
    assert(coin_tx_vsize(&tx) <= out.length);
    coin_tx_id(&tx, txid);
    if (tx.inputs_count > 0) {
        bool is_read = coin_tx_parse(span_of_str(&out), arena, &again, &err);
        assert(is_read);
        coin_tx_id(&again, second);
        assert(memcmp(txid, second, sizeof(txid)) == 0);
        coin_sighash_legacy(&tx, 0, bytes, digest);
        coin_sighash_witness(&tx, tx.inputs_count - 1, bytes, 1, bytes.bytes[0], digest);
    }
    for (size_t i = 0; i < tx.outputs_count; i++)
        coin_script_kind_text(coin_script_classify(tx.outputs[i].script, NULL));
}

static void try_script(struct span script)
{
    size_t count;
    const struct coin_params *all = coin_params_all(&count);
    struct coin_multisig multisig;
    struct span program;
    enum coin_script_kind kind = coin_script_classify(script, &program);
    for (size_t i = 0; i < count; i++) {
        struct coin_address address, again;
        struct err err;
        if (!coin_address_of_script(&all[i], script, &address)) {
            assert(!coin_script_has_address(kind) || !all[i].prefix);
            continue;
        }
        assert(span_equal(coin_script_span(&address.script), script));
        bool is_read = coin_address_parse(&all[i], address.text, &again, &err);
        assert(is_read && memcmp(&address, &again, sizeof(address)) == 0);
    }
    if (coin_multisig_parse(script, &multisig)) {
        AUTO(str_release) struct str out = STR_INIT(COIN_SCRIPT_MAX);
        coin_multisig_write(&multisig, &out);
        assert(span_equal(span_of_str(&out), script));
    }
}

static void try_psbt(struct span bytes, struct arena *arena)
{
    AUTO(str_release) struct str out = STR_INIT(OUT_BYTES), twice = STR_INIT(OUT_BYTES);
    struct psbt psbt, again;
    struct coin_tx tx;
    struct err err;
    uint64_t fee;
    bool is_complete;
    if (!psbt_parse(bytes, arena, &psbt, &err)) {
        assert(err.code == ERR_INVALID);
        return;
    }
    psbt_write(&psbt, &out);
    bool is_read = psbt_parse(span_of_str(&out), arena, &again, &err);
    assert(is_read);
    bool is_same = psbt_combine(&again, &psbt, &err);
    assert(is_same);
    psbt_write(&again, &twice);
    assert(span_equal(span_of_str(&out), span_of_str(&twice)));
    (void)!psbt_fee(&psbt, &fee, &err);
    for (size_t i = 0; i < psbt.tx.inputs_count; i++) {
        uint8_t digest[32];
        struct psbt_derivation derivation;
        (void)!psbt_digest(&psbt, i, digest, &err);
        (void)!psbt_derivation_at(&psbt, i, 0, &derivation);
    }
    if (psbt_finalize(&psbt, &is_complete, &err) && is_complete) {
        bool is_out = psbt_extract(&psbt, &tx, &err);
        assert(is_out);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena *arena; /* for the whole run */
    if (size == 0)
        return 0;
    if (!arena)
        arena = arena_new(ARENA_BYTES);
    assert(arena != NULL);
    arena_reset(arena);
    struct span bytes = span_of(data + 1, size - 1);
    if (data[0] == 't')
        try_tx(bytes, arena);
    else if (data[0] == 's')
        try_script(bytes);
    else if (data[0] == 'p')
        try_psbt(bytes, arena);
    return 0;
}
