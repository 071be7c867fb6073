/*
 * geo.h: in which country an address is, from a MaxMind database file (GeoLite2-Country.mmdb or a
 * larger one), over libmaxminddb. The file is mapped and only read: any thread may ask.
 *
 * Without a file every place is unknown, which is fine and said at start.
 */
#ifndef GEO_GEO_H
#define GEO_GEO_H

#include <stdbool.h>

#include "base/err.h"

enum { GEO_NAME_SIZE = 65, GEO_CODE_SIZE = 3 };

struct geo;

struct geo_place {
    char country_code[GEO_CODE_SIZE]; /* "JP"; "": unknown, and so the others */
    char country_name[GEO_NAME_SIZE]; /* "Japan", in the language of geo_open() */
    char continent_code[GEO_CODE_SIZE];
    char continent_name[GEO_NAME_SIZE];
};

/* language: a word of the database, "en" "de" "es" "fr" "ja" "ru". An empty path: nothing is known.
 * ERR_CONFIG: no such file, or no such database. */
bool geo_open(const char *path, const char *language, struct geo **ret_geo, struct err *err)
    MUST_CHECK;
void geo_close(struct geo *geo); /* NULL is fine */

/* `address` is the text of an IPv4 or IPv6 address. An address that is not in the database, or no
 * address, is nowhere: empty texts. */
void geo_find(const struct geo *geo, const char *address, struct geo_place *ret_place);

#endif
