/*
 * mail_condition.h: when an event is worth a letter: the `expression` of the mailer's configuration
 * (reference barong.md §4.3), as a tree over the members of the event.
 *
 *     expression:
 *       and: {record.key: [phone, document], record.value: verified}
 *       not: {changes.state: pending, record.state: pending}
 *
 * `and`: all of it holds. `or`: one of it holds. `not`: not all of it holds, so it refuses only when
 * every member is as listed. A member is a dotted path into the event; a list of values means one of
 * them; below an operator may stand another one. A path that leads nowhere equals nothing but null.
 *
 * Plain data, made by whoever reads the configuration; never changed. No state; any thread.
 */
#ifndef AUTH_DOMAIN_MAIL_CONDITION_H
#define AUTH_DOMAIN_MAIL_CONDITION_H

#include <stdbool.h>
#include <stddef.h>

#include "json/read.h"

enum mail_condition_kind {
    MAIL_ALL,     /* of the items; of none: true */
    MAIL_ANY,     /* of the items; of none: false */
    MAIL_NOT_ALL, /* of the items; of none: false */
    MAIL_EQUAL    /* the member at `path` is one of the values */
};

enum { MAIL_CONDITION_DEPTH_MAX = 4 };

struct mail_condition {
    enum mail_condition_kind kind;
    const struct mail_condition *items; /* MAIL_ALL, MAIL_ANY, MAIL_NOT_ALL */
    size_t items_count;
    const char *path;          /* MAIL_EQUAL: "record.state" */
    const char *const *values; /* as text: true is "true", 2 is "2"; NULL: null or absent */
    size_t values_count;
};

/* `event`: {"name":..,"record":{..},"changes":{..}}. */
bool mail_condition_holds(const struct mail_condition *condition, const cJSON *event);

/* The member that a dotted path names; NULL: there is none. */
const cJSON *mail_member(const cJSON *event, const char *path);

#endif
