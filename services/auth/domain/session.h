/*
 * session.h: a signed-in browser. Its id is the SHA-256 of the cookie's value, which nobody keeps.
 *
 * A session is bound to the browser and to the neighbourhood of the address that it began with
 * (address_is_near()), slides with use and ends at `ends_at`.
 */
#ifndef AUTH_DOMAIN_SESSION_H
#define AUTH_DOMAIN_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/domain/visitor.h"

enum {
    SESSION_ID_SIZE = 32,
    SESSION_COOKIE_SIZE = 33, /* 32 hexadecimal digits: 128 random bits */
    SESSION_CSRF_SIZE = 21,   /* 20 hexadecimal digits */
    SESSION_METHODS_SIZE = 65
};

struct session {
    uint8_t id[SESSION_ID_SIZE];
    uint64_t user_id;
    uint8_t csrf_hash[SESSION_ID_SIZE];
    char user_ip[VISITOR_IP_SIZE];
    uint8_t user_agent_hash[SESSION_ID_SIZE];
    char methods[SESSION_METHODS_SIZE]; /* "pwd", "pwd otp", "pwd hwk": as `amr` of RFC 8176 */
    int64_t authenticated_at;           /* when they were shown last; a step-up moves it */
    int64_t created_at, expires_at, ends_at;
};
/* Words between blanks. Adding one that is there, or that has no room, changes nothing. */
bool session_methods_have(const char *methods, const char *method);
void session_methods_add(const char *methods, const char *method,
                         char ret_methods[static SESSION_METHODS_SIZE]);

#endif
