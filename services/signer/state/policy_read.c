#include "signer/state/policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "chain/evm_address.h"
#include "contract/param_value.h"
#include "crypto/crypto.h"
#include "signer/state/limits.h"
#include "yaml/seed_read.h"
#include "yaml/yaml_tree.h"

enum { ARENA_BYTES_MAX = 4 * 1024 * 1024 };

/* The policy with what it owns. */
struct policy_owner {
    struct policy policy; /* first: policy_free() gets this one */
    struct arena *arena;
    struct tree_node *root;
    struct token_keys *keys;
    size_t addresses_count;
};

/* ---- what the file says, as texts ---- */

struct file_draft {
    struct param_i64 four_eyes;
    const struct tree_node *approvers, *chains;
};
static const struct seed_field file_fields[] = {
    {"four_eyes", SEED_I64, offsetof(struct file_draft, four_eyes)},
    {"approvers", SEED_NODE, offsetof(struct file_draft, approvers)},
    {"chains", SEED_NODE, offsetof(struct file_draft, chains)},
    {NULL}};

struct approver_draft {
    const char *name, *algorithm, *key;
};
static const struct seed_field approver_fields[] = {
    {"name", SEED_TEXT, offsetof(struct approver_draft, name)},
    {"algorithm", SEED_TEXT, offsetof(struct approver_draft, algorithm)},
    {"key", SEED_TEXT, offsetof(struct approver_draft, key)},
    {NULL}};

struct chain_draft {
    const char *client, *network, *name;
    const struct tree_node *fee_max, *fee_day_max, *safes, *rules;
};
static const struct seed_field chain_fields[] = {
    {"client", SEED_TEXT, offsetof(struct chain_draft, client)},
    {"network", SEED_TEXT, offsetof(struct chain_draft, network)},
    {"name", SEED_TEXT, offsetof(struct chain_draft, name)},
    {"fee_max", SEED_NODE, offsetof(struct chain_draft, fee_max)},
    {"fee_day_max", SEED_NODE, offsetof(struct chain_draft, fee_day_max)},
    {"safes", SEED_NODE, offsetof(struct chain_draft, safes)},
    {"rules", SEED_NODE, offsetof(struct chain_draft, rules)},
    {NULL}};

struct rule_draft {
    const char *purpose, *contract;
    const struct tree_node *from, *to, *to_own, *payment_max, *day_max, *approve_above;
};
static const struct seed_field rule_fields[] = {
    {"purpose", SEED_TEXT, offsetof(struct rule_draft, purpose)},
    {"contract", SEED_TEXT, offsetof(struct rule_draft, contract)},
    {"from", SEED_NODE, offsetof(struct rule_draft, from)},
    {"to", SEED_NODE, offsetof(struct rule_draft, to)},
    {"to_own", SEED_NODE, offsetof(struct rule_draft, to_own)},
    {"payment_max", SEED_NODE, offsetof(struct rule_draft, payment_max)},
    {"day_max", SEED_NODE, offsetof(struct rule_draft, day_max)},
    {"approve_above", SEED_NODE, offsetof(struct rule_draft, approve_above)},
    {NULL}};

/* ---- values ---- */

static bool no_memory(struct err *err)
{
    return err_set(err, ERR_CONFIG, "the policy is too large");
}

/* `row` is where the mistake is when the field is not there at all. */
static bool amount_read(const struct tree_node *row, const struct tree_node *node, const char *name,
                        struct u256 *ret_amount, struct err *err)
{
    const char *text = tree_text(node);
    if (!node)
        return tree_fail(row, err, "%s is missing", name);
    return (text && u256_parse(text, ret_amount)) ||
           tree_fail(node, err, "%s must be an amount in the smallest units, in digits", name);
}

static bool accounts_read(const struct tree_node *node, const char *name, unsigned *ret_accounts,
                          struct err *err)
{
    unsigned accounts = 0;
    if (tree_kind(node) != TREE_LIST)
        return tree_fail(node, err, "%s must be a list of accounts", name);
    TREE_EACH(item, node)
    {
        enum account account;
        if (!tree_text(item) || !account_parse(tree_text(item), &account))
            return tree_fail(item, err, "%s: deposit, hot, warm or fee", name);
        accounts |= 1u << account;
    }
    *ret_accounts = accounts;
    return true;
}

