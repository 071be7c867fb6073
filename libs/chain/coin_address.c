#include "chain/coin_address.h"

#include <string.h>

#include "chain/base58.h"
#include "chain/bech32.h"
#include "chain/hash.h"

_Static_assert((int)COIN_ADDRESS_TEXT_SIZE >= BECH32_TEXT_SIZE, "the longest address fits");

static bool refuse_prefix(const struct coin_params *params, const char *prefix, struct err *err);
static bool refuse_version(const struct coin_params *params, unsigned version, struct err *err);

static bool parse_segwit(const struct coin_params *params, const char *text,
                         struct coin_address *address, struct err *err)
{
    struct segwit segwit;
    if (!segwit_read(text, &segwit, err))
        return false;
    if (!params->prefix || strcmp(segwit.prefix, params->prefix) != 0)
        return refuse_prefix(params, segwit.prefix, err);
    if (segwit.version == 0)
        address->kind = segwit.program_length == HASH160_SIZE ? COIN_P2WPKH : COIN_P2WSH;
    else if (segwit.version == 1 && segwit.program_length == 32)
        address->kind = COIN_P2TR;
    else
        return err_set(err, ERR_INVALID,
                       "witness version %u with %zu bytes is not defined: money sent there may be "
                       "anybody's",
                       segwit.version, segwit.program_length);
    address->script = coin_script_make(address->kind, segwit.program);
    segwit_write(&segwit, address->text);
    return true;
}

static bool parse_base58(const struct coin_params *params, const char *text,
                         struct coin_address *address, struct err *err)
{
    uint8_t payload[BASE58_PAYLOAD_MAX];
    size_t length;
    if (!base58check_read(text, payload, &length))
        return err_set(err, ERR_INVALID, "the checksum is wrong, or it is no address of %s",
                       params->title);
    if (length != 1 + HASH160_SIZE)
        return err_set(err, ERR_INVALID, "it has %zu bytes where an address has 21", length);
    if (payload[0] == params->version_p2pkh)
        address->kind = COIN_P2PKH;
    else if (payload[0] == params->version_p2sh)
        address->kind = COIN_P2SH;
    else
        return refuse_version(params, payload[0], err);
    address->script = coin_script_make(address->kind, payload + 1);
    char canonical[BASE58_TEXT_SIZE];
    base58check_write(payload, length, canonical);
    size_t text_length = strlen(canonical);
    assert(text_length < sizeof(address->text));
    memcpy(address->text, canonical, text_length + 1);
    return true;
}

/* Base58 text of 21 bytes has at most 35 characters, and no prefix of bech32 in front of a '1'. */
static bool looks_like_segwit(const char *text)
{
    size_t count;
    const struct coin_params *all = coin_params_all(&count);
    const char *one = strrchr(text, '1');
    if (!one)
        return false;
    size_t length = (size_t)(one - text);
    for (size_t i = 0; i < count; i++) {
        const char *prefixes[] = {all[i].prefix, all[i].prefix_refused};
        for (size_t j = 0; j < ARRAY_LEN(prefixes); j++)
            if (prefixes[j] && strlen(prefixes[j]) == length &&
                strncasecmp(prefixes[j], text, length) == 0)
                return true;
    }
    return false;
}

/* MWEB addresses are longer than bech32 allows, so they are known by their prefix alone. */
static bool is_refused_kind(const struct coin_params *params, const char *text)
{
    size_t length = params->prefix_refused ? strlen(params->prefix_refused) : 0;
    return length > 0 && strncasecmp(text, params->prefix_refused, length) == 0 &&
           text[length] == '1';
}

