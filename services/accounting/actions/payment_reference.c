#include "accounting/actions/payment_reference.h"

#include <string.h>

#include "base/random.h"
#include "iso20022/reference.h"

enum { TRIES = 4, BODY_LENGTH = PAYMENT_REFERENCE_LENGTH - 4 };

/* Digits and capitals that nobody takes for one another: 32 of them, so that each has the same chance. */
static const char alphabet[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
_Static_assert(sizeof(alphabet) == 33, "a byte's low five bits pick one");

static void reference_make(char ret_reference[static PAYMENT_REFERENCE_SIZE])
{
    char body[BODY_LENGTH + 1], reference[CREDITOR_REFERENCE_SIZE];
    uint8_t bytes[BODY_LENGTH];
    random_bytes(bytes, sizeof(bytes));
    for (size_t i = 0; i < BODY_LENGTH; i++)
        body[i] = alphabet[bytes[i] & 31];
    body[BODY_LENGTH] = '\0';
    creditor_reference_make(body, reference);
    assert(strlen(reference) == PAYMENT_REFERENCE_LENGTH);
    memcpy(ret_reference, reference, PAYMENT_REFERENCE_SIZE);
}

bool payment_reference_provide(const struct change *change, uint64_t member_id,
                               const char *currency_id, struct payment_reference *ret_row,
                               struct err *err)
{
    struct payment_reference row = {.member_id = member_id};
    /* Two requests at once: the second finds what the first made. */
    for (int i = 0; i < TRIES; i++) {
        if (payment_reference_of_member(change->db, member_id, currency_id, ret_row, err))
            return true;
        if (err->code != ERR_NOT_FOUND)
            return false;
        reference_make(row.reference);
        memcpy(row.currency_id, currency_id, strlen(currency_id) + 1);
        if (payment_reference_insert(change->db, &row, change->now_us, err)) {
            *ret_row = row;
            return true;
        }
        if (err->code != ERR_CONFLICT)
            return false;
    }
    return false;
}
