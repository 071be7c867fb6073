/* activities_list.h: the log of activities, as administrators read it. Newest first. */
#ifndef AUTH_STORE_ACTIVITIES_LIST_H
#define AUTH_STORE_ACTIVITIES_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/domain/user.h"
#include "base/err.h"
#include "contract/param_value.h"
#include "db/db.h"
#include "db/listing.h"

/* NULL, "" and what is not given: any. */
struct activities_filter {
    bool by_admins; /* category admin, else user */
    const char *topic, *action, *result;
    const char *uid, *email, *target_uid; /* uid, email: of who did it */
    struct param_i64 from, to;            /* Unix seconds, both inclusive */
};

struct activity_row {
    uint64_t id;
    const char *user_ip, *user_ip_country, *user_agent, *topic, *action, *result, *data;
    int64_t created_at;
    struct user user;
    struct user *target; /* NULL: to nobody */
};

bool activities_list(struct db *db, const struct activities_filter *filter, struct listing *listing,
                     struct listed *ret_listed, struct err *err) MUST_CHECK;

#endif
