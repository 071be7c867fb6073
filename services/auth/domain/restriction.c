#include "auth/domain/restriction.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The door for people who were given a link that lets them in must stay open to them. */
static const char access_path[] = "api/v2/barong/identity/users/access";
static const char login_path[] = "api/v2/barong/identity/sessions";

enum {
    CODE_MAINTENANCE = 471,
    CODE_PLACE = 423,
    CODE_SUBNET = 403,
    CODE_ADDRESS = 401,
    CODE_MIN = 400, /* a rule that refuses must not answer "fine" */
    CODE_MAX = 499
};

struct rule {
    enum restriction_category category;
    enum restriction_scope scope;
    int code;
    struct subnet subnet; /* WHERE_IP: all 128 bits */
    char name[RESTRICTION_VALUE_MAX + 1];
};

struct range {
    size_t begin, end;
};

struct restriction_set {
    struct range ranges[CATEGORY_MAX][WHERE_MAX]; /* of `rules`; addresses sorted within */
    bool needs_place;
    struct rule rules[];
};

static const char *const category_words[] = {"whitelist", "maintenance", "blacklist", "blocklogin"};
static const char *const scope_words[] = {"all", "ip", "ip_subnet", "continent", "country"};

/* ---- making ---- */

static bool rule_of(const struct restriction *row, struct rule *ret_rule)
{
    struct rule rule = {.category = row->category, .scope = row->scope, .code = row->code};
    if (!restriction_value_fits(row->scope, row->value))
        return false;
    if (rule.code < CODE_MIN || rule.code > CODE_MAX)
        rule.code = restriction_default_code(row->category, row->scope);
    memcpy(rule.name, row->value, strlen(row->value) + 1);
    if (row->scope == WHERE_IP) {
        rule.subnet.bits = 128;
        if (!address_parse(row->value, &rule.subnet.address))
            return false;
    }
    if (row->scope == WHERE_IP_SUBNET && !subnet_parse(row->value, &rule.subnet))
        return false;
    *ret_rule = rule;
    return true;
}

static int compare_rules(const void *a, const void *b)
{
    const struct rule *left = a, *right = b;
    if (left->category != right->category)
        return left->category < right->category ? -1 : 1;
    if (left->scope != right->scope)
        return left->scope < right->scope ? -1 : 1;
    return memcmp(&left->subnet.address, &right->subnet.address, sizeof(left->subnet.address));
}

struct restriction_set *restriction_set_new(const struct restriction *rows, size_t count)
{
    assert(count <= RESTRICTIONS_MAX);
    struct restriction_set *set = calloc(1, sizeof(*set) + count * sizeof(set->rules[0]));
    size_t used = 0;
    if (!set)
        return NULL;
    for (size_t i = 0; i < count; i++)
        used += rule_of(&rows[i], &set->rules[used]);
    qsort(set->rules, used, sizeof(set->rules[0]), compare_rules);
    for (size_t i = 0; i < used; i++) {
        struct range *range = &set->ranges[set->rules[i].category][set->rules[i].scope];
        if (range->end == 0)
            range->begin = i;
        range->end = i + 1;
        set->needs_place = set->needs_place || set->rules[i].scope >= WHERE_CONTINENT;
    }
    return set;
}

void restriction_set_free(struct restriction_set *set)
{
    free(set);
}

bool restriction_set_needs_place(const struct restriction_set *set)
{
    return set->needs_place;
}

/* ---- asking ---- */

static const struct rule *find_address(const struct restriction_set *set, struct range range,
                                       const struct address *address)
{
    while (range.begin < range.end) {
        size_t middle = (range.begin + range.end) / 2;
        int order = memcmp(address, &set->rules[middle].subnet.address, sizeof(*address));
        if (order == 0)
            return &set->rules[middle];
        if (order < 0)
            range.end = middle;
        else
            range.begin = middle + 1;
    }
    return NULL;
}

