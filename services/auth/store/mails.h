/*
 * mails.h: which events became mails. The id is made of the event's signer and jti; a mail goes
 * through mails_begin() for each attempt and ends with mails_end().
 */
#ifndef AUTH_STORE_MAILS_H
#define AUTH_STORE_MAILS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "db/db.h"

enum { MAIL_ID_SIZE = 16 };

enum mail_state { MAIL_SENDING, MAIL_SENT, MAIL_DROPPED, MAIL_DEAD };

struct mail_row {
    uint8_t id[MAIL_ID_SIZE];
    const char *event, *uid;
    enum mail_state state;
    uint32_t attempts;
};

/* Adds the row, or one attempt to it; fills state and attempts as they are then. A row that is not
 * `sending` has ended before and is not touched. */
bool mails_begin(struct db *db, struct mail_row *row, int64_t now_us, struct err *err) MUST_CHECK;

/* `reason`: a word for operators; NULL: none. */
bool mails_end(struct db *db, const struct mail_row *row, enum mail_state state, const char *reason,
               int64_t now_us, struct err *err) MUST_CHECK;

/* Mails of this kind that were sent to this user since then. */
bool mails_count_sent(struct db *db, const struct mail_row *row, int64_t since_us,
                      uint64_t *ret_count, struct err *err) MUST_CHECK;

#endif
