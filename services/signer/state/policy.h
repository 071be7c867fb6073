/*
 * policy.h: what may be signed, from a YAML file (deploy/config/signer_policy.yml shows one). What it does
 * not list is refused: a chain, an asset, a purpose, a destination.
 *
 *     four_eyes: 2                      # approvals above `approve_above` of a rule
 *     approvers:
 *       - {name: alice, algorithm: ES256, key: PEM}
 *     chains:
 *       - client: litecoin
 *         network: regtest              # of the EVM: its chain id
 *         name: ltc-regtest             # the chain's key in accounting; approvals say it
 *         fee_max: "1000000"            # of one transaction, in units of the native coin
 *         fee_day_max: "50000000"       # of 24 hours
 *         safes: ["0x..."]              # EVM: contract wallets of which we are an owner
 *         rules:
 *           - purpose: withdrawal
 *             contract: ""              # of the asset; "" is the native coin
 *             from: [hot]               # accounts whose coins may be spent
 *             payment_max: "500000000"
 *             day_max: "5000000000"
 *             to: any                   # or a list of addresses
 *             to_own: [hot, warm]       # accounts of ours, whose addresses we derive ourselves
 *             approve_above: "100000000"
 *
 * Amounts are texts of digits. Mistakes name file and line. Read once at start, then only read; any
 * thread.
 */
#ifndef SIGNER_STATE_POLICY_H
#define SIGNER_STATE_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/err.h"
#include "chain/coin_params.h"
#include "chain/u256.h"
#include "signer/state/purpose.h"
#include "token/token.h"

enum { POLICY_ADDRESS_SIZE = 96 /* canonical text of any chain */ };

struct policy_rule {
    unsigned number; /* of all rules: 0, 1, 2, ... */
    enum purpose purpose;
    char contract[POLICY_ADDRESS_SIZE]; /* canonical; "": the native coin */
    unsigned from, to_own;              /* sets of enum account: bit n */
    struct u256 payment_max, day_max;
    bool to_any;
    const char *const *to; /* canonical addresses */
    size_t to_count;
    bool has_approve_above;
    struct u256 approve_above;
};

struct policy_chain {
    unsigned number;
    const char *client, *network, *name;
    const struct coin_params *coin; /* NULL: Ethereum-like */
    uint64_t chain_id;              /* Ethereum-like */
    struct u256 fee_max, fee_day_max;
    const char *const *safes; /* canonical addresses of contract wallets that we may sign for */
    size_t safes_count;
    const struct policy_rule *rules;
    size_t rules_count;
};

struct policy {
    const struct policy_chain *chains;
    size_t chains_count, rules_count;
    unsigned four_eyes;           /* approvals that are needed above a threshold; 0: none can be */
    const char *const *approvers; /* names; end with NULL */
    const struct token_keys *approver_keys;
    char digest[65]; /* sha-256 of the file */
};

/* ERR_CONFIG, "FILE:LINE: ...". */
bool policy_open(const char *path, struct policy **ret_policy, struct err *err) MUST_CHECK;
/* `name` stands for the file in messages. */
bool policy_read(const char *name, const char *text, size_t length, struct policy **ret_policy,
                 struct err *err) MUST_CHECK;
void policy_free(struct policy *policy); /* NULL is fine */
DEFINE_AUTO(struct policy, policy_free);

/* NULL: not listed. */
const struct policy_chain *policy_chain(const struct policy *policy, const char *client,
                                        const char *network);
const struct policy_rule *policy_rule(const struct policy_chain *chain, enum purpose purpose,
                                      const char *contract);

bool policy_has_safe(const struct policy_chain *chain, const char *safe);

/* The canonical text of an address of the chain. ERR_INVALID. */
bool policy_address(const struct policy_chain *chain, const char *text,
                    char ret_text[static POLICY_ADDRESS_SIZE], struct err *err) MUST_CHECK;

/* As a Markdown table, for people: --print-policy. */
void policy_print(const struct policy *policy, struct str *out);

#endif
