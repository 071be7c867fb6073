#include "coldfile/evm_file.h"

#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "chain/erc20.h"
#include "json/field.h"
#include "json/read.h"

enum { NATIVE_DECIMALS = 18, GAS_MAX = 1000000000 };

DEFINE_AUTO(cJSON, cJSON_Delete);

bool evm_payment_of(const struct evm_tx *tx, struct evm_payment *ret_payment)
{
    struct evm_payment payment = {.to = tx->to, .units = tx->value};
    if (tx->is_creation)
        return false;
    if (tx->data.length > 0) {
        if (!u256_is_zero(tx->value) ||
            !erc20_transfer_parse(tx->data, &payment.to, &payment.units))
            return false;
        payment.contract = tx->to;
    }
    *ret_payment = payment;
    return true;
}

/* ---- writing ---- */

static void add_word(struct str *out, const char *key, const char *word)
{
    if (word[0] == '\0')
        return;
    str_add_format(out, ",\"%s\":", key);
    json_write_string(out, word);
}

static void add_address(struct str *out, const char *key, struct evm_address address)
{
    char text[EVM_ADDRESS_TEXT_SIZE];
    str_add_format(out, ",\"%s\":\"%s\"", key, evm_address_text(address, text));
}

static void add_units(struct str *out, const char *key, struct u256 units)
{
    char text[U256_TEXT_SIZE];
    str_add_format(out, ",\"%s\":\"%s\"", key, u256_text(units, text));
}

static void payment_write(const struct evm_file *file, struct str *out)
{
    char contract[EVM_ADDRESS_TEXT_SIZE] = "";
    if (!file->has_payment)
        return;
    if (!evm_address_is_zero(file->payment.contract))
        evm_address_text(file->payment.contract, contract);
    str_add_format(out, ",\"payment\":{\"contract\":\"%s\"", contract);
    add_address(out, "to", file->payment.to);
    add_units(out, "units", file->payment.units);
    if (file->currency[0]) {
        add_word(out, "currency", file->currency);
        str_add_format(out, ",\"decimals\":%u", (unsigned)file->decimals);
    }
    str_add(out, "}");
}

void evm_file_write(const struct evm_file *file, struct str *out)
{
    const struct evm_tx *tx = &file->tx;
    str_add(out, "{\"client\":");
    json_write_string(out, file->client);
    add_word(out, "name", file->name);
    str_add_format(out, ",\"chain_id\":\"%llu\",\"account\":%u,\"index\":%u",
                   (unsigned long long)tx->chain_id, (unsigned)file->account,
                   (unsigned)file->index);
    if (file->has_from)
        add_address(out, "from", file->from);
    str_add_format(out, ",\"nonce\":%llu", (unsigned long long)tx->nonce);
    add_address(out, "to", tx->to);
    add_units(out, "value", tx->value);
    str_add(out, ",\"data\":\"0x");
    str_add_hex(out, tx->data.bytes, tx->data.length);
    str_add_format(out, "\",\"gas\":%llu", (unsigned long long)tx->gas);
    add_units(out, tx->kind == EVM_TX_LEGACY ? "gas_price" : "max_fee", tx->max_fee);
    if (tx->kind == EVM_TX_FEE_MARKET)
        add_units(out, "max_priority_fee", tx->max_priority_fee);
    add_word(out, "for", file->payout_id);
    payment_write(file, out);
    str_add(out, "}");
}

/* ---- reading ---- */

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

static bool address_read(const cJSON *root, const char *name, struct evm_address *ret_address,
                         struct err *err)
{
    const char *text = json_member_text(root, name);
    if (!text)
        return lacks(err, name);
    return evm_address_parse(text, ret_address, err) || err_wrap(err, "%s", name);
}

/* One that may be missing. Printable, since people read it. */
static bool word_read(const cJSON *root, const char *name, char *ret_word, size_t size,
                      struct err *err)
{
    const char *text = json_member_text(root, name);
    ret_word[0] = '\0';
    if (!json_member(root, name))
        return true;
    if (!text || strlen(text) >= size)
        return lacks(err, name);
    for (const char *at = text; *at; at++)
        if (*at <= ' ' || *at > '~')
            return lacks(err, name);
    memcpy(ret_word, text, strlen(text) + 1);
    return true;
}

/* As POST /internal/sign/evm has them. */
static bool fees_read(const cJSON *root, struct evm_tx *tx, struct err *err)
{
    tx->kind = EVM_TX_FEE_MARKET;
    if (json_member(root, "gas_price")) {
        tx->kind = EVM_TX_LEGACY;
        return units_read(root, "gas_price", &tx->max_fee, err);
    }
    return units_read(root, "max_fee", &tx->max_fee, err) &&
           units_read(root, "max_priority_fee", &tx->max_priority_fee, err) &&
           (u256_cmp(tx->max_priority_fee, tx->max_fee) <= 0 ||
            err_set(err, ERR_INVALID, "max_priority_fee is above max_fee"));
}

static bool tx_read(const cJSON *root, struct str *data, struct evm_tx *tx, struct err *err)
{
    const char *hex = json_member_text(root, "data");
    if (!address_read(root, "to", &tx->to, err))
        return false;
    if (hex && hex[0] && (strncmp(hex, "0x", 2) != 0 || !hex_read(hex + 2, strlen(hex + 2), data)))
        return lacks(err, "data");
    tx->data = span_of_str(data);
    if (!number_read(root, "chain_id", INT64_MAX, &tx->chain_id, err) ||
        !number_read(root, "nonce", INT64_MAX, &tx->nonce, err) ||
        !number_read(root, "gas", GAS_MAX, &tx->gas, err) ||
        !units_read(root, "value", &tx->value, err) || !fees_read(root, tx, err))
        return false;
    return tx->chain_id > 0 || lacks(err, "chain_id");
}

