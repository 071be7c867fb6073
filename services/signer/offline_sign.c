#include "signer/offline_sign.h"

#include <stdio.h>
#include <string.h>

#include "chain/coin_address.h"
#include "coldfile/evm_file.h"
#include "crypto/crypto.h"
#include "signer/actions/psbt_order.h"

enum { ARENA_BYTES_MAX = 64 * 1024 * 1024, NAME_BYTES_MAX = 64, EVM_BYTES_MAX = 128 * 1024 };

DEFINE_AUTO(struct arena, arena_free);

/* ---- PSBT ---- */

static bool chain_find(const char *name, const struct coin_params **ret_coin, struct err *err)
{
    char client[NAME_BYTES_MAX];
    const char *slash = name ? strchr(name, '/') : NULL;
    if (!slash || (size_t)(slash - name) >= sizeof(client))
        return err_set(err, ERR_INVALID, "--chain CLIENT/NETWORK says whose PSBT it is");
    memcpy(client, name, (size_t)(slash - name));
    client[slash - name] = '\0';
    *ret_coin = coin_params_find(client, slash + 1);
    return *ret_coin || err_set(err, ERR_INVALID, "there is no chain %s", name);
}

static void show_output(const struct coin_params *coin, struct keys *keys, const struct psbt *psbt,
                        size_t at, struct str *shown)
{
    const struct coin_output *output = &psbt->tx.outputs[at];
    struct psbt_derivation derivation;
    struct coin_address address, own;
    struct key_place place;
    uint8_t key[XPUB_KEY_SIZE];
    struct err err;
    str_add_format(shown, "  pays %llu to ", (unsigned long long)output->value);
    if (coin_address_of_script(coin, output->script, &address))
        str_add(shown, address.text);
    else
        str_add(shown, "a script without an address");
    for (size_t n = 0; psbt_output_derivation_at(psbt, at, n, &derivation); n++) {
        if (!key_place_of_path(coin, &derivation.path, &place) ||
            !keys_public(keys, &place, key, &err))
            continue;
        coin_address_of_key(coin, key, &own);
        if (span_equal(coin_script_span(&own.script), output->script))
            str_add_format(shown, " (ours: account %s, %u)", account_text(place.account),
                           (unsigned)place.index);
    }
    str_add_char(shown, '\n');
}

static bool show_psbt(const struct coin_params *coin, struct keys *keys, const struct psbt *psbt,
                      struct str *shown, struct err *err)
{
    char txid[TXID_TEXT_SIZE];
    uint64_t fee;
    if (!psbt_fee(psbt, &fee, err))
        return false;
    str_add_format(shown, "A transaction of %s, amounts in the smallest units:\n", coin->title);
    for (size_t i = 0; i < psbt->tx.inputs_count; i++) {
        struct coin_output spent;
        struct key_place place;
        bool is_ours, is_proven;
        if (!psbt_spent(psbt, i, &spent, &is_proven, err) ||
            !psbt_input_place(keys, coin, psbt, i, &spent, &is_ours, &place, err))
            return false;
        str_add_format(shown, "  spends %llu of %s:%u, %s%s\n", (unsigned long long)spent.value,
                       txid_text(psbt->tx.inputs[i].txid, txid), (unsigned)psbt->tx.inputs[i].index,
                       is_ours ? "of a key of this seed" : "not of this seed",
                       is_proven ? "" : " (the amount is what the file says)");
    }
    for (size_t i = 0; i < psbt->tx.outputs_count; i++)
        show_output(coin, keys, psbt, i, shown);
    str_add_format(shown, "  fee %llu\n", (unsigned long long)fee);
    return true;
}

static bool sign_inputs(const struct coin_params *coin, struct keys *keys, struct psbt *psbt,
                        struct err *err)
{
    size_t count = 0;
    for (size_t i = 0; i < psbt->tx.inputs_count; i++) {
        struct coin_output spent;
        struct key_place place;
        bool is_ours;
        if (!psbt_spent(psbt, i, &spent, NULL, err) ||
            !psbt_input_place(keys, coin, psbt, i, &spent, &is_ours, &place, err))
            return false;
        if (!is_ours || psbt_is_final(psbt, i))
            continue;
        if (!keys_sign_psbt(keys, &place, psbt, i, err))
            return false;
        count++;
    }
    return count > 0 || err_set(err, ERR_INVALID, "no input is of this seed");
}

