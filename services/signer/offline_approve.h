/*
 * offline_approve.h: an approver's signature under a payment: `bourse-signer --approve FILE ...`, without
 * settings or network, where his own key is. FILE is the payment as accounting tells it (approvals.payment
 * of GET /admin/withdraws/:id/explain); what is printed with --yes goes into `signed` of POST
 * /admin/withdraws/:id/approve.
 */
#ifndef SIGNER_OFFLINE_APPROVE_H
#define SIGNER_OFFLINE_APPROVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

/* Whether the command line asks for it. */
bool approve_is_asked(int argc, char **argv);
/* Exit status: 0 signed, or shown; 1 failed; 64 wrong command line. */
int approve_run(int argc, char **argv);

#endif