static bool addresses_read(struct policy_owner *owner, const struct policy_chain *chain,
                           const struct tree_node *list, const char *name,
                           const char *const **ret_addresses, size_t *ret_count, struct err *err)
{
    size_t count = tree_count(list), at = 0;
    if (tree_kind(list) != TREE_LIST)
        return tree_fail(list, err, "%s must be a list of addresses", name);
    owner->addresses_count += count;
    if (owner->addresses_count > POLICY_ADDRESSES_MAX)
        return tree_fail(list, err, "more than %d addresses", POLICY_ADDRESSES_MAX);
    const char **addresses = arena_alloc(owner->arena, (count + 1) * sizeof(*addresses));
    if (!addresses)
        return no_memory(err);
    TREE_EACH(item, list)
    {
        char text[POLICY_ADDRESS_SIZE];
        struct err why;
        if (!tree_text(item) || !policy_address(chain, tree_text(item), text, &why))
            return tree_fail(item, err, "%s: %s", name, tree_text(item) ? why.what : "no text");
        addresses[at] = arena_strdup(owner->arena, text);
        if (!addresses[at++])
            return no_memory(err);
    }
    *ret_addresses = addresses;
    *ret_count = at;
    return true;
}

static bool to_read(struct policy_owner *owner, const struct policy_chain *chain,
                    const struct tree_node *node, struct policy_rule *rule, struct err *err)
{
    rule->to_any = tree_text(node) && strcmp(tree_text(node), "any") == 0;
    return rule->to_any ||
           addresses_read(owner, chain, node, "to", &rule->to, &rule->to_count, err);
}

/* ---- rules ---- */

static bool rule_check(const struct policy_owner *owner, const struct policy_chain *chain,
                       const struct policy_rule *rule, const struct tree_node *row, struct err *err)
{
    if (policy_rule(chain, rule->purpose, rule->contract))
        return tree_fail(row, err, "a second rule for %s of \"%s\"", purpose_text(rule->purpose),
                         rule->contract);
    if (rule->from == 0)
        return tree_fail(row, err, "from is empty");
    if (rule->purpose == PURPOSE_FILL && (chain->coin || rule->contract[0] || rule->to_count > 0))
        return tree_fail(row, err, "fill: of native coins of Ethereum-like chains, by to_own");
    if (!rule->to_any && rule->to_own == 0 && rule->to_count == 0)
        return tree_fail(row, err, "neither to nor to_own: nothing could be paid");
    if (rule->to_any && rule->purpose != PURPOSE_WITHDRAWAL && rule->purpose != PURPOSE_REFUND)
        return tree_fail(row, err, "to: only withdrawals and refunds may go to any address");
    if (u256_cmp(rule->payment_max, rule->day_max) > 0)
        return tree_fail(row, err, "payment_max is above day_max");
    if (rule->has_approve_above && owner->policy.four_eyes == 0)
        return tree_fail(row, err, "approve_above needs four_eyes and approvers");
    return true;
}

static bool contract_read(const struct policy_chain *chain, const char *text,
                          const struct tree_node *row, struct policy_rule *rule, struct err *err)
{
    struct evm_address address;
    struct err why;
    if (!text || text[0] == '\0')
        return true;
    if (chain->coin)
        return tree_fail(row, err, "contract: %s has none", chain->client);
    if (!evm_address_parse(text, &address, &why))
        return tree_fail(row, err, "contract: %s", why.what);
    evm_address_text(address, rule->contract);
    return true;
}

