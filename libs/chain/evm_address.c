#include "chain/evm_address.h"

#include <secp256k1.h>
#include <string.h>

#include "chain/bytes.h"
#include "chain/hash.h"

enum { DIGITS = 2 * EVM_ADDRESS_SIZE };

bool evm_address_read(const char *text, struct evm_address *ret_address)
{
    if (text[0] != '0' || text[1] != 'x')
        return false;
    return hex_read_exact(text, ret_address->bytes, EVM_ADDRESS_SIZE);
}

bool evm_address_parse(const char *text, struct evm_address *ret_address, struct err *err)
{
    struct evm_address address;
    char checked[EVM_ADDRESS_TEXT_SIZE];
    bool has_lower = false, has_upper = false;

    if (text[0] != '0' || text[1] != 'x')
        return err_set(err, ERR_INVALID, "an address of an Ethereum-like chain starts with 0x");
    if (strnlen(text, EVM_ADDRESS_TEXT_SIZE) != EVM_ADDRESS_TEXT_SIZE - 1)
        return err_set(err, ERR_INVALID, "an address has 40 digits after 0x");
    if (!evm_address_read(text, &address))
        return err_set(err, ERR_INVALID, "there is a character that is no hexadecimal digit");
    for (size_t i = 2; i < EVM_ADDRESS_TEXT_SIZE - 1; i++) {
        has_lower |= text[i] >= 'a' && text[i] <= 'f';
        has_upper |= text[i] >= 'A' && text[i] <= 'F';
    }
    if (has_lower && has_upper && strcmp(evm_address_text(address, checked), text) != 0)
        return err_set(err, ERR_INVALID, "the checksum (case of the letters) is wrong");
    *ret_address = address;
    return true;
}

const char *evm_address_text(struct evm_address address, char buffer[static EVM_ADDRESS_TEXT_SIZE])
{
    uint8_t digest[HASH256_SIZE];
    buffer[0] = '0';
    buffer[1] = 'x';
    char *digits = buffer + 2;
    hex_write(address.bytes, sizeof(address.bytes), digits);
    keccak256(digits, DIGITS, digest);
    for (size_t i = 0; i < DIGITS; i++) {
        unsigned nibble = digest[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15;
        if (nibble >= 8 && digits[i] >= 'a')
            digits[i] = (char)(digits[i] - 'a' + 'A');
    }
    return buffer;
}

bool evm_address_is_zero(struct evm_address address)
{
    return evm_address_equal(address, (struct evm_address){{0}});
}

bool evm_address_equal(struct evm_address a, struct evm_address b)
{
    return memcmp(a.bytes, b.bytes, sizeof(a.bytes)) == 0;
}

struct evm_address evm_address_of_point(const uint8_t point[static 64])
{
    uint8_t digest[HASH256_SIZE];
    struct evm_address address;
    keccak256(point, 64, digest);
    memcpy(address.bytes, digest + HASH256_SIZE - EVM_ADDRESS_SIZE, EVM_ADDRESS_SIZE);
    return address;
}

bool evm_address_of_key(const uint8_t key[static 33], struct evm_address *ret_address)
{
    secp256k1_pubkey point;
    uint8_t bytes[65];
    size_t length = sizeof(bytes);
    if (!secp256k1_ec_pubkey_parse(secp256k1_context_static, &point, key, 33))
        return false;
    secp256k1_ec_pubkey_serialize(secp256k1_context_static, bytes, &length, &point,
                                  SECP256K1_EC_UNCOMPRESSED);
    assert(length == sizeof(bytes));
    *ret_address = evm_address_of_point(bytes + 1);
    return true;
}
