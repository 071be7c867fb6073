/* Files of cold wallets of Ethereum-like chains: what is said twice has to agree. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "chain/erc20.h"
#include "coldfile/evm_file.h"

#define RECEIVER "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
#define TOKEN "0x5FbDB2315678afecb367f032d93F642f64180aa3"
#define NATIVE                                                                                     \
    "{\"client\":\"geth\",\"chain_id\":\"1\",\"account\":2,\"index\":3,\"nonce\":4,"               \
    "\"to\":\"" RECEIVER "\",\"value\":\"5\",\"data\":\"0x\",\"gas\":21000,"

static bool read_file(const char *text, struct evm_file *ret_file, struct err *err)
{
    AUTO(str_release) struct str data = STR_INIT(EVM_FILE_BYTES_MAX);
    bool good = evm_file_read(text, strlen(text), &data, ret_file, err);
    ret_file->tx.data = SPAN_NONE;
    return good;
}

static void refuses(const char *text, const char *word)
{
    struct evm_file file;
    struct err err;
    assert_false(read_file(text, &file, &err));
    if (!strstr(err.what, word))
        fail_msg("%s: %s", word, err.what);
}

static void token_file(struct evm_file *file, struct str *data)
{
    uint8_t call[ERC20_TRANSFER_SIZE];
    struct err err;
    *file = (struct evm_file){.client = "geth", .name = "cold-1", .payout_id = "withdraw-9"};
    assert_true(evm_address_parse(RECEIVER, &file->payment.to, &err));
    assert_true(evm_address_parse(TOKEN, &file->payment.contract, &err));
    file->payment.units = u256_from_u64(25500000);
    file->has_payment = file->has_from = true;
    file->from = file->payment.to;
    snprintf(file->currency, sizeof(file->currency), "usdt");
    file->decimals = 6;
    erc20_transfer_write(file->payment.to, file->payment.units, call);
    str_add_bytes(data, call, sizeof(call));
    file->tx = (struct evm_tx){.kind = EVM_TX_FEE_MARKET,
                               .chain_id = 31337,
                               .nonce = 7,
                               .gas = 60000,
                               .to = file->payment.contract,
                               .max_fee = u256_from_u64(2000000000),
                               .max_priority_fee = u256_from_u64(1),
                               .data = span_of_str(data)};
}

static void test_file__written__is_read_as_it_was(void **state)
{
    AUTO(str_release) struct str data = STR_INIT(EVM_FILE_BYTES_MAX);
    AUTO(str_release) struct str again_data = STR_INIT(EVM_FILE_BYTES_MAX);
    AUTO(str_release) struct str text = STR_INIT(EVM_FILE_BYTES_MAX);
    AUTO(str_release) struct str shown = STR_INIT(EVM_FILE_BYTES_MAX);
    struct evm_file file, again;
    uint8_t digest[EVM_TX_HASH_SIZE], again_digest[EVM_TX_HASH_SIZE];
    struct err err;
    (void)state;
    token_file(&file, &data);
    evm_file_write(&file, &text);
    assert_true(evm_file_read(str_data(&text), text.length, &again_data, &again, &err));
    evm_tx_digest(&file.tx, digest);
    evm_tx_digest(&again.tx, again_digest);
    assert_memory_equal(digest, again_digest, sizeof(digest));
    assert_string_equal(again.name, "cold-1");
    assert_string_equal(again.payout_id, "withdraw-9");
    assert_true(evm_file_show(&again, again.from, &shown, &err));
    assert_non_null(strstr(str_data(&shown), "pays 25.5 usdt: 25500000 of the token " TOKEN));
    assert_non_null(strstr(str_data(&shown), "fee at most 0.00012 of the native coin"));
    assert_non_null(strstr(str_data(&shown), "for withdraw-9"));
}

static void test_file__by_hand__needs_its_fields(void **state)
{
    struct evm_file file;
    struct err err;
    (void)state;
    assert_true(read_file(NATIVE "\"gas_price\":\"9\"}", &file, &err));
    assert_int_equal(file.tx.kind, EVM_TX_LEGACY);
    assert_false(file.has_from || file.has_payment);
    refuses(NATIVE "\"max_fee\":\"9\"}", "max_priority_fee");
    refuses(NATIVE "\"max_fee\":\"9\",\"max_priority_fee\":\"10\"}", "above max_fee");
    refuses(NATIVE "\"max_fee\":9,\"max_priority_fee\":\"1\"}", "max_fee");
    refuses(NATIVE "\"gas_price\":\"9\",\"from\":\"0x12\"}", "from");
    refuses(NATIVE "\"gas_price\":\"9\",\"name\":\"a b\"}", "name");
    refuses("{}", "to");
    refuses("{", "");
}

static void test_payment__not_what_the_bytes_pay__is_refused(void **state)
{
    struct evm_file file;
    struct err err;
    (void)state;
#define PAYMENT(contract, to, units)                                                               \
    NATIVE "\"gas_price\":\"9\",\"payment\":{\"contract\":\"" contract "\",\"to\":\"" to           \
           "\",\"units\":\"" units "\"}}"
    assert_true(read_file(PAYMENT("", RECEIVER, "5"), &file, &err));
    refuses(PAYMENT("", RECEIVER, "6"), "payment.units");
    refuses(PAYMENT("", TOKEN, "5"), "payment.to");
    refuses(PAYMENT(TOKEN, RECEIVER, "5"), "payment.contract");
#undef PAYMENT
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file__written__is_read_as_it_was),
        cmocka_unit_test(test_file__by_hand__needs_its_fields),
        cmocka_unit_test(test_payment__not_what_the_bytes_pay__is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