static bool rule_read(struct policy_owner *owner, const struct policy_chain *chain,
                      const struct tree_node *row, struct policy_rule *rule, struct err *err)
{
    struct rule_draft draft = {.purpose = NULL};
    if (!seed_read(row, rule_fields, owner->arena, &draft, err))
        return false;
    if (!draft.purpose || !purpose_parse(draft.purpose, &rule->purpose))
        return tree_fail(row, err, "purpose: withdrawal, collection, refund, offload, gas or fill");
    if (!draft.from)
        return tree_fail(row, err, "from is missing");
    rule->has_approve_above = draft.approve_above != NULL;
    if (!contract_read(chain, draft.contract, row, rule, err) ||
        !accounts_read(draft.from, "from", &rule->from, err) ||
        (draft.to_own && !accounts_read(draft.to_own, "to_own", &rule->to_own, err)) ||
        (draft.to && !to_read(owner, chain, draft.to, rule, err)) ||
        !amount_read(row, draft.payment_max, "payment_max", &rule->payment_max, err) ||
        !amount_read(row, draft.day_max, "day_max", &rule->day_max, err) ||
        (draft.approve_above &&
         !amount_read(row, draft.approve_above, "approve_above", &rule->approve_above, err)))
        return false;
    return rule_check(owner, chain, rule, row, err);
}

/* ---- chains ---- */

static bool is_evm_client(const char *client)
{
    static const char *const clients[] = {"geth",      "parity",       "geth-bsc",
                                          "geth-heco", "geth-polygon", NULL};
    for (size_t i = 0; clients[i]; i++)
        if (strcmp(client, clients[i]) == 0)
            return true;
    return false;
}

static bool chain_names(const struct policy *policy, const struct tree_node *row,
                        struct policy_chain *chain, struct err *err)
{
    if (!chain->client || !chain->network || !chain->name)
        return tree_fail(row, err, "client, network and name are needed");
    if (policy_chain(policy, chain->client, chain->network))
        return tree_fail(row, err, "%s/%s is there twice", chain->client, chain->network);
    if (is_evm_client(chain->client))
        return (str_to_u64(chain->network, &chain->chain_id) && chain->chain_id > 0) ||
               tree_fail(row, err, "network: %s has a chain id, a number", chain->client);
    chain->coin = coin_params_find(chain->client, chain->network);
    return chain->coin ||
           tree_fail(row, err, "there is no chain %s/%s", chain->client, chain->network);
}

static bool rules_read(struct policy_owner *owner, const struct tree_node *row,
                       const struct tree_node *list, struct policy_chain *chain, struct err *err)
{
    struct policy *policy = &owner->policy;
    size_t count = tree_count(list);
    if (tree_kind(list) != TREE_LIST || policy->rules_count + count > POLICY_RULES_MAX)
        return tree_fail(list ? list : row, err, "rules: a list, at most %d in all",
                         POLICY_RULES_MAX);
    struct policy_rule *rules = arena_alloc(owner->arena, (count + 1) * sizeof(*rules));
    if (!rules)
        return no_memory(err);
    chain->rules = rules;
    TREE_EACH(item, list)
    {
        struct policy_rule *rule = &rules[chain->rules_count];
        if (!rule_read(owner, chain, item, rule, err))
            return false;
        rule->number = (unsigned)policy->rules_count++;
        chain->rules_count++;
    }
    return true;
}

static bool chain_read(struct policy_owner *owner, const struct tree_node *row,
                       struct policy_chain *chain, struct err *err)
{
    struct policy *policy = &owner->policy;
    struct chain_draft draft = {.client = NULL};
    if (!seed_read(row, chain_fields, owner->arena, &draft, err))
        return false;
    chain->client = draft.client;
    chain->network = draft.network;
    chain->name = draft.name;
    if (!chain_names(policy, row, chain, err) ||
        !amount_read(row, draft.fee_max, "fee_max", &chain->fee_max, err) ||
        !amount_read(row, draft.fee_day_max, "fee_day_max", &chain->fee_day_max, err))
        return false;
    if (draft.safes && chain->coin)
        return tree_fail(draft.safes, err, "safes: %s has no contracts", chain->client);
    if (draft.safes && !addresses_read(owner, chain, draft.safes, "safes", &chain->safes,
                                       &chain->safes_count, err))
        return false;
    return rules_read(owner, row, draft.rules, chain, err);
}

