/* refusals.h: refusals that are found while a request is read, before it is an order. */
#ifndef SIGNER_ACTIONS_REFUSALS_H
#define SIGNER_ACTIONS_REFUSALS_H

#include "base/err.h"

struct signer;

/* Writes it when the policy refused (ERR_FORBIDDEN); nothing for what is no request at all. Always false. */
bool note_refusal(struct signer *app, const char *payout_id, const char *purpose,
                  const struct err *why);

#endif
