/*
 * follow.h: one chain, followed: a step takes one block in, takes one back, or finds that there is
 * nothing to do. The thread around it is bus/followers.c, who logs and sleeps.
 *
 * Everything that a step decides on is in the database: a follower that dies or fails begins where the
 * last commit left it. A step that fails leaves the reason on the chain, and the chain is not ready until
 * a step succeeds again.
 */
#ifndef BLOCKCHAIN_ACTIONS_FOLLOW_H
#define BLOCKCHAIN_ACTIONS_FOLLOW_H

#include "blockchain/actions/blockchain.h"

struct follower;

struct follower *follower_new(struct blockchain *app, struct chain *chain); /* NULL: no memory */
void follower_free(struct follower *follower);

/* *ret_idle: nothing is to be done before the next look. */
bool follow_step(struct follower *follower, bool *ret_idle, struct err *err) MUST_CHECK;
/* After a step: sets the chain's state and tells if it changed; `failure` NULL: the step was good. True: it
 * changed. */
bool follow_note(struct follower *follower, const struct err *failure);

#endif
