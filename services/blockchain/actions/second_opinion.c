#include "blockchain/actions/second_opinion.h"

#include <string.h>

#include "blockchain/family/ethereum_block.h"
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

/* Whether the transfer is worth it by the setting; by `otherwise` if that does not name its asset. */
static bool is_worth(const char *setting, const char *chain_key,
                     const struct found_transfer *transfer, bool otherwise)
{
    struct rule rule;
    struct u256 units;
    for (const char *at = setting + strspn(setting, " "); *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        if (rule_read(at, length, &rule) && strcmp(rule.chain_key, chain_key) == 0 &&
            strcmp(rule.contract, transfer->contract) == 0)
            return u256_parse(transfer->units, &units) && u256_cmp(units, rule.units) >= 0;
        at += length;
    }
    return otherwise;
}

bool second_opinion_is_due(const char *setting, bool is_main, const struct block_haul *haul)
{
    for (size_t i = 0; i < haul->transfers_count; i++)
        if (is_worth(setting, haul->chain->key, &haul->transfers[i], is_main))
            return true;
    /* Also when its balances speak against its own logs: they may be what is false. */
    for (size_t i = 0; i < haul->parked_count; i++)
        if (haul->parked[i].claim &&
            is_worth(setting, haul->chain->key, haul->parked[i].claim, is_main))
            return true;
    return false;
}

/* Both read the same block in its order: the place is nearly always the same. */
static bool has(const struct block_haul *haul, const struct found_transfer *transfer, size_t place)
{
    if (place < haul->transfers_count && block_haul_is_same(&haul->transfers[place], transfer))
        return true;
    for (size_t i = 0; i < haul->transfers_count; i++)
        if (block_haul_is_same(&haul->transfers[i], transfer))
            return true;
    for (size_t i = 0; i < haul->parked_count; i++)
        if (haul->parked[i].claim && block_haul_is_same(haul->parked[i].claim, transfer))
            return true;
    return false;
}

static bool has_all(const struct block_haul *haul, const struct block_haul *of)
{
    for (size_t i = 0; i < of->transfers_count; i++) {
        const struct found_transfer *transfer = &of->transfers[i];
        bool is_inner = transfer->index == ETHEREUM_INDEX_INNER && transfer->contract[0] == '\0';
        if (!(haul->lacks_inner && is_inner) && !has(haul, transfer, i))
            return false;
    }
    for (size_t i = 0; i < of->parked_count; i++) {
        const struct found_parked *parked = &of->parked[i];
        if (parked->claim && !parked->is_refuted && !has(haul, parked->claim, i))
            return false;
    }
    return true;
}

bool second_opinion_agrees(const struct block_haul *ours, const struct block_haul *theirs)
{
    return has_all(theirs, ours) && has_all(ours, theirs);
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
