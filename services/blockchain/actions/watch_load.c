#include "blockchain/actions/watch_load.h"

#include "blockchain/store/addresses.h"
#include "blockchain/store/transfers.h"
#include "chain/bytes.h"

static bool no_memory(struct err *err)
{
    return err_set(err, ERR_INTERNAL, "no memory for what is watched");
}

static bool each_address(void *arg, uint64_t id, enum watch_kind kind, const uint8_t *key,
                         size_t length, struct err *err)
{
    struct chain *chain = arg;
    if (kind == WATCH_NONE || length == 0 || length > WATCH_KEY_BYTES_MAX)
        return err_set(err, ERR_INTERNAL, "address %llu has no key", (unsigned long long)id);
    return watch_set_add(chain->watch, kind, key, length, id) || no_memory(err);
}

static bool each_txid(void *arg, const char *text, struct err *err)
{
    struct chain *chain = arg;
    uint8_t txid[TXID_SIZE];
    return !txid_parse(text, txid) ||
           watch_set_add(chain->watch, WATCH_COIN_TX, txid, sizeof(txid), 1) || no_memory(err);
}

bool watch_load(struct chain *chain, struct db *db, struct err *err)
{
    if (chain->is_watching)
        return true;
    if (!addresses_each(db, chain->key, each_address, chain, err) ||
        !transfers_each_txid(db, chain->key, each_txid, chain, err))
        return false;
    chain->is_watching = true;
    return true;
}
