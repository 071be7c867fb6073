/*
 * event.h: what is told to the world when a user or a label changes (reference barong.md §4.2). Each
 * function writes one row of the outbox and belongs into the transaction of the change.
 *
 * Events of others (profiles, documents) are made of the same parts: event_user_write() writes the
 * nested `user`, outbox_record() (store/outbox.h) stores the text.
 */
#ifndef AUTH_ACTIONS_EVENT_H
#define AUTH_ACTIONS_EVENT_H

#include <stdbool.h>

#include "auth/domain/label.h"
#include "auth/domain/user.h"
#include "base/err.h"
#include "base/str.h"
#include "db/db.h"

enum { EVENT_BYTES_MAX = 64 * 1024 };

/* The user object of the events, with its nulls: as it is nested in other records. */
void event_user_write(struct str *out, const struct user *user);

/* model.user.created */
bool event_user_created(struct db *db, const struct user *user, struct err *err) MUST_CHECK;
/* model.user.updated, with the former values; nothing when none of the shown ones changed. */
bool event_user_updated(struct db *db, const struct user *before, const struct user *user,
                        struct err *err) MUST_CHECK;
/* model.label.created; and system.document.verified/rejected when it is the document's. */
bool event_label_created(struct db *db, const struct label *label, const struct user *user,
                         struct err *err) MUST_CHECK;
bool event_label_updated(struct db *db, const struct label *before, const struct label *label,
                         const struct user *user, struct err *err) MUST_CHECK;

/* system.user.*, system.session.create: the user, and further members of text; NULL values are left
 * out. `extra` ends with a NULL key:
 *     event_system(db, "system.user.password.reset", &user,
 *                  (const struct event_text[]){{"domain", domain}, {NULL}}, err) */
struct event_text {
    const char *key, *value;
};
bool event_system(struct db *db, const char *name, const struct user *user,
                  const struct event_text *extra, struct err *err) MUST_CHECK;

#endif
