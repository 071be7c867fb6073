#include "signer/state/spends.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/crypto.h"
#include "signer/state/limits.h"

enum { ROOM_FIRST = 256 };

struct spend {
    struct mark payout, place;
    struct u256 units;
    struct mark anchors[SPEND_ANCHORS_MAX], txs[SPEND_TXS_MAX];
    uint8_t anchors_count, txs_count;
    int64_t at_us; /* of the first transaction */
    uint64_t next; /* in the chain of its hash: number; 0 ends */
};

/* The first eight bytes of marks: open addressing, at most half full; 0 is an empty place. */
struct set {
    uint64_t *table;
    size_t count, room; /* `room` is a power of two */
};

/* Open payouts are numbered from 1 as they come; `first` .. `last` are in memory, in a ring whose size is
 * a power of two. Numbers of one chain get smaller from its head on. */
struct spends {
    size_t open_max;
    int64_t open_us;
    struct spend *ring;
    uint64_t *heads;
    size_t room; /* of both */
    uint64_t first, last;
    struct set closed, txs; /* payouts that are closed; all transactions */
};

/* ---- marks ---- */

struct mark mark_of_bytes(const void *bytes, size_t length)
{
    uint8_t digest[SHA256_SIZE];
    struct mark mark;
    sha256(bytes, length, digest);
    memcpy(mark.bytes, digest, sizeof(mark.bytes));
    return mark;
}

struct mark mark_of(const char *const *texts)
{
    struct sha256 *hash = sha256_new();
    uint8_t digest[SHA256_SIZE];
    struct mark mark;
    assert(hash);
    for (; *texts; texts++)
        sha256_add(hash, *texts, strlen(*texts) + 1);
    sha256_end(hash, digest);
    sha256_free(hash);
    memcpy(mark.bytes, digest, sizeof(mark.bytes));
    return mark;
}

