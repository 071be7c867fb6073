/*
 * What people and nodes write about chains. The first byte says which door is tried; what is taken
 * must come out again when it is written.
 *   'u'  a number of 256 bits, decimal
 *   'x'  the same, hexadecimal
 *   'a'  an address of each Bitcoin-like chain
 *   'e'  an address of an Ethereum-like chain
 *   'p'  a path of keys
 *   'k'  an extended public key
 */
#include <string.h>

#include "base/auto.h"
#include "chain/bech32.h"
#include "chain/coin_address.h"
#include "chain/evm_address.h"
#include "chain/key_path.h"
#include "chain/u256.h"
#include "chain/xpub.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_number(const char *text)
{
    struct u256 number, back, rest;
    struct dec value;
    char again[U256_TEXT_SIZE];
    if (!u256_parse(text, &number))
        return;
    assert(strcmp(u256_text(number, again), text) == 0);
    for (unsigned decimals = 0; decimals <= U256_POWER_OF_10_MAX; decimals += 7) {
        if (!u256_to_dec_floor(number, decimals, &value, &rest))
            continue;
        /* What was credited and what was left make the whole. */
        bool fits = u256_from_dec(value, decimals, &back) && u256_add(back, rest, &back);
        assert(fits && u256_cmp(back, number) == 0);
    }
}

static void try_hex(const char *text)
{
    struct u256 number, back;
    char again[U256_HEX_SIZE];
    if (!u256_parse_hex(text, &number))
        return;
    bool is_read = u256_parse_hex(u256_hex(number, again), &back);
    assert(is_read && u256_cmp(number, back) == 0);
}

static void try_address(const char *text)
{
    size_t count, taken = 0;
    const struct coin_params *all = coin_params_all(&count);
    for (size_t i = 0; i < count; i++) {
        struct coin_address address, again;
        struct err err;
        if (!coin_address_parse(&all[i], text, &address, &err)) {
            assert(err.code == ERR_INVALID && err.what[0] != '\0');
            continue;
        }
        taken++;
        bool is_read = coin_address_parse(&all[i], address.text, &again, &err);
        assert(is_read && memcmp(&address, &again, sizeof(address)) == 0);
        bool has_one = coin_address_of_script(&all[i], coin_script_span(&address.script), &again);
        assert(has_one && strcmp(address.text, again.text) == 0);
    }
    /* Test networks share their forms; the main ones are told apart. */
    assert(taken <= 4);
}

static void try_evm(const char *text)
{
    struct evm_address address, again;
    char written[EVM_ADDRESS_TEXT_SIZE];
    struct err err;
    if (!evm_address_parse(text, &address, &err))
        return;
    bool is_read = evm_address_parse(evm_address_text(address, written), &again, &err);
    assert(is_read && evm_address_equal(address, again));
}

static void try_path(const char *text)
{
    struct key_path path, again;
    char written[KEY_PATH_TEXT_SIZE];
    if (!key_path_parse(text, &path))
        return;
    bool is_read = key_path_parse(key_path_text(&path, written), &again);
    assert(is_read && key_path_equal(&path, &again));
}

static void try_xpub(const char *text)
{
    struct xpub xpub, child;
    char written[XPUB_TEXT_SIZE];
    struct err err;
    if (!xpub_parse(text, XPUB_VERSION_MAIN, &xpub, &err))
        return;
    assert(strcmp(xpub_text(&xpub, XPUB_VERSION_MAIN, written), text) == 0);
    bool has_child = xpub_child(&xpub, 0, &child);
    assert(has_child || xpub.depth == UINT8_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct {
        char door;
        void (*go)(const char *text);
    } doors[] = {{'u', try_number}, {'x', try_hex},  {'a', try_address},
                 {'e', try_evm},    {'p', try_path}, {'k', try_xpub}};
    if (size == 0 || size > 4096)
        return 0;
    char *text = strndup((const char *)data + 1, size - 1);
    assert(text != NULL);
    for (size_t i = 0; i < ARRAY_LEN(doors); i++)
        if (data[0] == (uint8_t)doors[i].door)
            doors[i].go(text);
    free(text);
    return 0;
}
