/*
 * beneficiary.h: where a member may withdraw to: states, what the data must hold, what of it the
 * member sees (reference 2.5). Pure.
 */
#ifndef ACCOUNTING_DOMAIN_BENEFICIARY_H
#define ACCOUNTING_DOMAIN_BENEFICIARY_H

#include <stdbool.h>
#include <stdint.h>

#include "accounting/domain/currency.h"
#include "base/err.h"
#include "base/str.h"

enum {
    BENEFICIARY_PIN_MIN = 100000,
    BENEFICIARY_PIN_MAX = 999999,
    BENEFICIARY_PIN_TRIES_MAX = 5,    /* of one code */
    BENEFICIARY_PIN_TRIES_A_DAY = 25, /* of a member, over all beneficiaries */
    BENEFICIARY_RESEND_S = 60,
    BENEFICIARY_NAME_MAX = 64, /* characters */
    BENEFICIARY_DESCRIPTION_MAX = 255,
    BENEFICIARY_DATA_BYTES_MAX = 4096,
    BENEFICIARY_ADDRESS_MAX = 128,
    BENEFICIARY_INDEX_SIZE = 65
};

/* As the database keeps them. */
enum beneficiary_state {
    BENEFICIARY_PENDING = 0,
    BENEFICIARY_ACTIVE = 1,
    BENEFICIARY_ARCHIVED = 2,
    BENEFICIARY_AML_PROCESSING = 3,
    BENEFICIARY_AML_SUSPICIOUS = 4,
    BENEFICIARY_STATES_COUNT
};

enum beneficiary_event {
    BENEFICIARY_DO_ACTIVATE,
    BENEFICIARY_DO_ENABLE,
    BENEFICIARY_DO_AML_SUSPICIOUS,
    BENEFICIARY_DO_ARCHIVE,
    BENEFICIARY_EVENTS_COUNT
};

struct beneficiary {
    uint64_t id, member_id;
    char currency_id[CURRENCY_ID_SIZE];
    const char *blockchain_key; /* NULL: fiat */
    const char *name, *description;
    const char *data; /* JSON object, in clear; NULL: not opened */
    const char *sealed;
    const char *address_index; /* NULL: none */
    const char *pin_index;
    int64_t pin_tries;
    enum beneficiary_state state;
    int64_t sent_at, active_at, created_at, updated_at;
    const char *uid, *email; /* of the member; read only */
};

const char *beneficiary_state_word(enum beneficiary_state state);
bool beneficiary_state_of(const char *word, enum beneficiary_state *ret_state);
bool beneficiary_event_of(const char *word, enum beneficiary_event *ret_event);
/* ERR_STATE_CONFLICT. */
bool beneficiary_move(struct beneficiary *row, enum beneficiary_event event, struct err *err)
    MUST_CHECK;

/* ---- data ---- */

/*
 * What is stored of what was given. Coins: `address` is there and has none of the characters that no
 * address has; all blanks are taken out of it. Fiat: `full_name` is there. Appends the object to `out`
 * and the address (coins) to `ret_address`. ERR_NOT_FOUND: the member is missing; ERR_INVALID.
 */
bool beneficiary_data_read(const char *json, bool is_coin, struct str *out, struct str *ret_address,
                           struct err *err) MUST_CHECK;
/* The object with another address. */
bool beneficiary_data_with_address(const char *json, const char *address, struct str *out);
/* The address of stored data, "" if there is none. */
void beneficiary_data_address(const char *json, struct str *out);
/* What the member sees: of a fiat account number the first two and the last four characters. */
bool beneficiary_data_masked(const char *json, struct str *out);
/* What a fiat withdrawal names as its destination: "john-smith-usd-00000001". */
bool beneficiary_fiat_rid(const char *json, const char *currency_id, uint64_t id, struct str *out);

/* Without what follows '?': the tag of chains that have them. */
void beneficiary_plain_address(const char *address, char ret_plain[static BENEFICIARY_ADDRESS_MAX]);

#endif
