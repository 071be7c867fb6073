#include "signer/offline_approve.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/random.h"
#include "chain/u256.h"
#include "crypto/crypto.h"
#include "json/field.h"
#include "json/read.h"
#include "service/service.h"
#include "signer/domain/order.h"
#include "signer/offline.h"
#include "token/token.h"

DEFINE_AUTO(cJSON, cJSON_Delete);
DEFINE_AUTO(struct token_signer, token_signer_free);

enum {
    PAYMENT_BYTES_MAX = 4096,
    KEY_BYTES_MAX = 16 * 1024,
    HOURS_MAX = 720,
    HOURS_USUAL = 24,
    HOUR_S = 3600,
    SECOND_US = 1000000
};

static const char usage[] =
    "Usage: bourse-signer --approve FILE --key-file KEY --name NAME [--hours N] [--yes]\n\n"
    "FILE is a payment, {\"payout_id\",\"chain\",\"contract\",\"to\",\"units\"}, as accounting "
    "tells it\n"
    "(approvals.payment of /admin/withdraws/ID/explain). KEY is a PEM file with your private key\n"
    "(ES256 or Ed25519), NAME your name in the signer's policy. The document is shown; with --yes "
    "it\n"
    "is signed, and written to standard output: give it to POST /admin/withdraws/ID/approve as\n"
    "`signed`. It counts for N hours (24).\n";

struct options {
    const char *file, *key_file, *name;
    uint64_t hours;
    bool yes;
};

bool approve_is_asked(int argc, char **argv)
{
    return argc > 1 && strncmp(argv[1], "--approve", strlen("--approve")) == 0;
}

static bool options_read(int argc, char **argv, struct options *options)
{
    static const struct option known[] = {
        {"approve", required_argument, NULL, 'f'}, {"key-file", required_argument, NULL, 'k'},
        {"name", required_argument, NULL, 'n'},    {"hours", required_argument, NULL, 'h'},
        {"yes", no_argument, NULL, 'y'},           {NULL, 0, NULL, 0}};
    int found;
    while ((found = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (found == 'f')
            options->file = optarg;
        else if (found == 'k')
            options->key_file = optarg;
        else if (found == 'n')
            options->name = optarg;
        else if (found == 'h' && !str_to_u64(optarg, &options->hours))
            return false;
        else if (found == 'y')
            options->yes = true;
        else if (found != 'h')
            return false;
    }
    return optind == argc && options->file && options->key_file && options->name &&
           options->hours >= 1 && options->hours <= HOURS_MAX;
}

/* Its members, all of them and no others: who signs has to know what everything means. */
static bool payment_write(const cJSON *root, const struct options *options, struct str *claims,
                          struct err *err)
{
    static const char *const names[] = {"payout_id", "chain", "contract", "to", "units"};
    char jti[UUID_TEXT_SIZE];
    int64_t now_s = clock_now_us(&clock_real) / SECOND_US;
    struct u256 units;
    str_add_format(claims, "{\"iat\":%lld,\"exp\":%lld,\"jti\":\"%s\"", (long long)now_s,
                   (long long)now_s + (long long)options->hours * HOUR_S,
                   uuid_text(uuid_new(), jti));
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const char *text = json_member_text(root, names[i]);
        if (!text)
            return err_set(err, ERR_INVALID, "%s: %s is missing, or no text", options->file,
                           names[i]);
        str_add_format(claims, ",\"%s\":", names[i]);
        json_write_string(claims, text);
    }
    str_add_char(claims, '}');
    if (cJSON_GetArraySize(root) != (int)ARRAY_LEN(names))
        return err_set(err, ERR_INVALID, "%s: members that no payment has", options->file);
    if (!payout_id_is_valid(json_member_text(root, "payout_id")))
        return err_set(err, ERR_INVALID, "%s: payout_id", options->file);
    if (!u256_parse(json_member_text(root, "units"), &units) || u256_is_zero(units))
        return err_set(err, ERR_INVALID, "%s: units: a text of digits", options->file);
    return str_ok(claims) || err_set(err, ERR_INVALID, "%s is too long", options->file);
}

static bool signer_open(const struct options *options, struct token_signer **ret_signer,
                        struct err *err)
{
    AUTO(str_wipe) struct str key = STR_INIT(KEY_BYTES_MAX);
    return file_read(options->key_file, &key, err) &&
           (token_signer_new("EdDSA", options->name, str_data(&key), ret_signer, err) ||
            token_signer_new("ES256", options->name, str_data(&key), ret_signer, err));
}

static bool run(const struct options *options, struct err *err)
{
    AUTO(str_release)
    struct str file = STR_INIT(PAYMENT_BYTES_MAX), claims = STR_INIT(PAYMENT_BYTES_MAX),
               document = STR_INIT(TOKEN_BYTES_MAX);
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    AUTO_FREE(token_signer_free) struct token_signer *signer = NULL;
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return err_set(err, ERR_INTERNAL, "PR_SET_DUMPABLE: %m");
    if (!file_read(options->file, &file, err) ||
        !json_read(str_data(&file), file.length, &root, err) ||
        !payment_write(root, options, &claims, err) || !signer_open(options, &signer, err))
        return false;
    fprintf(stderr, "%s\n", str_data(&claims));
    if (!options->yes) {
        fprintf(stderr, "Nothing is signed. If this is what you approve, say so with --yes.\n");
        return true;
    }
    if (!token_sign_general(signer, str_data(&claims), &document, err))
        return false;
    printf("%s\n", str_data(&document));
    return true;
}

int approve_run(int argc, char **argv)
{
    struct options options = {.hours = HOURS_USUAL};
    struct err err;
    if (!options_read(argc, argv, &options)) {
        fputs(usage, stderr);
        return EXIT_USAGE;
    }
    if (run(&options, &err))
        return EXIT_SUCCESS;
    fprintf(stderr, "bourse-signer: --approve: %s\n", err.what);
    return EXIT_FAILURE;
}
