#include "signer/flags.h"

#include <stdio.h>

#include "base/str.h"
#include "signer/flags_seed.h"
#include "signer/state/policy.h"
#include "signer/store/audit.h"

enum { PRINT_BYTES_MAX = 1 << 20 };

static int run_verify_audit(struct service *service, const char *path)
{
    struct audit_facts facts;
    struct err err;
    if (!audit_verify(path, NULL, NULL, &facts, &err))
        return service_flag_failed(service, "--verify-audit", &err);
    printf("%s: %llu lines, the chain is whole\nfile %s\nhead %s\n", path,
           (unsigned long long)facts.lines, facts.id, facts.head);
    if (facts.torn_bytes > 0)
        printf("behind the last line: %llu bytes of one that was not written whole\n",
               (unsigned long long)facts.torn_bytes);
    return 0;
}

static int run_print_policy(struct service *service, const char *path)
{
    AUTO(str_release) struct str text = STR_INIT(PRINT_BYTES_MAX);
    AUTO_FREE(policy_free) struct policy *policy = NULL;
    struct err err;
    if (!policy_open(path, &policy, &err))
        return service_flag_failed(service, "--print-policy", &err);
    policy_print(policy, &text);
    fwrite(str_data(&text), 1, text.length, stdout);
    return 0;
}

/* Only for --help: main() has it before. */
static int run_sign_file(struct service *service, const char *path)
{
    (void)service;
    (void)path;
    return EXIT_USAGE;
}

const struct service_flag signer_flags[] = {
    {"--verify-audit", "FILE", "Check the chain of an audit file, print how it ends.", false,
     run_verify_audit},
    {"--print-policy", "FILE", "Check a policy file, print its rules as a Markdown table.", false,
     run_print_policy},
    {"--sign-file", "FILE", "Show and sign a PSBT or a transaction off-line; alone: its usage.",
     false, run_sign_file},
    {"--approve", "FILE",
     "Show and sign a payment as an approver, with a key of your own; alone: its usage.", false,
     run_sign_file},
    {"--put-seed", "FAMILY", "Take the seed of bitcoin or ethereum from standard input, in hex.",
     true, seed_flag_put},
    {"--show-seed", "FAMILY", "Print a seed, for a backup on paper.", true, seed_flag_show},
    {NULL},
};