static bool is_place(const char *value, const char *code, const char *name)
{
    return (code && code[0] != '\0' && strcasecmp(value, code) == 0) ||
           (name && name[0] != '\0' && strcasecmp(value, name) == 0);
}

static bool matches(const struct rule *rule, const struct restriction_visitor *visitor)
{
    switch (rule->scope) {
    case WHERE_ALL:
        return true;
    case WHERE_IP:
    case WHERE_IP_SUBNET:
        return subnet_has(&rule->subnet, &visitor->address);
    case WHERE_CONTINENT:
        return is_place(rule->name, visitor->continent_code, visitor->continent_name);
    case WHERE_COUNTRY:
        return is_place(rule->name, visitor->country_code, visitor->country_name);
    case WHERE_MAX:
        break;
    }
    return false;
}

static const struct rule *find(const struct restriction_set *set,
                               enum restriction_category category,
                               const struct restriction_visitor *visitor)
{
    for (enum restriction_scope scope = WHERE_ALL; scope < WHERE_MAX; scope++) {
        struct range range = set->ranges[category][scope];
        if (scope == WHERE_IP) {
            const struct rule *rule = find_address(set, range, &visitor->address);
            if (rule)
                return rule;
            continue;
        }
        for (size_t i = range.begin; i < range.end; i++)
            if (matches(&set->rules[i], visitor))
                return &set->rules[i];
    }
    return NULL;
}

struct restriction_answer restriction_ask(const struct restriction_set *set,
                                          const struct restriction_visitor *visitor,
                                          const char *path)
{
    struct restriction_answer answer = {.refused = false};
    if (strcmp(path, access_path) == 0)
        return answer;
    bool is_login = strcmp(path, login_path) == 0;
    for (enum restriction_category category = 0; category < CATEGORY_MAX; category++) {
        if (category == CATEGORY_BLOCKLOGIN && !is_login)
            break;
        const struct rule *rule = find(set, category, visitor);
        if (!rule)
            continue;
        answer.refused = category != CATEGORY_WHITELIST;
        answer.category = category;
        answer.code = rule->code;
        break;
    }
    return answer;
}

/* ---- words and values ---- */

bool restriction_value_fits(enum restriction_scope scope, const char *value)
{
    struct address address;
    struct subnet subnet;
    size_t length = value ? strnlen(value, RESTRICTION_VALUE_MAX + 1) : 0;
    if (length == 0 || length > RESTRICTION_VALUE_MAX)
        return false;
    if (scope == WHERE_IP)
        return address_parse(value, &address);
    if (scope == WHERE_IP_SUBNET)
        return subnet_parse(value, &subnet);
    return true;
}

int restriction_default_code(enum restriction_category category, enum restriction_scope scope)
{
    if (category == CATEGORY_MAINTENANCE)
        return CODE_MAINTENANCE;
    if (scope == WHERE_CONTINENT || scope == WHERE_COUNTRY)
        return CODE_PLACE;
    return scope == WHERE_IP_SUBNET ? CODE_SUBNET : CODE_ADDRESS;
}

const char *restriction_category_word(enum restriction_category category)
{
    assert(category < CATEGORY_MAX);
    return category_words[category];
}

const char *restriction_scope_word(enum restriction_scope scope)
{
    assert(scope < WHERE_MAX);
    return scope_words[scope];
}

bool restriction_category_parse(const char *text, enum restriction_category *ret)
{
    for (unsigned i = 0; text && i < CATEGORY_MAX; i++)
        if (strcmp(category_words[i], text) == 0) {
            *ret = (enum restriction_category)i;
            return true;
        }
    return false;
}

bool restriction_scope_parse(const char *text, enum restriction_scope *ret)
{
    for (unsigned i = 0; text && i < WHERE_MAX; i++)
        if (strcmp(scope_words[i], text) == 0) {
            *ret = (enum restriction_scope)i;
            return true;
        }
    return false;
}
