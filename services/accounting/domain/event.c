#include "accounting/domain/event.h"

#include <string.h>

void events_begin(struct str *events)
{
    uint32_t version = EVENT_VERSION;
    str_clear(events);
    str_add_bytes(events, &version, sizeof(version));
}

void events_add(struct str *events, enum event_kind kind, const void *payload, size_t length)
{
    struct event_record record = {.kind = kind, .length = (uint32_t)length};
    assert(length <= UINT32_MAX);
    str_add_bytes(events, &record, sizeof(record));
    str_add_bytes(events, payload, length);
}

bool events_are_empty(const struct str *events)
{
    return events->length <= sizeof(uint32_t);
}

bool events_next(const void *bytes, size_t length, size_t *offset, struct event_record *ret_record,
                 const void **ret_payload, bool *ret_bad)
{
    *ret_bad = false;
    if (*offset == 0) {
        uint32_t version = 0;
        if (length >= sizeof(version))
            memcpy(&version, bytes, sizeof(version));
        if (version != EVENT_VERSION) {
            *ret_bad = true;
            return false;
        }
        *offset = sizeof(version);
    }
    if (*offset == length)
        return false;
    struct event_record record;
    if (length - *offset < sizeof(record)) {
        *ret_bad = true;
        return false;
    }
    memcpy(&record, (const char *)bytes + *offset, sizeof(record));
    if (length - *offset - sizeof(record) < record.length) {
        *ret_bad = true;
        return false;
    }
    *ret_record = record;
    *ret_payload = (const char *)bytes + *offset + sizeof(record);
    *offset += sizeof(record) + record.length;
    return true;
}
