#include "blockchain/state/catalogue.h"

#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/auto.h"
#include "base/str.h"
#include "json/read.h"

enum { ARENA_BYTES_MAX = 16 << 20, UNITS_DIGITS_MAX = 78, SERVERS_BYTES_MAX = 4096 };

DEFINE_AUTO(cJSON, cJSON_Delete);

struct shelf {                  /* one catalogue with its memory */
    struct catalogue catalogue; /* first */
    struct catalogues *owner;
    struct arena *arena;
    size_t readers; /* and one for being the newest */
};

struct catalogues {
    pthread_mutex_t lock;
    struct shelf *newest;
};

static void shelf_free(struct shelf *shelf)
{
    arena_free(shelf->arena);
    free(shelf);
}

static struct shelf *shelf_new(struct catalogues *owner)
{
    struct shelf *shelf = calloc(1, sizeof(*shelf));
    if (!shelf)
        return NULL;
    shelf->owner = owner;
    shelf->readers = 1;
    shelf->arena = arena_new(ARENA_BYTES_MAX);
    if (!shelf->arena) {
        free(shelf);
        return NULL;
    }
    return shelf;
}

struct catalogues *catalogues_new(void)
{
    struct catalogues *catalogues = calloc(1, sizeof(*catalogues));
    if (!catalogues)
        return NULL;
    catalogues->newest = shelf_new(catalogues);
    if (!catalogues->newest) {
        free(catalogues);
        return NULL;
    }
    pthread_mutex_init(&catalogues->lock, NULL);
    return catalogues;
}

void catalogues_free(struct catalogues *catalogues)
{
    if (!catalogues)
        return;
    catalogue_give_back(&catalogues->newest->catalogue);
    pthread_mutex_destroy(&catalogues->lock);
    free(catalogues);
}

const struct catalogue *catalogue_take(struct catalogues *catalogues)
{
    pthread_mutex_lock(&catalogues->lock);
    struct shelf *shelf = catalogues->newest;
    shelf->readers++;
    pthread_mutex_unlock(&catalogues->lock);
    return &shelf->catalogue;
}

void catalogue_give_back(const struct catalogue *catalogue)
{
    union {
        const struct catalogue *from;
        struct shelf *to;
    } shelf = {.from = catalogue};
    struct catalogues *owner = shelf.to->owner;
    pthread_mutex_lock(&owner->lock);
    bool is_last = --shelf.to->readers == 0;
    pthread_mutex_unlock(&owner->lock);
    if (is_last)
        shelf_free(shelf.to);
}

/* ---- reading ---- */

static bool no_memory(struct err *err)
{
    return err_set(err, ERR_INTERNAL, "catalogue: no memory");
}

/* Text of a member, lower-cased if asked for; absent: the fallback. */
static bool text_of(struct arena *arena, const cJSON *object, const char *key, const char *fallback,
                    const char **ret_text, struct err *err)
{
    const char *text = json_member_text(object, key);
    if (!text)
        text = fallback;
    if (!text)
        return err_set(err, ERR_PROTOCOL, "no \"%s\"", key);
    *ret_text = arena_strdup(arena, text);
    return *ret_text || no_memory(err);
}

static bool is_units(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    return digits > 0 && digits <= UNITS_DIGITS_MAX && text[digits] == '\0';
}