static bool chains_read(struct policy_owner *owner, const struct tree_node *list, struct err *err)
{
    struct policy *policy = &owner->policy;
    size_t count = tree_count(list);
    if (tree_kind(list) != TREE_LIST || count > POLICY_CHAINS_MAX)
        return tree_fail(list ? list : owner->root, err, "chains: a list, at most %d",
                         POLICY_CHAINS_MAX);
    struct policy_chain *chains = arena_alloc(owner->arena, (count + 1) * sizeof(*chains));
    if (!chains)
        return no_memory(err);
    policy->chains = chains;
    TREE_EACH(item, list)
    {
        struct policy_chain *chain = &chains[policy->chains_count];
        if (!chain_read(owner, item, chain, err))
            return false;
        chain->number = (unsigned)policy->chains_count++;
    }
    return true;
}

/* ---- approvers ---- */

static bool approvers_read(struct policy_owner *owner, const struct tree_node *list,
                           struct err *err)
{
    size_t count = tree_count(list), at = 0;
    if ((list && tree_kind(list) != TREE_LIST) || count > APPROVERS_MAX)
        return tree_fail(list, err, "approvers: a list, at most %d", APPROVERS_MAX);
    const char **names = arena_alloc(owner->arena, (count + 1) * sizeof(*names));
    if (!names)
        return no_memory(err);
    owner->policy.approvers = names;
    TREE_EACH(item, list)
    {
        struct approver_draft draft = {.name = NULL};
        struct err why;
        if (!seed_read(item, approver_fields, owner->arena, &draft, err))
            return false;
        if (!draft.name || !draft.key)
            return tree_fail(item, err, "an approver needs name and key");
        if (!token_keys_add(owner->keys, draft.name, draft.algorithm ? draft.algorithm : "ES256",
                            draft.key, &why))
            return tree_fail(item, err, "%s", why.what);
        names[at++] = draft.name;
    }
    return true;
}

/* ---- the file ---- */

static bool root_read(struct policy_owner *owner, struct err *err)
{
    struct file_draft draft = {.chains = NULL};
    if (tree_kind(owner->root) != TREE_MAP)
        return tree_fail(owner->root, err, "a map with chains is needed");
    if (!seed_read(owner->root, file_fields, owner->arena, &draft, err) ||
        !approvers_read(owner, draft.approvers, err))
        return false;
    size_t approvers = tree_count(draft.approvers);
    if (draft.four_eyes.given &&
        (draft.four_eyes.value < 1 || (size_t)draft.four_eyes.value > approvers))
        return tree_fail(owner->root, err, "four_eyes: 1 to the number of approvers, %zu",
                         approvers);
    owner->policy.four_eyes = draft.four_eyes.given ? (unsigned)draft.four_eyes.value : 0;
    return chains_read(owner, draft.chains, err);
}

void policy_free(struct policy *policy)
{
    struct policy_owner *owner = (struct policy_owner *)policy;
    if (!owner)
        return;
    tree_free(owner->root);
    token_keys_free(owner->keys);
    arena_free(owner->arena);
    free(owner);
}

bool policy_read(const char *name, const char *text, size_t length, struct policy **ret_policy,
                 struct err *err)
{
    struct policy_owner *owner = calloc(1, sizeof(*owner));
    AUTO_FREE(policy_free) struct policy *policy = (struct policy *)owner;
    uint8_t digest[SHA256_SIZE];
    if (!owner || !(owner->arena = arena_new(ARENA_BYTES_MAX)) || !(owner->keys = token_keys_new()))
        return err_set(err, ERR_INTERNAL, "no memory for the policy");
    policy->approver_keys = owner->keys;
    sha256(text, length, digest);
    for (size_t i = 0; i < sizeof(digest); i++)
        snprintf(&policy->digest[2 * i], 3, "%02x", digest[i]);
    if (!tree_read_text(name, text, length, &owner->root, err) || !root_read(owner, err))
        return false;
    *ret_policy = TAKE(policy);
    return true;
}

bool policy_open(const char *path, struct policy **ret_policy, struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(TREE_BYTES_MAX);
    return file_read(path, &text, err) &&
           policy_read(path, str_data(&text), text.length, ret_policy, err);
}
