#include "signer/offline_sign.h"

#include <string.h>

#include "chain/coin_address.h"
#include "chain/erc20.h"
#include "crypto/crypto.h"
#include "json/read.h"
#include "signer/actions/psbt_order.h"

enum { ARENA_BYTES_MAX = 64 * 1024 * 1024, NAME_BYTES_MAX = 64, EVM_BYTES_MAX = 128 * 1024 };

DEFINE_AUTO(struct arena, arena_free);
DEFINE_AUTO(cJSON, cJSON_Delete);

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

static bool lacks(struct err *err, const char *name)
{
    return err_set(err, ERR_INVALID, "%s is missing or not valid", name);
}

/* A JSON number or a text of digits. */
static bool number_read(const cJSON *root, const char *name, uint64_t max, uint64_t *ret_number,
                        struct err *err)
{
    const char *text = json_member_text(root, name);
    int64_t number = 0;
    bool done =
        text ? str_to_u64(text, ret_number) : json_member_i64(root, name, &number) && number >= 0;
    if (done && !text)
        *ret_number = (uint64_t)number;
    return (done && *ret_number <= max) || lacks(err, name);
}

static bool units_read(const cJSON *root, const char *name, struct u256 *ret_units, struct err *err)
{
    const char *text = json_member_text(root, name);
    return (text && u256_parse(text, ret_units)) || lacks(err, name);
}

/* As POST /internal/sign/evm has them. */
static bool fees_read(const cJSON *root, struct evm_tx *tx, struct err *err)
{
    if (json_member(root, "gas_price")) {
        tx->kind = EVM_TX_LEGACY;
        return units_read(root, "gas_price", &tx->max_fee, err);
    }
    return units_read(root, "max_fee", &tx->max_fee, err) &&
           units_read(root, "max_priority_fee", &tx->max_priority_fee, err);
}

static bool evm_read(const cJSON *root, struct str *data, struct evm_tx *tx,
                     struct key_place *place, struct err *err)
{
    const char *to = json_member_text(root, "to"), *hex = json_member_text(root, "data");
    uint64_t account, index;
    if (!to || !evm_address_parse(to, &tx->to, err))
        return to ? err_wrap(err, "to") : lacks(err, "to");
    if (hex && hex[0] && (strncmp(hex, "0x", 2) != 0 || !hex_read(hex + 2, strlen(hex + 2), data)))
        return lacks(err, "data");
    tx->data = span_of_str(data);
    if (!number_read(root, "chain_id", INT64_MAX, &tx->chain_id, err) ||
        !number_read(root, "nonce", INT64_MAX, &tx->nonce, err) ||
        !number_read(root, "gas", INT64_MAX, &tx->gas, err) ||
        !number_read(root, "account", ACCOUNT_MAX - 1, &account, err) ||
        !number_read(root, "index", KEY_INDEX_MAX, &index, err) ||
        !units_read(root, "value", &tx->value, err) || !fees_read(root, tx, err))
        return false;
    place->account = (enum account)account;
    place->index = (uint32_t)index;
    return tx->chain_id > 0 || lacks(err, "chain_id");
}

static bool show_evm(const struct evm_tx *tx, const char *from, struct str *shown, struct err *err)
{
    char to[EVM_ADDRESS_TEXT_SIZE], receiver[EVM_ADDRESS_TEXT_SIZE], text[U256_TEXT_SIZE];
    struct evm_address token_to;
    struct u256 fee, units;
    if (!u256_mul_u64(tx->max_fee, tx->gas, &fee))
        return err_set(err, ERR_INVALID, "a fee above 256 bits");
    evm_address_text(tx->to, to);
    str_add_format(shown, "A transaction of chain %llu, amounts in the smallest units:\n",
                   (unsigned long long)tx->chain_id);
    str_add_format(shown, "  from %s, number %llu\n", from, (unsigned long long)tx->nonce);
    str_add_format(shown, "  pays %s of the native coin to %s\n", u256_text(tx->value, text), to);
    if (erc20_transfer_parse(tx->data, &token_to, &units))
        str_add_format(shown, "  pays %s of the token %s to %s\n", u256_text(units, text), to,
                       evm_address_text(token_to, receiver));
    else if (tx->data.length > 0)
        str_add_format(shown, "  CALLS %s with %zu bytes that are no transfer of a token\n", to,
                       tx->data.length);
    str_add_format(shown, "  fee at most %s\n", u256_text(fee, text));
    return true;
}

static bool evm_sign(const struct offline_task *task, struct str *shown, struct str *made,
                     struct err *err)
{
    AUTO(str_release) struct str data = STR_INIT(EVM_BYTES_MAX), raw = STR_INIT(EVM_BYTES_MAX);
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    struct evm_tx tx = {.kind = EVM_TX_FEE_MARKET};
    struct key_place place = {.coin = NULL};
    struct evm_signature signature;
    char from[POLICY_ADDRESS_SIZE];
    uint8_t digest[EVM_TX_HASH_SIZE];
    if (!json_read(str_data(task->file), task->file->length, &root, err) ||
        !evm_read(root, &data, &tx, &place, err) || !keys_address(task->keys, &place, from, err) ||
        !show_evm(&tx, from, shown, err))
        return false;
    if (!task->sign)
        return true;
    evm_tx_digest(&tx, digest);
    if (!keys_sign(task->keys, &place, digest, &signature, err))
        return false;
    evm_tx_write(&tx, &signature, &raw);
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
