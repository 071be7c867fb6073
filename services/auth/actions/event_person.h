/* event_person.h: what is told to the world of profiles, documents and data storages (reference
 * barong.md §4.2). As actions/event.h: one row of the outbox, in the transaction of the change. Texts
 * are clear. */
#ifndef AUTH_ACTIONS_EVENT_PERSON_H
#define AUTH_ACTIONS_EVENT_PERSON_H

#include <stdbool.h>

#include "auth/domain/data_storage.h"
#include "auth/domain/document.h"
#include "auth/domain/profile.h"
#include "auth/domain/user.h"
#include "base/err.h"
#include "db/db.h"

bool event_profile_created(struct db *db, const struct profile *profile, const struct user *user,
                           struct err *err) MUST_CHECK;
/* With the former values; nothing when none of the shown ones changed. */
bool event_profile_updated(struct db *db, const struct profile *before,
                           const struct profile *profile, const struct user *user, struct err *err)
    MUST_CHECK;
/* `link`: to the file. */
bool event_document_created(struct db *db, const struct document *document, const char *link,
                            const struct user *user, struct err *err) MUST_CHECK;
bool event_data_storage_created(struct db *db, const struct data_storage *storage,
                                const struct user *user, struct err *err) MUST_CHECK;

#endif
