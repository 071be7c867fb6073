/*
 * fault.h: the named steps of a payout, at which a test lets the process die (kill -9) to see that
 * nothing is paid twice and nothing is lost. Without FAULT_FILE (production) a step is one comparison.
 *
 * The test writes the name of a step to that file; who comes to the step removes the file and dies, so
 * the next process goes on.
 */
#ifndef BLOCKCHAIN_ACTIONS_FAULT_H
#define BLOCKCHAIN_ACTIONS_FAULT_H

#include "blockchain/actions/blockchain.h"

#define FAULT_RESERVE "reserve" /* coins or nonce and the question to the signer are committed */
#define FAULT_SIGN "sign"       /* the signer has answered, nothing is stored */
#define FAULT_STORE "store"     /* bytes are written, the transaction is open */
#define FAULT_COMMIT "commit"   /* bytes are committed, no node has heard of them */
#define FAULT_BROADCAST "broadcast" /* a node has them, we have not noted that */
#define FAULT_SEEN "seen"           /* it was noted */
#define FAULT_CONFIRM "confirm"     /* mined deep enough, the transaction that says so is open */

void fault_point(const struct blockchain *app, const char *step);

#endif
