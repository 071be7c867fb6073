/*
 * coin_address.h: addresses of the Bitcoin-like chains, to output scripts and back.
 *
 * Strict: of another chain or network, mixed case, bech32 where bech32m is due, a broken checksum:
 * refused, and the error says in words what is wrong. One script has one address text (canonical),
 * which is what is stored and compared. Pure; any thread.
 *
 *     struct coin_address address;
 *     if (!coin_address_parse(params, text, &address, err)) return false;     // err->what: the reason
 *     tx_output.script = coin_script_span(&address.script);
 */
#ifndef CHAIN_COIN_ADDRESS_H
#define CHAIN_COIN_ADDRESS_H

#include "base/err.h"
#include "chain/coin_params.h"
#include "chain/coin_script.h"

enum { COIN_ADDRESS_TEXT_SIZE = 91 };

struct coin_address {
    enum coin_script_kind kind; /* one that has an address */
    struct coin_script script;
    char text[COIN_ADDRESS_TEXT_SIZE]; /* canonical */
};

bool coin_address_parse(const struct coin_params *params, const char *text,
                        struct coin_address *ret_address, struct err *err) MUST_CHECK;

/* False: the script has no address (coin_script_classify() says what it is). */
bool coin_address_of_script(const struct coin_params *params, struct span script,
                            struct coin_address *ret_address) MUST_CHECK;

/* The address of a compressed key: p2wpkh, or p2pkh where the chain has no witness programs. */
void coin_address_of_key(const struct coin_params *params,
                         const uint8_t key[static COIN_PUBLIC_KEY_SIZE],
                         struct coin_address *ret_address);

#endif
