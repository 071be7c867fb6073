#include "accounting/bus/listeners.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS = 2 * LISTENERS_MAX };
_Static_assert(LISTENERS_MAX < UINT16_MAX, "a slot holds the number of a kind");

struct kind {
    enum event_exchange exchange;
    char routing_key[ROUTING_KEY_SIZE];
    bool is_absent; /* the last one came back */
    /* Of this round: */
    bool is_asked;    /* one went out, whose answer tells */
    bool is_answered; /* it came back */
    bool is_left_out; /* others did not go out */
    bool is_owed;
    bool is_first_seen; /* while the debt is paid: the one that asked was passed */
};

struct listeners {
    struct kind kinds[LISTENERS_MAX];
    size_t count;
    uint16_t slots[SLOTS]; /* hash table of kinds + 1 */
};

struct listeners *listeners_new(void)
{
    return calloc(1, sizeof(struct listeners));
}

void listeners_free(struct listeners *listeners)
{
    free(listeners);
}

void listeners_reset(struct listeners *listeners)
{
    memset(listeners, 0, sizeof(*listeners));
}

void listeners_begin(struct listeners *listeners)
{
    for (size_t i = 0; i < listeners->count; i++) {
        struct kind *kind = &listeners->kinds[i];
        kind->is_asked = kind->is_answered = kind->is_left_out = false;
        kind->is_owed = kind->is_first_seen = false;
    }
}

/* The kind, made if it is new; NULL: there are too many. */
static struct kind *kind_get(struct listeners *listeners, enum event_exchange exchange,
                             const char *routing_key)
{
    uint32_t hash = 2166136261u ^ (uint32_t)exchange; /* FNV-1a */
    for (const char *c = routing_key; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 16777619u;
    size_t slot = hash % SLOTS;
    for (; listeners->slots[slot]; slot = (slot + 1) % SLOTS) {
        struct kind *kind = &listeners->kinds[listeners->slots[slot] - 1];
        if (kind->exchange == exchange && strcmp(kind->routing_key, routing_key) == 0)
            return kind;
    }
    if (listeners->count == LISTENERS_MAX)
        return NULL;
    struct kind *kind = &listeners->kinds[listeners->count++];
    listeners->slots[slot] = (uint16_t)listeners->count;
    *kind = (struct kind){.exchange = exchange};
    snprintf(kind->routing_key, sizeof(kind->routing_key), "%s", routing_key);
    return kind;
}

bool listeners_wants(struct listeners *listeners, enum event_exchange exchange,
                     const char *routing_key)
{
    struct kind *kind = kind_get(listeners, exchange, routing_key);
    if (!kind || !kind->is_absent)
        return true;
    if (kind->is_asked) {
        kind->is_left_out = true;
        return false;
    }
    kind->is_asked = true;
    return true;
}

void listeners_returned(struct listeners *listeners, enum event_exchange exchange,
                        const char *routing_key)
{
    struct kind *kind = kind_get(listeners, exchange, routing_key);
    if (!kind)
        return;
    kind->is_absent = true;
    kind->is_asked = true;
    kind->is_answered = true;
}

bool listeners_owed(struct listeners *listeners)
{
    bool owed = false;
    for (size_t i = 0; i < listeners->count; i++) {
        struct kind *kind = &listeners->kinds[i];
        if (!kind->is_absent || !kind->is_asked || kind->is_answered)
            continue;
        kind->is_absent = false;
        kind->is_owed = kind->is_left_out;
        owed = owed || kind->is_owed;
    }
    return owed;
}

bool listeners_owes(struct listeners *listeners, enum event_exchange exchange,
                    const char *routing_key)
{
    struct kind *kind = kind_get(listeners, exchange, routing_key);
    if (!kind || !kind->is_owed)
        return false;
    bool is_first = !kind->is_first_seen;
    kind->is_first_seen = true;
    return !is_first;
}
