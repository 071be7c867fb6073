#include "blockchain/actions/second_opinion.h"

#include <string.h>

#include "chain/u256.h"

/* One "CHAIN:CONTRACT=UNITS". */
struct rule {
    char chain_key[CHAIN_KEY_SIZE];
    char contract[CHAIN_CONTRACT_SIZE];
    struct u256 units;
};

static bool copy(char *to, size_t size, const char *from, size_t length)
{
    if (length >= size)
        return false;
    memcpy(to, from, length);
    to[length] = '\0';
    return true;
}

static bool rule_read(const char *text, size_t length, struct rule *rule)
{
    const char *end = text + length, *equals = memchr(text, '=', length);
    const char *colon = equals ? memchr(text, ':', (size_t)(equals - text)) : NULL;
    return colon && copy(rule->chain_key, sizeof(rule->chain_key), text, (size_t)(colon - text)) &&
           copy(rule->contract, sizeof(rule->contract), colon + 1, (size_t)(equals - colon - 1)) &&
           u256_parse_bytes(equals + 1, (size_t)(end - equals - 1), &rule->units);
}

static bool reaches(const struct rule *rule, const struct block_haul *haul)
{
    struct u256 units;
    if (strcmp(rule->chain_key, haul->chain->key) != 0)
        return false;
    for (size_t i = 0; i < haul->transfers_count; i++)
        if (strcmp(haul->transfers[i].contract, rule->contract) == 0 &&
            u256_parse(haul->transfers[i].units, &units) && u256_cmp(units, rule->units) >= 0)
            return true;
    return false;
}

bool second_opinion_is_due(const char *setting, const struct block_haul *haul)
{
    struct rule rule;
    for (const char *at = setting + strspn(setting, " "); *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        if (rule_read(at, length, &rule) && reaches(&rule, haul))
            return true;
        at += length;
    }
    return false;
}

bool second_opinion_check(const char *setting, struct err *err)
{
    struct rule rule;
    for (const char *at = setting + strspn(setting, " "); *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        if (!rule_read(at, length, &rule))
            return err_set(err, ERR_CONFIG, "SECOND_OPINION: \"%.*s\" is not CHAIN:CONTRACT=UNITS",
                           (int)length, at);
        at += length;
    }
    return true;
}
