/*
 * Any bytes as the file in which a transaction of an Ethereum-like chain travels to a key without network:
 * refused, or what is taken is written and read again as the same, its words are true of the bytes that get
 * signed, and what people are shown is printable.
 */
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "coldfile/evm_file.h"

enum { SHOWN_BYTES = 64 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void is_word(const char *word, size_t size)
{
    size_t length = strnlen(word, size);
    assert(length < size);
    for (size_t i = 0; i < length; i++)
        assert(word[i] > ' ' && word[i] <= '~');
}

static void check(const struct evm_file *file)
{
    struct evm_payment payment;
    is_word(file->client, sizeof(file->client));
    is_word(file->name, sizeof(file->name));
    is_word(file->payout_id, sizeof(file->payout_id));
    is_word(file->currency, sizeof(file->currency));
    assert(file->tx.chain_id > 0);
    if (!file->has_payment)
        return;
    bool is_payment = evm_payment_of(&file->tx, &payment);
    assert(is_payment && evm_address_equal(payment.to, file->payment.to));
    assert(evm_address_equal(payment.contract, file->payment.contract));
    assert(u256_cmp(payment.units, file->payment.units) == 0);
}

static void show(const struct evm_file *file)
{
    AUTO(str_release) struct str shown = STR_INIT(SHOWN_BYTES);
    struct err err;
    if (!evm_file_show(file, file->from, &shown, &err)) {
        assert(err.code == ERR_INVALID);
        return;
    }
    assert(str_ok(&shown) && shown.length > 0);
    for (size_t i = 0; i < shown.length; i++)
        assert(shown.data[i] == '\n' || (shown.data[i] >= ' ' && shown.data[i] <= '~'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(str_release)
    struct str bytes = STR_INIT(EVM_FILE_BYTES_MAX), text = STR_INIT(1 << 20),
               bytes_again = STR_INIT(EVM_FILE_BYTES_MAX), text_again = STR_INIT(1 << 20);
    struct evm_file file, again;
    struct err err;
    if (!evm_file_read((const char *)data, size, &bytes, &file, &err)) {
        assert(err.what[0]);
        return 0;
    }
    check(&file);
    evm_file_write(&file, &text);
    assert(str_ok(&text));
    bool is_read = evm_file_read(str_data(&text), text.length, &bytes_again, &again, &err);
    assert(is_read);
    check(&again);
    evm_file_write(&again, &text_again);
    assert(text.length == text_again.length &&
           memcmp(str_data(&text), str_data(&text_again), text.length) == 0);
    show(&file);
    return 0;
}
