#include "accounting/state/catalog.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "json/read.h"

/* One immutable copy. `catalog` comes first: readers hold a pointer to it. */
struct copy {
    struct catalog catalog;
    _Atomic unsigned readers; /* and the one of struct catalogs, while it is the current one */
    struct arena *arena;
    const struct currency **currencies_by_id;
    const struct market **markets_by_id;
};

struct catalogs {
    pthread_mutex_t lock; /* of `current` alone: held for a few instructions */
    struct copy *current;
    pthread_mutex_t loading; /* one reload at a time; guards what follows */
    struct dec protection;
    size_t numbers_count;
    char numbers[CATALOG_MARKETS_MAX][MARKET_ID_SIZE]; /* market ids by their number, for ever */
};

static void copy_free(struct copy *copy)
{
    if (!copy)
        return;
    arena_free(copy->arena);
    free(copy);
}

static struct copy *copy_new(void)
{
    struct copy *copy = calloc(1, sizeof(*copy));
    struct arena *arena = arena_new(CATALOG_BYTES_MAX);
    if (!copy || !arena) {
        free(copy);
        arena_free(arena);
        return NULL;
    }
    copy->arena = arena;
    atomic_init(&copy->readers, 1);
    return copy;
}

struct catalogs *catalogs_new(void)
{
    struct catalogs *catalogs = calloc(1, sizeof(*catalogs));
    struct copy *empty = copy_new();
    if (!catalogs || !empty) {
        free(catalogs);
        copy_free(empty);
        return NULL;
    }
    pthread_mutex_init(&catalogs->lock, NULL);
    pthread_mutex_init(&catalogs->loading, NULL);
    catalogs->current = empty;
    return catalogs;
}

void catalogs_free(struct catalogs *catalogs)
{
    if (!catalogs)
        return;
    assert(atomic_load(&catalogs->current->readers) == 1);
    copy_free(catalogs->current);
    pthread_mutex_destroy(&catalogs->lock);
    pthread_mutex_destroy(&catalogs->loading);
    free(catalogs);
}

void catalogs_set_protection(struct catalogs *catalogs, struct dec fraction)
{
    assert(!dec_is_negative(fraction));
    pthread_mutex_lock(&catalogs->loading);
    catalogs->protection = fraction;
    pthread_mutex_unlock(&catalogs->loading);
}

/* ---- loading ---- */

/* The number of a market: the one that it had before, else the next. */
static bool market_number(struct catalogs *catalogs, const char *id, unsigned *ret_number)
{
    size_t i = 0;
    while (i < catalogs->numbers_count && strcmp(catalogs->numbers[i], id) != 0)
        i++;
    if (i == CATALOG_MARKETS_MAX)
        return false;
    if (i == catalogs->numbers_count) {
        snprintf(catalogs->numbers[i], MARKET_ID_SIZE, "%s", id);
        catalogs->numbers_count++;
    }
    *ret_number = (unsigned)i;
    return true;
}

/* The member "protection" of the market's data: a decimal that is not below 0, text or number. */
static bool data_protection(const char *data, struct dec *ret_fraction)
{
    struct err ignored;
    cJSON *root;
    if (!data || !json_read(data, strlen(data), &root, &ignored))
        return false;
    char number[JSON_NUMBER_TEXT_SIZE];
    const cJSON *member = json_member(root, "protection");
    const char *text = json_member_text(root, "protection");
    if (!text && member && cJSON_IsNumber(member) && json_number_text(member, number))
        text = number;
    bool read = text && dec_parse(text, ret_fraction) && !dec_is_negative(*ret_fraction);
    cJSON_Delete(root);
    return read;
}

static bool complete_markets(struct catalogs *catalogs, struct catalog_tables *tables,
                             struct err *err)
{
    for (size_t i = 0; i < tables->markets_count; i++) {
        struct market *market = &tables->markets[i];
        if (!market_number(catalogs, market->id, &market->number))
            return err_set(err, ERR_BUSY, "more than %d markets", CATALOG_MARKETS_MAX);
        if (!data_protection(market->data, &market->protection))
            market->protection = catalogs->protection;
    }
    return true;
}

static int compare_currencies(const void *a, const void *b)
{
    const struct currency *const *left = a, *const *right = b;
    return strcmp((*left)->id, (*right)->id);
}

static int compare_markets(const void *a, const void *b)
{
    const struct market *const *left = a, *const *right = b;
    return strcmp((*left)->id, (*right)->id);
}