static bool psbt_sign(const struct offline_task *task, bool is_text, struct str *shown,
                      struct str *made, struct err *err)
{
    AUTO_FREE(arena_free) struct arena *arena = arena_new(ARENA_BYTES_MAX);
    AUTO(str_release) struct str raw = STR_INIT(COIN_TX_BYTES_MAX);
    const struct coin_params *coin = NULL;
    const char *text = str_data(task->file);
    struct coin_tx tx;
    struct psbt psbt;
    bool complete;
    if (!arena)
        return err_set(err, ERR_INTERNAL, "no memory");
    if (!chain_find(task->chain, &coin, err) ||
        !(is_text ? psbt_parse_text(text, strcspn(text, "\r\n"), arena, &psbt, err)
                  : psbt_parse(span_of_str(task->file), arena, &psbt, err)) ||
        !show_psbt(coin, task->keys, &psbt, shown, err))
        return false;
    if (!task->sign)
        return true;
    if (!sign_inputs(coin, task->keys, &psbt, err) || !psbt_finalize(&psbt, &complete, err))
        return false;
    if (!complete) {
        psbt_write_text(&psbt, made);
    } else if (!psbt_extract(&psbt, &tx, err)) {
        return false;
    } else {
        coin_tx_write(&tx, true, &raw);
        str_add_hex(made, str_data(&raw), raw.length);
    }
    str_add_char(made, '\n');
    str_add(shown, complete ? "Signed; nobody else has to sign.\n"
                            : "Signed; others have to sign as well.\n");
    return (str_ok(made) && str_ok(&raw)) || err_set(err, ERR_INVALID, "it is too large");
}

/* ---- Ethereum-like ---- */

/* Who signs, and where: what the file says of it has to be true of this seed. */
static bool evm_match(const struct offline_task *task, const struct evm_file *file,
                      struct key_place *ret_place, struct evm_address *ret_from, struct err *err)
{
    char chain[NAME_BYTES_MAX], text[POLICY_ADDRESS_SIZE];
    struct key_place place = {.coin = NULL};
    if (file->account >= ACCOUNT_MAX)
        return err_set(err, ERR_INVALID, "account is missing or not valid");
    if (file->index > KEY_INDEX_MAX)
        return err_set(err, ERR_INVALID, "index is missing or not valid");
    place.account = (enum account)file->account;
    place.index = file->index;
    snprintf(chain, sizeof(chain), "%s/%llu", file->client, (unsigned long long)file->tx.chain_id);
    if (task->chain && strcmp(task->chain, chain) != 0)
        return err_set(err, ERR_INVALID, "the file is of %s, --chain says %.60s", chain,
                       task->chain);
    if (!keys_address(task->keys, &place, text, err) || !evm_address_parse(text, ret_from, err))
        return false;
    if (file->has_from && !evm_address_equal(file->from, *ret_from))
        return err_set(err, ERR_INVALID, "from: the key of this seed at this place is %s", text);
    *ret_place = place;
    return true;
}

static bool evm_sign(const struct offline_task *task, struct str *shown, struct str *made,
                     struct err *err)
{
    AUTO(str_release) struct str data = STR_INIT(EVM_BYTES_MAX), raw = STR_INIT(EVM_BYTES_MAX);
    struct evm_file file;
    struct key_place place;
    struct evm_signature signature;
    struct evm_address from;
    uint8_t digest[EVM_TX_HASH_SIZE];
    if (!evm_file_read(str_data(task->file), task->file->length, &data, &file, err) ||
        !evm_match(task, &file, &place, &from, err) || !evm_file_show(&file, from, shown, err))
        return false;
    if (!task->sign)
        return true;
    evm_tx_digest(&file.tx, digest);
    if (!keys_sign(task->keys, &place, digest, &signature, err))
        return false;
    evm_tx_write(&file.tx, &signature, &raw);
    str_add(made, "0x");
    str_add_hex(made, str_data(&raw), raw.length);
    str_add_char(made, '\n');
    return (str_ok(made) && str_ok(&raw)) || err_set(err, ERR_INVALID, "it is too large");
}

bool offline_sign(const struct offline_task *task, struct str *shown, struct str *made,
                  struct err *err)
{
    static const char magic[] = "psbt\xff", text_magic[] = "cHNidP";
    const char *text = str_data(task->file);
    if (strncmp(text, magic, sizeof(magic) - 1) == 0)
        return psbt_sign(task, false, shown, made, err);
    if (strncmp(text, text_magic, sizeof(text_magic) - 1) == 0)
        return psbt_sign(task, true, shown, made, err);
    return evm_sign(task, shown, made, err);
}