bool coin_address_parse(const struct coin_params *params, const char *text,
                        struct coin_address *ret_address, struct err *err)
{
    struct coin_address address;
    memset(&address, 0, sizeof(address));
    if (text[0] == '\0')
        return err_set(err, ERR_INVALID, "it is empty");
    if (is_refused_kind(params, text))
        return err_set(err, ERR_INVALID, "MWEB addresses of %s are not supported", params->title);
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
        return err_set(err, ERR_INVALID, "it is an address of an Ethereum-like chain, not of %s",
                       params->title);
    if (looks_like_segwit(text) ? !parse_segwit(params, text, &address, err)
                                : !parse_base58(params, text, &address, err))
        return false;
    *ret_address = address;
    return true;
}

static bool refuse_prefix(const struct coin_params *params, const char *prefix, struct err *err)
{
    size_t count;
    const struct coin_params *all = coin_params_all(&count);
    for (size_t i = 0; i < count; i++)
        if (all[i].prefix && strcmp(all[i].prefix, prefix) == 0)
            return err_set(err, ERR_INVALID, "it is an address of %s, not of %s", all[i].title,
                           params->title);
    return err_set(err, ERR_INVALID, "the prefix '%.20s' is not of %s", prefix, params->title);
}

static bool refuse_version(const struct coin_params *params, unsigned version, struct err *err)
{
    size_t count;
    const struct coin_params *all = coin_params_all(&count);
    if (params->version_p2sh_old == (int)version)
        return err_set(err, ERR_INVALID,
                       "this old form is also one of Bitcoin: use the form of %s that starts with "
                       "M or Q",
                       params->title);
    for (size_t i = 0; i < count; i++)
        if (all[i].version_p2pkh == version || all[i].version_p2sh == version)
            return err_set(err, ERR_INVALID, "it is an address of %s, not of %s", all[i].title,
                           params->title);
    return err_set(err, ERR_INVALID, "it is no address of %s", params->title);
}

static void write_base58(uint8_t version, struct span program, struct coin_address *address)
{
    uint8_t payload[1 + HASH160_SIZE];
    char text[BASE58_TEXT_SIZE];
    assert(program.length == HASH160_SIZE);
    payload[0] = version;
    memcpy(payload + 1, program.bytes, program.length);
    base58check_write(payload, sizeof(payload), text);
    size_t length = strlen(text);
    assert(length < sizeof(address->text));
    memcpy(address->text, text, length + 1);
}

static void write_segwit(const struct coin_params *params, unsigned version, struct span program,
                         struct coin_address *address)
{
    struct segwit segwit;
    memset(&segwit, 0, sizeof(segwit));
    snprintf(segwit.prefix, sizeof(segwit.prefix), "%s", params->prefix);
    segwit.version = version;
    memcpy(segwit.program, program.bytes, program.length);
    segwit.program_length = program.length;
    segwit_write(&segwit, address->text);
}

bool coin_address_of_script(const struct coin_params *params, struct span script,
                            struct coin_address *ret_address)
{
    struct span program;
    enum coin_script_kind kind = coin_script_classify(script, &program);
    bool is_old = kind == COIN_P2PKH || kind == COIN_P2SH;
    if (!coin_script_has_address(kind) || (!is_old && !params->prefix))
        return false;
    memset(ret_address, 0, sizeof(*ret_address));
    ret_address->kind = kind;
    ret_address->script = coin_script_make(kind, program.bytes);
    if (kind == COIN_P2PKH)
        write_base58(params->version_p2pkh, program, ret_address);
    else if (kind == COIN_P2SH)
        write_base58(params->version_p2sh, program, ret_address);
    else
        write_segwit(params, kind == COIN_P2TR ? 1 : 0, program, ret_address);
    return true;
}

void coin_address_of_key(const struct coin_params *params,
                         const uint8_t key[static COIN_PUBLIC_KEY_SIZE],
                         struct coin_address *ret_address)
{
    struct coin_script script = coin_script_of_key(params->prefix ? COIN_P2WPKH : COIN_P2PKH, key);
    bool has_address = coin_address_of_script(params, coin_script_span(&script), ret_address);
    assert(has_address);
}
