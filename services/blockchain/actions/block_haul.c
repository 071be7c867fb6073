#include "blockchain/actions/block_haul.h"

#include <string.h>

#include "chain/bytes.h"

enum { ROOM_MIN = 16, FOUND_MAX = 200000 };

/* Room for one more; the old array stays in the arena. */
static bool room(struct arena *arena, void **array, size_t count, size_t *room_count, size_t size,
                 struct err *err)
{
    if (count < *room_count)
        return true;
    size_t wider = *room_count == 0 ? ROOM_MIN : 2 * *room_count;
    void *longer = wider <= FOUND_MAX ? arena_alloc(arena, wider * size) : NULL;
    if (!longer)
        return err_set(err, ERR_INTERNAL, "a block with more than %zu things for us", count);
    if (count > 0)
        memcpy(longer, *array, count * size);
    *array = longer;
    *room_count = wider;
    return true;
}

static bool on_stray(struct block_haul *haul, const struct found_transfer *found, struct err *err)
{
    void *array = haul->strays;
    if (!room(haul->arena, &array, haul->strays_count, &haul->strays_room, sizeof(*haul->strays),
              err))
        return false;
    haul->strays = array;
    haul->strays[haul->strays_count++] = *found;
    return true;
}

static bool on_transfer(void *arg, const struct found_transfer *found, struct err *err)
{
    struct block_haul *haul = arg;
    void *array = haul->transfers;
    if (found->is_unlisted)
        return on_stray(haul, found, err);
    if (!room(haul->arena, &array, haul->transfers_count, &haul->transfers_room,
              sizeof(*haul->transfers), err))
        return false;
    haul->transfers = array;
    haul->transfers[haul->transfers_count++] = *found;
    /* The coin may be spent further down in this block. */
    uint8_t txid[TXID_SIZE];
    if (found->contract[0] == '\0' && txid_parse(found->txid, txid) &&
        !watch_set_add(haul->chain->watch, WATCH_COIN_TX, txid, sizeof(txid), 1))
        return err_set(err, ERR_INTERNAL, "no memory for what is watched");
    return true;
}

static bool on_spend(void *arg, const struct found_spend *found, struct err *err)
{
    struct block_haul *haul = arg;
    void *array = haul->spends;
    if (!room(haul->arena, &array, haul->spends_count, &haul->spends_room, sizeof(*haul->spends),
              err))
        return false;
    haul->spends = array;
    haul->spends[haul->spends_count++] = *found;
    return true;
}

static bool on_parked(void *arg, const struct found_parked *found, struct err *err)
{
    struct block_haul *haul = arg;
    void *array = haul->parked;
    if (!room(haul->arena, &array, haul->parked_count, &haul->parked_room, sizeof(*haul->parked),
              err))
        return false;
    haul->parked = array;
    struct found_parked *kept = &haul->parked[haul->parked_count++];
    *kept = *found;
    kept->reason = arena_strdup(haul->arena, found->reason);
    if (found->claim) {
        struct found_transfer *claim = arena_alloc(haul->arena, sizeof(*claim));
        if (claim)
            *claim = *found->claim;
        kept->claim = claim;
    }
    return (kept->reason && (kept->claim || !found->claim)) ||
           err_set(err, ERR_INTERNAL, "no memory");
}

bool block_haul_is_same(const struct found_transfer *a, const struct found_transfer *b)
{
    return a->index == b->index && a->address_id == b->address_id &&
           strcmp(a->txid, b->txid) == 0 && strcmp(a->contract, b->contract) == 0 &&
           strcmp(a->units, b->units) == 0;
}

static bool found(const struct block_haul *haul, const struct found_transfer *transfer)
{
    for (size_t i = 0; i < haul->transfers_count; i++)
        if (block_haul_is_same(&haul->transfers[i], transfer))
            return true;
    return false;
}

bool block_haul_claims_take(struct block_haul *haul, const struct block_haul *witness,
                            struct err *err)
{
    size_t kept = 0;
    for (size_t i = 0; i < haul->parked_count; i++) {
        const struct found_parked *parked = &haul->parked[i];
        if (!parked->claim || parked->is_refuted || (witness && !found(witness, parked->claim)))
            haul->parked[kept++] = *parked;
        else if (!on_transfer(haul, parked->claim, err))
            return false;
    }
    haul->parked_count = kept;
    return true;
}

struct question {
    struct block_haul *haul;
    struct block_question question;
};

static void haul_clear(struct block_haul *haul)
{
    arena_reset(haul->arena);
    *haul = (struct block_haul){.arena = haul->arena,
                                .chain = haul->chain,
                                .wants_unlisted = haul->wants_unlisted,
                                .believes_logs = haul->believes_logs};
}

/* A provider that failed in the middle leaves nothing for the next one to double. */
static bool ask(struct node *node, void *arg, struct err *err)
{
    struct question *question = arg;
    const struct block_sink sink = {
        .arg = question->haul, .transfer = on_transfer, .spend = on_spend, .parked = on_parked};
    haul_clear(question->haul);
    bool ok = node->client->family->block_read(node, &question->question, &sink,
                                               &question->haul->head, err);
    question->haul->lacks_inner = node->has_no_traces;
    return ok;
}

static struct question question_of(struct block_haul *haul, const struct chain_entry *entry,
                                   uint64_t height, const char *hash, const char *only_txid)
{
    struct question question = {.haul = haul,
                                .question = {.height = height,
                                             .only_txid = only_txid,
                                             .watch = haul->chain->watch,
                                             .assets = entry->assets,
                                             .assets_count = entry->assets_count,
                                             .wants_unlisted = haul->wants_unlisted,
                                             .believes_logs = haul->believes_logs}};
    snprintf(question.question.hash, sizeof(question.question.hash), "%s", hash);
    return question;
}

bool block_haul_read(struct block_haul *haul, struct provider_session *session,
                     const struct chain_entry *entry, uint64_t height, const char *hash,
                     const char *only_txid, struct err *err)
{
    struct question question = question_of(haul, entry, height, hash, only_txid);
    return providers_ask(session, ask, &question, err);
}

bool block_haul_read_other(struct block_haul *haul, struct provider_session *session,
                           const struct chain_entry *entry, uint64_t height, const char *hash,
                           const char *only_txid, struct err *err)
{
    struct question question = question_of(haul, entry, height, hash, only_txid);
    return providers_ask_other(session, ask, &question, err);
}
