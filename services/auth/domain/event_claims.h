/*
 * event_claims.h: an event as the world gets it (reference barong.md §4.1). Pure.
 *
 *   {"iss":"barong","jti":..,"iat":..,"exp":..,"event":{"record":{..},"changes":{..},"name":".."}}
 */
#ifndef AUTH_DOMAIN_EVENT_CLAIMS_H
#define AUTH_DOMAIN_EVENT_CLAIMS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum { EVENT_LIFETIME_S = 3600, EVENT_CATEGORY_SIZE = 32 };

struct event {
    uint64_t id; /* of its row: the jti is made of it and of the time, so it stays the same */
    const char *name, *record, *changes; /* changes NULL: none */
    int64_t created_at;
};

void event_claims_write(struct str *out, const struct event *event, int64_t now_us);

/* "system.session.create" is of the category "system" and has the routing key "session.create". The key
 * points into the name. ERR_PROTOCOL: another category than these two, whose exchanges there are. */
bool event_address(const char *name, char ret_category[static EVENT_CATEGORY_SIZE],
                   const char **ret_routing_key, struct err *err) MUST_CHECK;

#endif
