/* parcel.h: a committed batch of commands of one market, on its way from the writer to the broker. */
#ifndef ACCOUNTING_ACTIONS_PARCEL_H
#define ACCOUNTING_ACTIONS_PARCEL_H

#include <stddef.h>
#include <stdint.h>

#include "contract/protocol.h"

enum { PARCELS_MAX = 1024 };

struct parcel {
    char market_id[MARKET_ID_SIZE];
    uint64_t first_seq, last_seq;
    size_t length;
    char bytes[]; /* a command batch */
};

/* From malloc; the receiver frees. NULL: no memory (the table still has it). */
struct parcel *parcel_new(const char *market_id, uint64_t first_seq, uint64_t last_seq,
                          const void *bytes, size_t length);

#endif
