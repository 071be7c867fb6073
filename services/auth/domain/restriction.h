/*
 * restriction.h: from where the platform may be used (reference 2.10, 3.2). Pure. A set is immutable
 * once made; any thread may ask it.
 *
 * Categories are asked in the order of the enum, and in a category the scopes in theirs; the first
 * row that matches decides: a whitelisted visitor is asked no further, maintenance and blacklist
 * refuse every path, blocklogin refuses only the path of sign-in.
 */
#ifndef AUTH_DOMAIN_RESTRICTION_H
#define AUTH_DOMAIN_RESTRICTION_H

#include <stdbool.h>
#include <stddef.h>

#include "auth/domain/address.h"
#include "base/check.h"

enum { RESTRICTION_VALUE_MAX = 64, RESTRICTIONS_MAX = 100000 /* rows of a set */ };

enum restriction_category {
    CATEGORY_WHITELIST,
    CATEGORY_MAINTENANCE,
    CATEGORY_BLACKLIST,
    CATEGORY_BLOCKLOGIN,
    CATEGORY_MAX
};
enum restriction_scope {
    WHERE_ALL,
    WHERE_IP,
    WHERE_IP_SUBNET,
    WHERE_CONTINENT,
    WHERE_COUNTRY,
    WHERE_MAX
};

struct restriction {
    enum restriction_category category;
    enum restriction_scope scope;
    char value[RESTRICTION_VALUE_MAX + 1];
    int code; /* HTTP status; 0: the default of category and scope */
};

/* Who asks. Places as GeoIP tells them, "" when it does not: then no place matches. A rule may name
 * a place by its name in GEOIP_LANG ("Japan") or by its ISO code ("JP"). */
struct restriction_visitor {
    struct address address;
    const char *country_code, *country_name, *continent_code, *continent_name;
};

struct restriction_set;

/* Rows whose value does not fit their scope match nothing. NULL: no memory. */
struct restriction_set *restriction_set_new(const struct restriction *rows, size_t count);
void restriction_set_free(struct restriction_set *set); /* NULL is fine */
/* Whether any row asks for a place, so that GeoIP need not be asked in vain. */
bool restriction_set_needs_place(const struct restriction_set *set);

struct restriction_answer {
    bool refused;
    enum restriction_category category; /* the one that refused */
    int code;                           /* HTTP status */
};

/* The path has no slash in front: "api/v2/barong/identity/sessions". */
struct restriction_answer restriction_ask(const struct restriction_set *set,
                                          const struct restriction_visitor *visitor,
                                          const char *path);

/* What an administrator may write. */
bool restriction_value_fits(enum restriction_scope scope, const char *value);
int restriction_default_code(enum restriction_category category, enum restriction_scope scope);

const char *restriction_category_word(enum restriction_category category); /* "whitelist" */
const char *restriction_scope_word(enum restriction_scope scope);          /* "ip_subnet" */
bool restriction_category_parse(const char *text, enum restriction_category *ret) MUST_CHECK;
bool restriction_scope_parse(const char *text, enum restriction_scope *ret) MUST_CHECK;

#endif
