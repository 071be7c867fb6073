#include "blockchain/actions/address_give.h"

#include <string.h>

#include "blockchain/domain/account.h"

enum { TRIES_MAX = 3 };

struct unit {
    struct chain *chain;
    const struct address_request *request;
    uint32_t account;
    int64_t now_us;
    struct address_row row;
    bool is_there;
};

static bool assign_unit(struct db *db, void *arg, struct err *err)
{
    struct unit *unit = arg;
    return address_assign(db, unit->chain->key, unit->account, unit->request->request_id,
                          unit->request->purpose, unit->request->owner, unit->now_us, &unit->row,
                          &unit->is_there, err);
}

static bool is_same(const struct address_request *request, const struct address_row *row,
                    struct err *err)
{
    if (strcmp(row->purpose, request->purpose) == 0 && strcmp(row->owner, request->owner) == 0)
        return true;
    return err_set_key(err, ERR_CONFLICT, "blockchain.address.differs",
                       "request %s had an address for %s of %s", request->request_id, row->purpose,
                       row->owner);
}

/* The pool's thread adds to the set right after its commit: at most a moment is between the two. */
static bool is_watched(struct chain *chain, const char *address, struct err *err)
{
    struct address_form form;
    char network[CHAIN_NETWORK_SIZE];
    chain_network(chain, network);
    chain->client->family->address_form(chain->client, network, address, &form);
    if (form.is_valid && watch_set_find(chain->watch, form.kind, form.hash, form.hash_length) != 0)
        return true;
    return err_set(err, ERR_BUSY, "%s: %s is not watched yet", chain->key, address);
}

bool address_give(struct chain *chain, struct db *db, const struct address_request *request,
                  int64_t now_us, struct address_row *ret_row, bool *ret_is_new, struct err *err)
{
    struct unit unit = {.chain = chain, .request = request, .now_us = now_us};
    if (!account_of_purpose(request->purpose, &unit.account))
        return err_set_key(err, ERR_INVALID, "blockchain.address.purpose_invalid", "purpose %.32s",
                           request->purpose);
    if (chain->client->is_custody)
        unit.account = 0; /* one wallet, one pool */
    for (int tries = 0; tries < TRIES_MAX; tries++) {
        bool is_there;
        if (!address_of_request(db, chain->key, request->request_id, ret_row, &is_there, err))
            return false;
        if (is_there) {
            *ret_is_new = false;
            return is_same(request, ret_row, err) && is_watched(chain, ret_row->address, err);
        }
        if (!db_transaction(db, assign_unit, &unit, err)) {
            /* The same request at the same time: it has its address now. */
            if (err->code == ERR_CONFLICT)
                continue;
            return false;
        }
        if (!unit.is_there)
            return err_set_key(err, ERR_BUSY, "blockchain.address.pool_empty",
                               "%s has no free address for %s", chain->key, request->purpose);
        *ret_row = unit.row;
        *ret_is_new = true;
        return is_watched(chain, ret_row->address, err);
    }
    return err_set(err, ERR_BUSY, "request %s is given an address by others", request->request_id);
}
