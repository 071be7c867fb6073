#include "accounting/bus/event_round.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 256 };

void event_round_clear(struct event_round *round)
{
    round->count = 0;
}

void event_round_release(struct event_round *round)
{
    free(round->items);
    free(round->index);
    *round = (struct event_round){0};
}

/* ---- reading rows ---- */

static bool length_fits(const struct event_record *record)
{
    switch ((enum event_kind)record->kind) {
    case EVENT_ORDER:
        return record->length == sizeof(struct event_order);
    case EVENT_TRADE:
        return record->length == sizeof(struct trade);
    case EVENT_LEVEL:
        return record->length == sizeof(struct event_level);
    case EVENT_BALANCE:
        return record->length == sizeof(struct event_balance);
    case EVENT_MODEL:
        return record->length > sizeof(struct event_model);
    case EVENT_PRIVATE:
        return record->length > sizeof(struct event_private);
    }
    return false;
}

static bool add_item(struct event_round *round, const struct round_item *item)
{
    if (round->count == round->capacity) {
        size_t capacity = round->capacity ? 2 * round->capacity : FIRST_CAPACITY;
        struct round_item *items = realloc(round->items, capacity * sizeof(*items));
        if (!items)
            return false;
        round->items = items;
        round->capacity = capacity;
    }
    round->items[round->count++] = *item;
    return true;
}

bool event_round_add(struct event_round *round, const void *events, size_t length, bool is_before,
                     struct err *err)
{
    size_t offset = 0, count_before = round->count;
    struct event_record record;
    const void *payload;
    bool bad;
    while (events_next(events, length, &offset, &record, &payload, &bad)) {
        struct round_item item = {.kind = (enum event_kind)record.kind,
                                  .payload = payload,
                                  .length = record.length,
                                  .is_before = is_before};
        if (!length_fits(&record)) {
            bad = true;
            break;
        }
        if (!add_item(round, &item)) {
            round->count = count_before;
            return err_set(err, ERR_INTERNAL, "no memory for %zu events", round->count);
        }
    }
    if (!bad)
        return true;
    round->count = count_before;
    return err_set(err, ERR_PROTOCOL, "malformed events, or of another version, at byte %zu",
                   offset);
}

/* ---- comparing ---- */

/* What tells an item apart: bytes that are equal for items of which the last one counts. */
struct item_key {
    struct dec price;
    uint64_t number;
    uint32_t kind;
    char text[MARKET_ID_SIZE];
    char unused[12]; /* no padding: keys are compared as bytes */
};
_Static_assert((int)CURRENCY_ID_SIZE <= (int)MARKET_ID_SIZE, "a currency id fits the text");

static struct item_key key_of(const struct round_item *item)
{
    struct item_key key;
    memset(&key, 0, sizeof(key));
    key.kind = item->kind;
    if (item->kind == EVENT_ORDER) {
        memcpy(&key.number, (const char *)item->payload + offsetof(struct event_order, order.id),
               sizeof(key.number));
    } else if (item->kind == EVENT_LEVEL) {
        struct event_level event;
        memcpy(&event, item->payload, sizeof(event));
        memcpy(key.text, event.market_id, strnlen(event.market_id, MARKET_ID_SIZE - 1));
        key.number = event.side;
        key.price = event.price;
    } else {
        struct event_balance event;
        assert(item->kind == EVENT_BALANCE);
        memcpy(&event, item->payload, sizeof(event));
        memcpy(key.text, event.currency_id, strnlen(event.currency_id, CURRENCY_ID_SIZE - 1));
        key.number = event.member_id;
    }
    return key;
}

static bool is_compared(const struct round_item *item)
{
    return item->kind == EVENT_ORDER || item->kind == EVENT_LEVEL || item->kind == EVENT_BALANCE;
}

/* An order's beginning and its end are always told. */
static bool can_be_replaced(const struct round_item *item)
{
    enum order_change change;
    if (item->kind != EVENT_ORDER)
        return true;
    memcpy(&change, (const char *)item->payload + offsetof(struct event_order, change),
           sizeof(change));
    return change == ORDER_UPDATED;
}

static size_t hash_of(const struct item_key *key)
{
    const unsigned char *bytes = (const unsigned char *)key;
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (size_t i = 0; i < sizeof(*key); i++)
        hash = (hash ^ bytes[i]) * 1099511628211u;
    return (size_t)(hash ^ hash >> 29);
}

static bool make_index(struct event_round *round)
{
    size_t size = round->index_size ? round->index_size : FIRST_CAPACITY;
    while (size < 2 * round->count)
        size *= 2;
    if (size != round->index_size) {
        free(round->index);
        round->index = calloc(size, sizeof(*round->index));
        round->index_size = round->index ? size : 0;
        return round->index != NULL;
    }
    memset(round->index, 0, size * sizeof(*round->index));
    return true;
}

/* Whether a later item has the same key; notes this one otherwise. */
static bool find_or_note(struct event_round *round, size_t at)
{
    struct item_key key = key_of(&round->items[at]);
    size_t slot = hash_of(&key) & (round->index_size - 1);
    for (; round->index[slot]; slot = (slot + 1) & (round->index_size - 1)) {
        struct item_key other = key_of(&round->items[round->index[slot] - 1]);
        if (memcmp(&key, &other, sizeof(key)) == 0)
            return true;
    }
    round->index[slot] = (uint32_t)at + 1;
    return false;
}

bool event_round_compare(struct event_round *round, struct err *err)
{
    if (round->count >= UINT32_MAX || !make_index(round))
        return err_set(err, ERR_INTERNAL, "no memory to compare %zu events", round->count);
    for (size_t i = round->count; i > 0; i--) {
        struct round_item *item = &round->items[i - 1];
        if (is_compared(item))
            item->is_replaced = find_or_note(round, i - 1) && can_be_replaced(item);
    }
    return true;
}
