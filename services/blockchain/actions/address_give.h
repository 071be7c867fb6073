/*
 * address_give.h: an address for a request of accounting: the same request gets the same address, for
 * ever. It is watched before the answer goes out.
 */
#ifndef BLOCKCHAIN_ACTIONS_ADDRESS_GIVE_H
#define BLOCKCHAIN_ACTIONS_ADDRESS_GIVE_H

#include "blockchain/actions/blockchain.h"
#include "blockchain/store/addresses.h"

struct address_request {
    const char *request_id, *purpose, *owner;
};

/* *ret_is_new: it was not given before. ERR_CONFLICT (blockchain.address.differs): the request had one for
 * another purpose or owner; ERR_BUSY (blockchain.address.pool_empty); ERR_INVALID. */
bool address_give(struct chain *chain, struct db *db, const struct address_request *request,
                  int64_t now_us, struct address_row *ret_row, bool *ret_is_new, struct err *err)
    MUST_CHECK;

#endif
