/*
 * mail_deliver.h: one signed event becomes one mail, or none.
 *
 *     believe the signature -> which letter -> not too old -> not sent before -> whom, in which language
 *     -> not too many -> write it -> send it -> note it
 *
 * An event that comes twice is one mail: its id is noted (store/mails.h). One hole is left, and can't be
 * closed: a process that dies after the mail server took a mail and before that was noted sends it
 * again, with the same Message-ID.
 */
#ifndef AUTH_ACTIONS_MAIL_DELIVER_H
#define AUTH_ACTIONS_MAIL_DELIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/actions/auth.h"
#include "auth/store/mails.h"
#include "base/err.h"
#include "mail/mail.h"

enum { MAIL_ATTEMPTS_MAX = 64 /* with the pauses between them, nine hours */ };

enum mail_outcome {
    OUTCOME_SENT,
    OUTCOME_DROPPED, /* there is nothing to send; `why` */
    OUTCOME_LATER,   /* the mail server does not take it now */
    OUTCOME_DEAD     /* it never will, or it can't be written; `why` */
};
const char *mail_outcome_name(enum mail_outcome outcome); /* "sent" */

struct mail_delivery {
    enum mail_outcome outcome;
    const char *why;               /* a word; NULL: none */
    const char *event;             /* name of the configuration's row; NULL: none was found */
    char id[2 * MAIL_ID_SIZE + 1]; /* "": it was not read */
    char uid[33];
    uint32_t attempts;
    struct err err; /* of LATER and DEAD; tells nothing of what the mail says */
};

/* `sender` is the thread's. False: the database does not answer; nothing is known, ask again. */
bool mail_deliver(struct auth *app, struct db *db, struct mail_sender *sender, const char *message,
                  size_t length, struct mail_delivery *ret_delivery, struct err *err) MUST_CHECK;

#endif