static bool payment_read(const cJSON *root, struct evm_payment *payment, struct err *err)
{
    const char *contract = json_member_text(root, "contract");
    if (!contract)
        return lacks(err, "contract");
    if (contract[0] && !evm_address_parse(contract, &payment->contract, err))
        return err_wrap(err, "contract");
    return address_read(root, "to", &payment->to, err) &&
           units_read(root, "units", &payment->units, err);
}

/* The bytes are what is signed: what the file says of them has to be true. */
static bool payment_check(const struct evm_file *file, struct err *err)
{
    struct evm_payment real;
    if (!evm_payment_of(&file->tx, &real))
        return err_set(err, ERR_INVALID, "payment: the transaction is no payment");
    if (!evm_address_equal(real.contract, file->payment.contract))
        return err_set(err, ERR_INVALID, "payment.contract: the transaction is of another asset");
    if (!evm_address_equal(real.to, file->payment.to))
        return err_set(err, ERR_INVALID, "payment.to: the transaction pays somebody else");
    return u256_cmp(real.units, file->payment.units) == 0 ||
           err_set(err, ERR_INVALID, "payment.units: the transaction pays another amount");
}

static bool payment_member_read(const cJSON *root, struct evm_file *file, struct err *err)
{
    const cJSON *payment = json_member(root, "payment");
    uint64_t decimals = 0;
    if (!payment)
        return true;
    file->has_payment = true;
    if (!payment_read(payment, &file->payment, err) ||
        !word_read(payment, "currency", file->currency, sizeof(file->currency), err) ||
        (file->currency[0] &&
         !number_read(payment, "decimals", U256_POWER_OF_10_MAX, &decimals, err)))
        return err_wrap(err, "payment");
    file->decimals = (uint32_t)decimals;
    return payment_check(file, err);
}

bool evm_file_read(const char *text, size_t length, struct str *data, struct evm_file *ret_file,
                   struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    struct evm_file file = {.client = ""};
    uint64_t account, index;
    if (!json_read(text, length, &root, err) || !tx_read(root, data, &file.tx, err) ||
        !number_read(root, "account", UINT32_MAX, &account, err) ||
        !number_read(root, "index", INT32_MAX, &index, err) ||
        !word_read(root, "client", file.client, sizeof(file.client), err) ||
        !word_read(root, "name", file.name, sizeof(file.name), err) ||
        !word_read(root, "for", file.payout_id, sizeof(file.payout_id), err))
        return false;
    file.account = (uint32_t)account;
    file.index = (uint32_t)index;
    file.has_from = json_member(root, "from") != NULL;
    if ((file.has_from && !address_read(root, "from", &file.from, err)) ||
        !payment_member_read(root, &file, err))
        return false;
    *ret_file = file;
    return true;
}

/* ---- showing ---- */

/* "25.5 usdt, " where the file says what a unit is, and it can be written exactly. */
static void add_amount(struct str *shown, struct u256 units, uint32_t decimals,
                       const char *currency)
{
    char text[DEC_TEXT_SIZE];
    struct dec value;
    if (currency[0] && u256_to_dec(units, decimals, &value))
        str_add_format(shown, "%s %s: ", dec_text(value, text), currency);
}

static void payment_show(const struct evm_file *file, struct str *shown)
{
    const struct evm_tx *tx = &file->tx;
    char to[EVM_ADDRESS_TEXT_SIZE], receiver[EVM_ADDRESS_TEXT_SIZE], text[U256_TEXT_SIZE];
    struct evm_payment payment;
    bool is_payment = evm_payment_of(tx, &payment);
    bool is_token = is_payment && tx->data.length > 0;
    evm_address_text(tx->to, to);
    if (!is_token) {
        str_add(shown, "  pays ");
        add_amount(shown, tx->value, file->decimals, is_payment ? file->currency : "");
        str_add_format(shown, "%s of the native coin to %s\n", u256_text(tx->value, text), to);
    }
    if (is_token) {
        str_add(shown, "  pays ");
        add_amount(shown, payment.units, file->decimals, file->currency);
        str_add_format(shown, "%s of the token %s to %s\n", u256_text(payment.units, text), to,
                       evm_address_text(payment.to, receiver));
    }
    if (!is_payment)
        str_add_format(shown, "  CALLS %s with %zu bytes that are no transfer of a token\n", to,
                       tx->data.length);
}

bool evm_file_show(const struct evm_file *file, struct evm_address from, struct str *shown,
                   struct err *err)
{
    const struct evm_tx *tx = &file->tx;
    char sender[EVM_ADDRESS_TEXT_SIZE], text[U256_TEXT_SIZE];
    struct u256 fee;
    if (!u256_mul_u64(tx->max_fee, tx->gas, &fee))
        return err_set(err, ERR_INVALID, "gas: a fee above 256 bits");
    str_add_format(shown, "A transaction of chain %llu%s%s, amounts in the smallest units:\n",
                   (unsigned long long)tx->chain_id, file->name[0] ? ", " : "", file->name);
    str_add_format(shown, "  from %s, number %llu\n", evm_address_text(from, sender),
                   (unsigned long long)tx->nonce);
    payment_show(file, shown);
    if (file->payout_id[0])
        str_add_format(shown, "  for %s, which waits for it\n", file->payout_id);
    str_add(shown, "  fee at most ");
    add_amount(shown, fee, NATIVE_DECIMALS, "of the native coin");
    str_add_format(shown, "%s\n", u256_text(fee, text));
    return true;
}
