/* The reading is in policy_read.c; here is what is asked of a policy. */
#include "signer/state/policy.h"

#include <string.h>

#include "chain/coin_address.h"
#include "chain/evm_address.h"

const struct policy_chain *policy_chain(const struct policy *policy, const char *client,
                                        const char *network)
{
    for (size_t i = 0; i < policy->chains_count; i++)
        if (strcmp(policy->chains[i].client, client) == 0 &&
            strcmp(policy->chains[i].network, network) == 0)
            return &policy->chains[i];
    return NULL;
}

const struct policy_rule *policy_rule(const struct policy_chain *chain, enum purpose purpose,
                                      const char *contract)
{
    for (size_t i = 0; i < chain->rules_count; i++)
        if (chain->rules[i].purpose == purpose && strcmp(chain->rules[i].contract, contract) == 0)
            return &chain->rules[i];
    return NULL;
}

bool policy_has_safe(const struct policy_chain *chain, const char *safe)
{
    for (size_t i = 0; i < chain->safes_count; i++)
        if (strcmp(chain->safes[i], safe) == 0)
            return true;
    return false;
}

bool policy_address(const struct policy_chain *chain, const char *text,
                    char ret_text[static POLICY_ADDRESS_SIZE], struct err *err)
{
    struct coin_address coin;
    struct evm_address evm;
    _Static_assert(sizeof(coin.text) <= POLICY_ADDRESS_SIZE, "an address fits");
    if (chain->coin) {
        if (!coin_address_parse(chain->coin, text, &coin, err))
            return false;
        memcpy(ret_text, coin.text, sizeof(coin.text));
        return true;
    }
    if (!evm_address_parse(text, &evm, err))
        return false;
    evm_address_text(evm, ret_text);
    return true;
}

static void print_accounts(unsigned accounts, const char *before, struct str *out)
{
    for (unsigned i = 0; i < ACCOUNT_MAX; i++)
        if (accounts & (1u << i)) {
            str_add(out, before);
            str_add(out, account_text((enum account)i));
            before = " ";
        }
}

static void print_rule(const struct policy_chain *chain, const struct policy_rule *rule,
                       struct str *out)
{
    char text[U256_TEXT_SIZE];
    str_add_format(out, "| %s/%s | %s | %s | ", chain->client, chain->network,
                   purpose_text(rule->purpose), rule->contract[0] ? rule->contract : "native");
    print_accounts(rule->from, "", out);
    str_add(out, rule->to_any ? " | any" : " | ");
    print_accounts(rule->to_own, rule->to_any ? ", own " : "own ", out);
    for (size_t i = 0; i < rule->to_count; i++)
        str_add_format(out, "%s%s", i > 0 || rule->to_own ? " " : "", rule->to[i]);
    str_add_format(out, " | %s", u256_text(rule->payment_max, text));
    str_add_format(out, " | %s", u256_text(rule->day_max, text));
    str_add_format(out, " | %s",
                   rule->has_approve_above ? u256_text(rule->approve_above, text) : "never");
    str_add_format(out, " | %s", u256_text(chain->fee_max, text));
    str_add_format(out, " | %s |\n", u256_text(chain->fee_day_max, text));
}

void policy_print(const struct policy *policy, struct str *out)
{
    str_add(out,
            "| chain | purpose | asset | from | to | one payment | 24 hours | approvals above | "
            "fee | fees of 24 hours |\n|---|---|---|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < policy->chains_count; i++)
        for (size_t j = 0; j < policy->chains[i].rules_count; j++)
            print_rule(&policy->chains[i], &policy->chains[i].rules[j], out);
    str_add_format(out, "\n%u approvals of: ", policy->four_eyes);
    for (size_t i = 0; policy->approvers[i]; i++)
        str_add_format(out, "%s%s", i > 0 ? ", " : "", policy->approvers[i]);
    str_add(out, policy->approvers[0] ? ".\n" : "nobody.\n");
}