static bool index_rows(struct copy *copy, struct err *err)
{
    const struct catalog *catalog = &copy->catalog;
    copy->currencies_by_id =
        arena_alloc(copy->arena, (catalog->currencies_count + 1) * sizeof(*copy->currencies_by_id));
    copy->markets_by_id =
        arena_alloc(copy->arena, (catalog->markets_count + 1) * sizeof(*copy->markets_by_id));
    if (!copy->currencies_by_id || !copy->markets_by_id)
        return err_set(err, ERR_INTERNAL, "the catalog does not fit into its memory");
    for (size_t i = 0; i < catalog->currencies_count; i++)
        copy->currencies_by_id[i] = &catalog->currencies[i];
    for (size_t i = 0; i < catalog->markets_count; i++)
        copy->markets_by_id[i] = &catalog->markets[i];
    qsort(copy->currencies_by_id, catalog->currencies_count, sizeof(*copy->currencies_by_id),
          compare_currencies);
    qsort(copy->markets_by_id, catalog->markets_count, sizeof(*copy->markets_by_id),
          compare_markets);
    return true;
}

static bool copy_load(struct catalogs *catalogs, struct db *db, struct copy *copy, struct err *err)
{
    struct catalog_tables tables;
    if (!catalog_read(db, copy->arena, &tables, err) || !complete_markets(catalogs, &tables, err))
        return false;
    copy->catalog = (struct catalog){
        .currencies = tables.currencies,
        .currencies_count = tables.currencies_count,
        .networks = tables.networks,
        .networks_count = tables.networks_count,
        .blockchains = tables.blockchains,
        .blockchains_count = tables.blockchains_count,
        .engines = tables.engines,
        .engines_count = tables.engines_count,
        .markets = tables.markets,
        .markets_count = tables.markets_count,
        .fees = tables.fees,
        .fees_count = tables.fees_count,
        .limits = tables.limits,
        .limits_count = tables.limits_count,
        .version = catalogs->current->catalog.version + 1,
    };
    return index_rows(copy, err);
}

bool catalog_reload(struct catalogs *catalogs, struct db *db, struct err *err)
{
    struct copy *copy = copy_new();
    if (!copy)
        return err_set(err, ERR_INTERNAL, "no memory for the catalog");
    pthread_mutex_lock(&catalogs->loading);
    bool loaded = copy_load(catalogs, db, copy, err);
    struct copy *before = copy; /* what is dropped: on failure the new one */
    if (loaded) {
        pthread_mutex_lock(&catalogs->lock);
        before = catalogs->current;
        catalogs->current = copy;
        pthread_mutex_unlock(&catalogs->lock);
    }
    pthread_mutex_unlock(&catalogs->loading);
    catalog_give_back(&before->catalog);
    return loaded;
}

/* ---- reading ---- */

static struct copy *copy_of(const struct catalog *catalog)
{
    /* Readers see their copy as const; its count is ours. */
    return (struct copy *)(uintptr_t)catalog;
}

const struct catalog *catalog_take(struct catalogs *catalogs)
{
    pthread_mutex_lock(&catalogs->lock);
    struct copy *copy = catalogs->current;
    atomic_fetch_add_explicit(&copy->readers, 1, memory_order_relaxed);
    pthread_mutex_unlock(&catalogs->lock);
    return &copy->catalog;
}

void catalog_give_back(const struct catalog *catalog)
{
    struct copy *copy = copy_of(catalog);
    unsigned before = atomic_fetch_sub_explicit(&copy->readers, 1, memory_order_acq_rel);
    assert(before > 0);
    if (before == 1)
        copy_free(copy);
}

const struct currency *catalog_currency(const struct catalog *catalog, const char *id)
{
    const struct copy *copy = copy_of(catalog);
    for (size_t low = 0, high = catalog->currencies_count; low < high;) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(id, copy->currencies_by_id[middle]->id);
        if (order == 0)
            return copy->currencies_by_id[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const struct market *catalog_market(const struct catalog *catalog, const char *id)
{
    const struct copy *copy = copy_of(catalog);
    for (size_t low = 0, high = catalog->markets_count; low < high;) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(id, copy->markets_by_id[middle]->id);
        if (order == 0)
            return copy->markets_by_id[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const struct engine *catalog_engine(const struct catalog *catalog, int64_t id)
{
    for (size_t i = 0; i < catalog->engines_count; i++)
        if (catalog->engines[i].id == id)
            return &catalog->engines[i];
    return NULL;
}

const struct blockchain *catalog_blockchain(const struct catalog *catalog, const char *key)
{
    for (size_t i = 0; i < catalog->blockchains_count; i++)
        if (strcmp(catalog->blockchains[i].key, key) == 0)
            return &catalog->blockchains[i];
    return NULL;
}

const struct network *catalog_network_next(const struct catalog *catalog, const char *currency_id,
                                           const struct network *after)
{
    size_t first = after ? (size_t)(after - catalog->networks) + 1 : 0;
    for (size_t i = first; i < catalog->networks_count; i++)
        if (strcmp(catalog->networks[i].currency_id, currency_id) == 0)
            return &catalog->networks[i];
    return NULL;
}
