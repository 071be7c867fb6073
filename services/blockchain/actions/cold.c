#include "blockchain/actions/cold.h"

#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "blockchain/actions/cold_family.h"
#include "blockchain/family/rpc.h"
#include "blockchain/store/catalogue_store.h"

static const struct cold_family *const families[] = {&cold_family_coin, &cold_family_evm};

static bool family_find(const struct chain_client *client, const char *name,
                        const struct cold_family **ret_family, struct err *err)
{
    for (size_t i = 0; client && i < ARRAY_LEN(families); i++)
        if (strcmp(families[i]->name, client->family->name) == 0) {
            *ret_family = families[i];
            return true;
        }
    return err_set(err, ERR_INVALID, "%.32s is no chain with files of cold wallets", name);
}

/* ---- the chain, as the catalogue names it, and its node ---- */

static bool entry_find(struct cold_place *place, const char *key, struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(CATALOGUE_BYTES_MAX);
    if (!db_open(&place->config->db, &place->db, err) ||
        !catalogue_load(place->db, place->config->service_key, &text, err))
        return false;
    if (text.length == 0)
        return err_set(err, ERR_NOT_FOUND, "the gateway has heard of no chain yet");
    place->catalogues = catalogues_new();
    if (!place->catalogues)
        return err_set(err, ERR_INTERNAL, "no memory");
    if (!catalogues_read(place->catalogues, text.data, text.length, err))
        return false;
    place->catalogue = catalogue_take(place->catalogues);
    place->entry = catalogue_chain(place->catalogue, key);
    place->node.client = place->entry ? chain_client_find(place->entry->client) : NULL;
    return place->node.client || err_set(err, ERR_NOT_FOUND, "no chain %.32s", key);
}

static bool place_open(const char *key, struct cold_place *place,
                       const struct cold_family **ret_family, struct err *err)
{
    struct chain_identity identity;
    char url[RPC_URL_SIZE];
    struct node *node = &place->node;
    if (!entry_find(place, key, err) || !family_find(node->client, key, ret_family, err))
        return false;
    snprintf(url, sizeof(url), "%.*s", (int)strcspn(place->entry->servers, " ,"),
             place->entry->servers);
    if (!rpc_open(url, place->config->node_timeout_ms, place->config->node_authorities, &node->rpc,
                  err) ||
        !node->client->family->identify(node, &identity, err))
        return false;
    memcpy(node->network, identity.network, sizeof(node->network));
    return true;
}

static void place_close(struct cold_place *place)
{
    rpc_close(place->node.rpc);
    if (place->catalogue)
        catalogue_give_back(place->catalogue);
    catalogues_free(place->catalogues);
    db_close(place->db);
}

/* ---- files ---- */

/* Without blanks and line ends around it. */
struct span cold_trimmed(const struct str *file)
{
    const char *text = str_data(file);
    size_t length = file->length;
    while (length > 0 && strchr(" \t\r\n", text[length - 1]))
        length--;
    while (length > 0 && strchr(" \t\r\n", *text))
        text++, length--;
    return span_of(text, length);
}

bool cold_is_hex(struct span text)
{
    for (size_t i = 0; i < text.length; i++)
        if (!strchr("0123456789abcdefABCDEF", text.bytes[i]))
            return false;
    return text.length > 0;
}

/* ---- what is asked ---- */

bool cold_make(const struct blockchain_config *config, const struct cold_ask *ask, struct str *out,
               struct err *err)
{
    struct cold_place place = {.config = config};
    const struct cold_family *family;
    bool good = place_open(ask->chain, &place, &family, err) && family->make(&place, ask, out, err);
    place_close(&place);
    return good;
}

bool cold_show(const char *chain, const struct str *file, struct str *out, struct err *err)
{
    char client[CHAIN_KEY_SIZE] = "";
    const char *slash = strchr(chain, '/');
    const struct cold_family *family;
    if (!slash || (size_t)(slash - chain) >= sizeof(client))
        return err_set(err, ERR_INVALID, "%.60s is no CLIENT/NETWORK, as litecoin/main", chain);
    memcpy(client, chain, (size_t)(slash - chain));
    return family_find(chain_client_find(client), client, &family, err) &&
           family->show(client, slash + 1, file, out, err);
}

bool cold_send(const struct blockchain_config *config, const char *chain, const struct str *file,
               struct str *out, struct err *err)
{
    struct cold_place place = {.config = config};
    const struct cold_family *family;
    bool good = place_open(chain, &place, &family, err) && family->send(&place, file, out, err);
    place_close(&place);
    return good;
}