static bool asset_read(struct arena *arena, const cJSON *item, struct chain_asset *asset,
                       struct err *err)
{
    int64_t decimals;
    const char *contract;
    if (!text_of(arena, item, "currency", NULL, &asset->currency, err) ||
        !text_of(arena, item, "contract", "", &contract, err) ||
        !text_of(arena, item, "min_deposit", "0", &asset->min_deposit, err) ||
        !text_of(arena, item, "status", "enabled", &asset->status, err))
        return false;
    if (!json_member_i64(item, "decimals", &decimals) || decimals < 0 || decimals > 77 ||
        !is_units(asset->min_deposit))
        return err_set(err, ERR_PROTOCOL, "asset %s: decimals or min_deposit", asset->currency);
    char *lower = arena_strdup(arena, contract);
    if (!lower)
        return no_memory(err);
    for (char *c = lower; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    asset->contract = lower;
    asset->decimals = (uint32_t)decimals;
    asset->deposit_enabled = cJSON_IsTrue(json_member(item, "deposit_enabled"));
    return true;
}

static bool texts_read(struct arena *arena, const cJSON *array, const char *const **ret_texts,
                       size_t *ret_count, struct err *err)
{
    size_t count = 0;
    const cJSON *item;
    const char **texts =
        arena_alloc(arena, ((size_t)cJSON_GetArraySize(array) + 1) * sizeof(*texts));
    if (!texts)
        return no_memory(err);
    cJSON_ArrayForEach(item, array)
    {
        if (!cJSON_IsString(item))
            continue;
        texts[count] = arena_strdup(arena, item->valuestring);
        if (!texts[count++])
            return no_memory(err);
    }
    *ret_texts = texts;
    *ret_count = count;
    return true;
}

static bool wallet_read(struct arena *arena, const cJSON *item, struct chain_wallet *wallet,
                        struct err *err)
{
    const cJSON *max_balance = json_member(item, "max_balance");
    if (!json_member_i64(item, "id", &wallet->id))
        return err_set(err, ERR_PROTOCOL, "a wallet without id");
    if (!text_of(arena, item, "kind", NULL, &wallet->kind, err) ||
        !text_of(arena, item, "gateway", "", &wallet->gateway, err) ||
        !text_of(arena, item, "address", "", &wallet->address, err) ||
        !text_of(arena, item, "status", "active", &wallet->status, err) ||
        !texts_read(arena, json_member(item, "currencies"), &wallet->currencies,
                    &wallet->currencies_count, err))
        return false;
    if (!max_balance)
        return true;
    char *text = cJSON_PrintUnformatted(max_balance);
    wallet->max_balance = text ? arena_strdup(arena, text) : NULL;
    cJSON_free(text);
    return wallet->max_balance || no_memory(err);
}

static bool servers_read(struct arena *arena, const cJSON *item, struct chain_entry *entry,
                         struct err *err)
{
    AUTO(str_release) struct str joined = STR_INIT(SERVERS_BYTES_MAX);
    const cJSON *server;
    cJSON_ArrayForEach(server, json_member(item, "servers"))
    {
        if (!cJSON_IsString(server))
            continue;
        if (joined.length > 0)
            str_add_char(&joined, ' ');
        str_add(&joined, server->valuestring);
    }
    if (!str_ok(&joined))
        return err_set(err, ERR_PROTOCOL, "servers: too long");
    entry->servers = arena_strdup(arena, str_data(&joined));
    return entry->servers || no_memory(err);
}

static bool lists_read(struct arena *arena, const cJSON *item, struct chain_entry *entry,
                       struct err *err)
{
    const cJSON *assets = json_member(item, "assets"), *wallets = json_member(item, "wallets");
    const cJSON *one;
    struct chain_asset *asset =
        arena_alloc(arena, ((size_t)cJSON_GetArraySize(assets) + 1) * sizeof(*asset));
    struct chain_wallet *wallet =
        arena_alloc(arena, ((size_t)cJSON_GetArraySize(wallets) + 1) * sizeof(*wallet));
    if (!asset || !wallet)
        return no_memory(err);
    entry->assets = asset;
    entry->wallets = wallet;
    cJSON_ArrayForEach(
        one, assets) if (!asset_read(arena, one, &asset[entry->assets_count++], err)) return false;
    cJSON_ArrayForEach(one, wallets) if (!wallet_read(arena, one, &wallet[entry->wallets_count++],
                                                      err)) return false;
    return texts_read(arena, json_member(item, "whitelist"), &entry->whitelist,
                      &entry->whitelist_count, err);
}

static bool is_key(const char *key)
{
    size_t length = strlen(key);
    return length > 0 && length <= 32 &&
           strspn(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
               length;
}

static bool chain_read(struct arena *arena, const cJSON *item, struct chain_entry *entry,
                       struct err *err)
{
    int64_t confirmations, start = 0;
    const char *status;
    const cJSON *gas = json_member(item, "gas_speed");
    *entry = (struct chain_entry){.key = NULL};
    if (!text_of(arena, item, "key", NULL, &entry->key, err) ||
        !text_of(arena, item, "client", NULL, &entry->client, err) ||
        !text_of(arena, item, "status", "active", &status, err) ||
        !text_of(arena, gas, "collection", "standard", &entry->gas_collection, err) ||
        !text_of(arena, gas, "withdrawal", "standard", &entry->gas_withdrawal, err))
        return false;
    if (!is_key(entry->key))
        return err_set(err, ERR_PROTOCOL, "key");
    /* A transfer that nothing was built upon is no deposit: 0 is no number of confirmations. */
    if (!json_member_i64(item, "min_confirmations", &confirmations) || confirmations < 1 ||
        confirmations > 100000)
        return err_set(err, ERR_PROTOCOL, "%s: min_confirmations", entry->key);
    if (json_member(item, "start_height") &&
        (!json_member_i64(item, "start_height", &start) || start < 0))
        return err_set(err, ERR_PROTOCOL, "%s: start_height", entry->key);
    entry->is_active = strcmp(status, "active") == 0;
    entry->min_confirmations = (uint32_t)confirmations;
    entry->start_height = (uint64_t)start;
    return servers_read(arena, item, entry, err) && lists_read(arena, item, entry, err);
}

static bool document_read(struct shelf *shelf, const cJSON *root, struct err *err)
{
    struct catalogue *catalogue = &shelf->catalogue;
    const cJSON *chains = json_member(root, "chains"), *item;
    if (!json_member_i64(root, "version", &catalogue->version) || !cJSON_IsArray(chains) ||
        cJSON_GetArraySize(chains) > CATALOGUE_CHAINS_MAX)
        return err_set(err, ERR_PROTOCOL, "catalogue: no version, no chains, or too many");
    struct chain_entry *entries =
        arena_alloc(shelf->arena, (CATALOGUE_CHAINS_MAX + 1) * sizeof(*entries));
    if (!entries)
        return no_memory(err);
    catalogue->chains = entries;
    cJSON_ArrayForEach(item, chains)
    {
        struct err why;
        struct chain_entry entry;
        if (chain_read(shelf->arena, item, &entry, &why)) {
            entries[catalogue->chains_count++] = entry;
            continue;
        }
        if (why.code == ERR_INTERNAL) {
            *err = why;
            return false;
        }
        if (catalogue->broken[0] == '\0')
            snprintf(catalogue->broken, sizeof(catalogue->broken), "%.180s", why.what);
    }
    return true;
}

bool catalogues_read(struct catalogues *catalogues, const char *text, size_t length,
                     struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    struct err failure;
    if (!json_read(text, length, &root, &failure))
        return err_set(err, ERR_PROTOCOL, "catalogue: %.150s", failure.what);
    struct shelf *shelf = shelf_new(catalogues);
    if (!shelf)
        return no_memory(err);
    if (!document_read(shelf, root, err)) {
        shelf_free(shelf);
        return false;
    }
    pthread_mutex_lock(&catalogues->lock);
    struct shelf *before = catalogues->newest;
    catalogues->newest = shelf;
    pthread_mutex_unlock(&catalogues->lock);
    catalogue_give_back(&before->catalogue);
    return true;
}

const struct chain_entry *catalogue_chain(const struct catalogue *catalogue, const char *key)
{
    for (size_t i = 0; i < catalogue->chains_count; i++)
        if (strcmp(catalogue->chains[i].key, key) == 0)
            return &catalogue->chains[i];
    return NULL;
}

const struct chain_asset *chain_asset_of(const struct chain_entry *chain, const char *contract)
{
    for (size_t i = 0; i < chain->assets_count; i++)
        if (strcmp(chain->assets[i].contract, contract) == 0)
            return &chain->assets[i];
    return NULL;
}
