/* psbt_map.h: the maps of a PSBT, for its two sources. See psbt.h. */
#ifndef CHAIN_PSBT_MAP_H
#define CHAIN_PSBT_MAP_H

#include "chain/psbt.h"

enum psbt_map_kind { PSBT_GLOBAL, PSBT_INPUT, PSBT_OUTPUT };

enum {
    PSBT_GLOBAL_TX = 0x00,
    PSBT_GLOBAL_XPUB = 0x01,
    PSBT_GLOBAL_VERSION = 0xfb,

    PSBT_IN_PREVIOUS = 0x00,
    PSBT_IN_UTXO = 0x01,
    PSBT_IN_SIGNATURE = 0x02,
    PSBT_IN_TYPE = 0x03,
    PSBT_IN_REDEEM_SCRIPT = 0x04,
    PSBT_IN_WITNESS_SCRIPT = 0x05,
    PSBT_IN_DERIVATION = 0x06,
    PSBT_IN_FINAL_SCRIPT = 0x07,
    PSBT_IN_FINAL_WITNESS = 0x08,

    PSBT_OUT_REDEEM_SCRIPT = 0x00,
    PSBT_OUT_WITNESS_SCRIPT = 0x01,
    PSBT_OUT_DERIVATION = 0x02
};

/* NULL: there is none. `data` follows the type in the key; SPAN_NONE for types without. */
const struct psbt_pair *psbt_map_find(const struct psbt_map *map, uint8_t type, struct span data);
/* The n-th pair of a type; NULL at the end. */
const struct psbt_pair *psbt_map_at(const struct psbt_map *map, uint8_t type, size_t n);
struct span psbt_map_value(const struct psbt_map *map, uint8_t type); /* SPAN_NONE: none */

/* Copies key and value to the arena. The same pair again is fine; another value is refused. */
bool psbt_map_put(struct psbt *psbt, struct psbt_map *map, uint8_t type, struct span data,
                  struct span value, struct err *err) MUST_CHECK;
/* Takes the spans as they are. */
bool psbt_map_insert(struct arena *arena, struct psbt_map *map, struct psbt_pair pair,
                     struct err *err) MUST_CHECK;

/* What is known of a type: the form of its key and value. */
bool psbt_pair_check(enum psbt_map_kind kind, const struct psbt_pair *pair, struct err *err)
    MUST_CHECK;

#endif
