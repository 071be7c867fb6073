/* explain_print.h: --explain-tx, --explain-address and --explain-payout: the story of actions/explain.h, without the
 * running service. */
#ifndef BLOCKCHAIN_EXPLAIN_PRINT_H
#define BLOCKCHAIN_EXPLAIN_PRINT_H

#include <stdbool.h>

#include "base/str.h"
#include "service/service.h"

/* `what`: "CHAIN/TXID" or "CHAIN/ADDRESS". */
bool explain_print(struct service *service, const char *what, bool is_tx, struct str *out,
                   struct err *err) MUST_CHECK;
bool explain_payout_print(struct service *service, const char *id, struct str *out, struct err *err)
    MUST_CHECK;

#endif
