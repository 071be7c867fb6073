/*
 * bank_status.h: what a bank says of a payment before its statement does (status codes of ISO 20022), and which of
 * two is further on. Pure.
 */
#ifndef ACCOUNTING_DOMAIN_BANK_STATUS_H
#define ACCOUNTING_DOMAIN_BANK_STATUS_H

#include <stdbool.h>

#define BANK_REJECTED "RJCT"
#define BANK_PARTLY "PART" /* of a group: what is said of its transactions counts */

enum bank_step {
    BANK_FORWARD,
    BANK_SAME,
    BANK_BACKWARD, /* also whatever follows a rejection, and a rejection of what was settled */
    BANK_UNKNOWN   /* no status of a payment */
};

/* `was` NULL: nothing was said. */
enum bank_step bank_step_of(const char *was, const char *now);

#endif
