/* transfer_event.h: what the world hears of a transfer. Only deposits are told: what comes to our own
 * wallets is change, collections and funding, which payouts tell of. */
#ifndef BLOCKCHAIN_ACTIONS_TRANSFER_EVENT_H
#define BLOCKCHAIN_ACTIONS_TRANSFER_EVENT_H

#include "blockchain/actions/block_take.h"
#include "blockchain/store/transfers.h"

/* `name`: transfer.seen, transfer.confirmed, transfer.reverted; `height`: of the chain. */
bool transfer_event(const struct block_step *step, struct db *db, const char *name,
                    const struct transfer_row *row, uint64_t height, int64_t now_us,
                    struct err *err) MUST_CHECK;

#endif
