#include "accounting/actions/parcel.h"

#include <stdlib.h>
#include <string.h>

struct parcel *parcel_new(const char *market_id, uint64_t first_seq, uint64_t last_seq,
                          const void *bytes, size_t length)
{
    struct parcel *parcel = malloc(sizeof(*parcel) + length);
    if (!parcel)
        return NULL;
    memset(parcel, 0, sizeof(*parcel));
    memcpy(parcel->market_id, market_id, strnlen(market_id, MARKET_ID_SIZE - 1));
    parcel->first_seq = first_seq;
    parcel->last_seq = last_seq;
    parcel->length = length;
    memcpy(parcel->bytes, bytes, length);
    return parcel;
}
