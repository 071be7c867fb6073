/*
 * oauth_uri.h: addresses that a client registers and later asks us to use. They are compared byte by
 * byte (RFC 9700 2.1): no normalizing, no prefixes, no patterns. The one exception is the port of a
 * loopback address, which a native program gets from its system (RFC 8252 7.3). Pure.
 */
#ifndef AUTH_DOMAIN_OAUTH_URI_H
#define AUTH_DOMAIN_OAUTH_URI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

enum { OAUTH_URI_BYTES_MAX = 1024 };

/* May be registered as a redirect address: absolute, printable ASCII, no fragment, no user; https, or
 * http on loopback only (`insecure`: anywhere), or a private scheme of a native program, which has a
 * dot in it (com.example.app:/callback). */
bool redirect_uri_is_valid(const char *uri, bool insecure);
/* Whether the asked one is the registered one. */
bool redirect_uri_matches(const char *registered, const char *asked);

/* May be an address that we call or link to: https, or http when `insecure`; no fragment, no user. */
bool web_uri_is_valid(const char *uri, bool insecure);

/* Appends what Content-Security-Policy calls the source of an address: "https://a.example:8443", or
 * "com.example.app:" for a private scheme. */
void uri_source_write(struct str *out, const char *uri);

/* Appends a parameter, encoded, with '?' or '&' in front as the text needs it (`first` mark given by
 * the separator argument: '?', '&' or '#'). */
void uri_add_param(struct str *uri, char separator, const char *name, const char *value);
/* '?' or '&', whichever goes in front of the next parameter of this address. */
char uri_separator(const char *uri);

/* Whether two addresses are the same up to query and fragment (htu of RFC 9449), scheme and host in
 * any case, default ports left out. */
bool uri_same_place(const char *a, const char *b);

#endif