static bool mark_is(const struct mark *a, const struct mark *b)
{
    return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

static bool mark_is_in(const struct mark *mark, const struct mark *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (mark_is(mark, &list[i]))
            return true;
    return false;
}

static uint64_t number_of(const struct mark *mark)
{
    uint64_t number;
    memcpy(&number, mark->bytes, sizeof(number));
    return number ? number : 1;
}

/* ---- sets ---- */

static bool set_has(const struct set *set, uint64_t number)
{
    if (set->room == 0)
        return false;
    size_t mask = set->room - 1;
    for (size_t at = (size_t)number & mask; set->table[at] != 0; at = (at + 1) & mask)
        if (set->table[at] == number)
            return true;
    return false;
}

/* There is room. */
static void set_put(struct set *set, uint64_t number)
{
    size_t mask = set->room - 1, at = (size_t)number & mask;
    while (set->table[at] != 0 && set->table[at] != number)
        at = (at + 1) & mask;
    set->count += set->table[at] == 0;
    set->table[at] = number;
}

static bool set_reserve(struct set *set, size_t count, struct err *err)
{
    struct set grown = {.room = set->room ? set->room : ROOM_FIRST};
    while (grown.room / 2 < set->count + count)
        grown.room *= 2;
    if (grown.room == set->room)
        return true;
    grown.table = calloc(grown.room, sizeof(*grown.table));
    if (!grown.table)
        return err_set(err, ERR_BUSY, "no memory for payout ids");
    for (size_t i = 0; i < set->room; i++)
        if (set->table[i] != 0)
            set_put(&grown, set->table[i]);
    free(set->table);
    *set = grown;
    return true;
}

/* ---- open payouts ---- */

static struct spend *spend_at(const struct spends *spends, uint64_t number)
{
    assert(number >= spends->first && number <= spends->last);
    return &spends->ring[number & (spends->room - 1)];
}

static uint64_t *head_of(const struct spends *spends, const struct mark *payout)
{
    return &spends->heads[number_of(payout) & (spends->room - 1)];
}

static struct spend *spend_find(const struct spends *spends, const struct mark *payout)
{
    if (spends->room == 0)
        return NULL;
    for (uint64_t at = *head_of(spends, payout); at >= spends->first && at != 0;) {
        struct spend *spend = spend_at(spends, at);
        if (mark_is(&spend->payout, payout))
            return spend;
        at = spend->next;
    }
    return NULL;
}

/* The oldest. What still points at its number is below `first`, and so is the end of a chain. */
static void close_first(struct spends *spends)
{
    set_put(&spends->closed, number_of(&spend_at(spends, spends->first)->payout));
    spends->first++;
}

static bool ring_grow(struct spends *spends, size_t room, struct err *err)
{
    struct spend *ring = calloc(room, sizeof(*ring));
    uint64_t *heads = calloc(room, sizeof(*heads));
    if (!ring || !heads) {
        free(ring);
        free(heads);
        return err_set(err, ERR_BUSY, "no memory for payouts");
    }
    struct spends grown = *spends;
    grown.ring = ring;
    grown.heads = heads;
    grown.room = room;
    for (uint64_t at = spends->first; at <= spends->last; at++) {
        struct spend *spend = spend_at(&grown, at);
        *spend = *spend_at(spends, at);
        uint64_t *head = head_of(&grown, &spend->payout);
        spend->next = *head;
        *head = at;
    }
    free(spends->ring);
    free(spends->heads);
    *spends = grown;
    return true;
}

struct spends *spends_new(size_t open_max, int64_t open_us)
{
    struct spends *spends = calloc(1, sizeof(*spends));
    assert(open_max > 0 && open_us > 0);
    if (!spends)
        return NULL;
    spends->open_max = open_max;
    spends->open_us = open_us;
    spends->first = 1;
    return spends;
}

void spends_free(struct spends *spends)
{
    if (!spends)
        return;
    free(spends->ring);
    free(spends->heads);
    free(spends->closed.table);
    free(spends->txs.table);
    free(spends);
}

static bool has_anchor(const struct spend *spend, const struct spend_ask *ask)
{
    for (size_t i = 0; i < spend->anchors_count; i++)
        if (mark_is_in(&spend->anchors[i], ask->inputs, ask->inputs_count))
            return true;
    return false;
}

enum spend_verdict spends_ask(const struct spends *spends, const struct spend_ask *ask)
{
    const struct spend *spend = spend_find(spends, &ask->payout);
    bool is_known = set_has(&spends->txs, number_of(&ask->tx));
    if (!spend && set_has(&spends->closed, number_of(&ask->payout)))
        return SPEND_CLOSED;
    if (!spend)
        return is_known ? SPEND_TX_AGAIN : SPEND_NEW;
    if (!mark_is(&spend->place, &ask->place) || u256_cmp(ask->units, spend->units) > 0)
        return SPEND_DIFFERS;
    if (mark_is_in(&ask->binding, spend->txs, spend->txs_count))
        return SPEND_AGAIN;
    if (is_known)
        return SPEND_TX_AGAIN;
    return has_anchor(spend, ask) ? SPEND_REPLACES : SPEND_SECOND;
}

bool spends_reserve(struct spends *spends, size_t count, struct err *err)
{
    size_t open = (size_t)(spends->last + 1 - spends->first);
    size_t need = open + count, room = spends->room ? spends->room : ROOM_FIRST;
    /* All that are open may be closed by the next one. */
    if (!set_reserve(&spends->closed, need, err) || !set_reserve(&spends->txs, count, err))
        return false;
    while (room < need)
        room *= 2;
    return room == spends->room || ring_grow(spends, room, err);
}

/* What all transactions use up: at the first one the head of its list, then what is in the new one too. */
static void anchors_keep(struct spend *spend, const struct spend_ask *ask)
{
    size_t kept = 0;
    for (size_t i = 0; i < spend->anchors_count; i++)
        if (mark_is_in(&spend->anchors[i], ask->inputs, ask->inputs_count))
            spend->anchors[kept++] = spend->anchors[i];
    spend->anchors_count = (uint8_t)kept;
}

static void tx_keep(struct spend *spend, const struct mark *binding)
{
    if (spend->txs_count == SPEND_TXS_MAX)
        memmove(spend->txs, spend->txs + 1, sizeof(spend->txs) - sizeof(spend->txs[0]));
    else
        spend->txs_count++;
    spend->txs[spend->txs_count - 1] = *binding;
}

static void spend_begin(struct spends *spends, const struct spend_ask *ask, int64_t at_us)
{
    uint64_t *head = head_of(spends, &ask->payout);
    assert(spends->last + 1 - spends->first < spends->room);
    struct spend *spend = &spends->ring[++spends->last & (spends->room - 1)];
    *spend = (struct spend){.payout = ask->payout,
                            .place = ask->place,
                            .units = ask->units,
                            .at_us = at_us,
                            .next = *head};
    for (size_t i = 0; i < ask->inputs_count && i < SPEND_ANCHORS_MAX; i++)
        spend->anchors[spend->anchors_count++] = ask->inputs[i];
    tx_keep(spend, &ask->binding);
    *head = spends->last;
}

void spends_put(struct spends *spends, const struct spend_ask *ask, int64_t at_us)
{
    struct spend *spend = spend_find(spends, &ask->payout);
    set_put(&spends->txs, number_of(&ask->tx));
    if (spend) {
        anchors_keep(spend, ask);
        tx_keep(spend, &ask->binding);
    } else {
        spend_begin(spends, ask, at_us);
    }
    while (spends->first <= spends->last &&
           (spends->last + 1 - spends->first > spends->open_max ||
            spend_at(spends, spends->first)->at_us + spends->open_us < at_us))
        close_first(spends);
}

size_t spends_count(const struct spends *spends)
{
    return spends->closed.count + (size_t)(spends->last + 1 - spends->first);
}
