#include "blockchain/actions/address_pool.h"

#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "blockchain/domain/account.h"
#include "blockchain/store/addresses.h"
#include "json/read.h"

enum { BATCH_MAX = 256, OTHER_POOL = 4, ANSWER_BYTES_MAX = 16 * 1024, PATH_SIZE = 160 };

DEFINE_AUTO(cJSON, cJSON_Delete);

/* ---- the account's public key ---- */

static bool key_ask(struct chain *chain, const char *network, uint32_t account, struct db *db,
                    struct service_call *signer, struct address_key *ret_key, struct err *err)
{
    AUTO(str_release) struct str answer = STR_INIT(ANSWER_BYTES_MAX);
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    char path[PATH_SIZE];
    long status;
    snprintf(path, sizeof(path), "/internal/keys/%s/%s/%u", chain->client->name, network, account);
    if (!service_call_run(signer, "GET", path, NULL, &status, &answer, err))
        return false;
    if (status != 200)
        return err_set(err, ERR_PEER_UNAVAILABLE, "signer: %s: HTTP status %ld", path, status);
    if (!json_read(str_data(&answer), answer.length, &root, err))
        return err_wrap(err, "signer");
    const char *xpub = json_member_text(root, "xpub"), *key_path = json_member_text(root, "path");
    if (!xpub || !key_path || strlen(xpub) >= sizeof(ret_key->xpub) ||
        strlen(key_path) >= sizeof(ret_key->path))
        return err_set(err, ERR_PROTOCOL, "signer: %s: no key", path);
    /* One that can't be used must not be kept. */
    struct derived_address first;
    if (!chain->client->family->address_derive(chain->client, network, xpub, 0, &first, err) ||
        !address_key_put(db, chain->key, account, xpub, key_path, err))
        return err_wrap(err, "signer: %s", path);
    snprintf(ret_key->xpub, sizeof(ret_key->xpub), "%s", xpub);
    snprintf(ret_key->path, sizeof(ret_key->path), "%s", key_path);
    ret_key->next_index = 0;
    return true;
}

/* ---- a batch ---- */

struct batch {
    struct chain *chain;
    uint32_t account, first;
    size_t count;
    struct derived_address derived[BATCH_MAX];
    uint32_t indexes[BATCH_MAX];
    uint64_t ids[BATCH_MAX];
};

static bool derive(struct batch *batch, const char *network, const struct address_key *key,
                   size_t wanted, struct err *err)
{
    const struct chain_client *client = batch->chain->client;
    batch->count = 0;
    for (uint32_t index = key->next_index; batch->count < wanted; index++) {
        struct err failure;
        if (client->family->address_derive(client, network, key->xpub, index,
                                           &batch->derived[batch->count], &failure)) {
            batch->indexes[batch->count++] = index;
            continue;
        }
        /* One number in 2^127 has no key. */
        if (failure.code != ERR_NOT_FOUND) {
            *err = failure;
            return false;
        }
    }
    return true;
}

static bool save_unit(struct db *db, void *arg, struct err *err)
{
    struct batch *batch = arg;
    for (size_t i = 0; i < batch->count; i++)
        if (!address_add(db, batch->chain->key, batch->account, batch->indexes[i],
                         account_purpose(batch->account), &batch->derived[i], &batch->ids[i], err))
            return false;
    return true;
}

/* An address that the database has and the set has not yet is not given out: address_give() looks at
 * the set. */
static bool watch(struct batch *batch, struct err *err)
{
    for (size_t i = 0; i < batch->count; i++)
        if (!watch_set_add(batch->chain->watch, batch->derived[i].kind, batch->derived[i].hash,
                           batch->derived[i].hash_length, batch->ids[i]))
            return err_set(err, ERR_INTERNAL, "no memory for what is watched");
    return true;
}

static bool account_fill(struct blockchain *app, struct chain *chain, const char *network,
                         uint32_t account, struct db *db, struct service_call *signer,
                         bool *ret_more, struct err *err)
{
    struct batch *batch;
    struct address_key key;
    uint64_t free_count, behind = 0;
    uint64_t wanted = account == ACCOUNT_DEPOSIT ? app->config->address_pool : (uint64_t)OTHER_POOL;
    bool is_there, is_shared = chain->client->family == &family_ethereum;
    /* One key has the same addresses on all Ethereum-like chains: what is sent to one of them on a wrong chain
     * is seen there when it was derived there too (W-13). */
    if (!addresses_free_count(db, chain->key, account, &free_count, err) ||
        (is_shared && !addresses_behind(db, chain->key, account, &behind, err)))
        return false;
    wanted = wanted > free_count ? wanted - free_count : 0;
    wanted = wanted > behind ? wanted : behind;
    if (wanted == 0)
        return true;
    if (!address_key_find(db, chain->key, account, &key, &is_there, err) ||
        (!is_there && !key_ask(chain, network, account, db, signer, &key, err)))
        return false;
    batch = calloc(1, sizeof(*batch));
    if (!batch)
        return err_set(err, ERR_INTERNAL, "no memory");
    batch->chain = chain;
    batch->account = account;
    *ret_more |= wanted > BATCH_MAX;
    bool ok = derive(batch, network, &key, wanted < BATCH_MAX ? (size_t)wanted : BATCH_MAX, err) &&
              db_transaction(db, save_unit, batch, err) && watch(batch, err);
    free(batch);
    return ok;
}

bool address_pool_fill(struct blockchain *app, struct chain *chain, struct db *db,
                       struct service_call *signer, bool *ret_more, struct err *err)
{
    char network[CHAIN_NETWORK_SIZE];
    chain_network(chain, network);
    *ret_more = false;
    /* Until the follower has loaded the set, it would miss what we add. */
    if (network[0] == '\0' || !chain->is_watching)
        return true;
    for (uint32_t account = 0; account < ACCOUNTS_MAX; account++)
        if (!account_fill(app, chain, network, account, db, signer, ret_more, err))
            return false;
    return true;
}
