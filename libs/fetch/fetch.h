/*
 * fetch.h: the HTTP client, over libcurl. One struct fetch keeps one connection and belongs to one
 * thread. Bounded: time of connect and of the whole call, bytes of the answer. No redirects, no
 * proxies from the environment, http and https only.
 */
#ifndef FETCH_FETCH_H
#define FETCH_FETCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct fetch;

struct fetch *fetch_new(void);
void fetch_free(struct fetch *fetch); /* NULL is fine */

struct fetch_header {
    const char *name, *value;
};

struct fetch_request {
    const char *method; /* NULL: GET */
    const char *url;
    const char *bearer;                 /* Authorization: Bearer; NULL: none */
    const char *user, *password;        /* Authorization: Basic; NULL: none */
    const struct fetch_header *headers; /* more of them */
    size_t headers_count;
    const char *content_type;
    const void *body;
    size_t body_length;
    long connect_timeout_ms, timeout_ms; /* 0: 2,000 and 30,000 */
    /* For addresses that somebody else chose: only hosts in the open network are called, so nobody
     * reaches our own machines through us, whatever his name server says. */
    bool public_only;
    /* For questions that must not go out twice: over a connection of its own, because libcurl sends again
     * what a kept one that dies did not answer. */
    bool once;
    /* PEM: the only authorities whose certificates are believed; NULL or "": those of the system. */
    const char *authorities;
};

/* Appends the body of the answer to `out` (its ceiling bounds the download: ERR_PROTOCOL above it).
 * ERR_PEER_UNAVAILABLE: no whole answer in time; any whole answer is true, and *ret_status tells. */
bool fetch_run(struct fetch *fetch, const struct fetch_request *request, long *ret_status,
               struct str *out, struct err *err) MUST_CHECK;

#endif
