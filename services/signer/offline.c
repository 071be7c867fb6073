#include "signer/offline.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/file.h"
#include "crypto/crypto.h"
#include "service/service.h"
#include "signer/offline_sign.h"

enum { FILE_BYTES_MAX = 8 * 1024 * 1024, PATH_BYTES_MAX = 1024, OWNER_ONLY = 0600 };

static const char usage[] =
    "Usage: bourse-signer --sign-file FILE --seed-file SEED [--chain CLIENT/NETWORK] [--out FILE]\n"
    "                     [--yes]\n\n"
    "FILE is a PSBT (base64 or bytes; --chain says of which chain, as litecoin/main), or the JSON "
    "of\n"
    "a transaction of an Ethereum-like chain, as bourse-blockchain --unsigned makes it: client, "
    "chain_id,\n"
    "account, index, nonce, to, value, data, gas, max_fee and max_priority_fee; from and payment "
    "are\n"
    "compared when they are there. SEED holds a seed in hexadecimal digits. What the transaction "
    "does\n"
    "is shown; with --yes it is signed and written to --out (FILE.signed): a PSBT for the next "
    "signer,\n"
    "or the raw transaction in hexadecimal digits when nobody else has to sign.\n";

struct options {
    const char *file, *seed_file, *chain, *out;
    bool yes;
};

bool offline_is_asked(int argc, char **argv)
{
    return argc > 1 && strncmp(argv[1], "--sign-file", strlen("--sign-file")) == 0;
}

static bool options_read(int argc, char **argv, struct options *options)
{
    static const struct option known[] = {{"sign-file", required_argument, NULL, 'f'},
                                          {"seed-file", required_argument, NULL, 's'},
                                          {"chain", required_argument, NULL, 'c'},
                                          {"out", required_argument, NULL, 'o'},
                                          {"yes", no_argument, NULL, 'y'},
                                          {NULL, 0, NULL, 0}};
    int found;
    while ((found = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (found == 'f')
            options->file = optarg;
        else if (found == 's')
            options->seed_file = optarg;
        else if (found == 'c')
            options->chain = optarg;
        else if (found == 'o')
            options->out = optarg;
        else if (found == 'y')
            options->yes = true;
        else
            return false;
    }
    return optind == argc && options->file && options->seed_file;
}

static bool file_write(const char *path, const struct str *text, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, OWNER_ONLY);
    if (fd < 0)
        return err_set(err, ERR_CONFLICT, "%s: %m", path);
    bool done = write(fd, str_data(text), text->length) == (ssize_t)text->length && fsync(fd) == 0;
    close(fd);
    return done || err_set(err, ERR_INTERNAL, "%s: %m", path);
}

static bool keys_read(const char *path, struct keys **ret_keys, struct err *err)
{
    AUTO(str_wipe) struct str text = STR_INIT(4096), seed = STR_INIT(SEED_SIZE_MAX);
    if (!file_read(path, &text, err))
        return false;
    if (!seed_text_is_valid(&text) ||
        !hex_read(str_data(&text), strcspn(str_data(&text), "\r\n "), &seed))
        return err_set(err, ERR_INVALID, "%s: no seed in hexadecimal digits", path);
    return keys_of_seed((const uint8_t *)seed.data, seed.length, ret_keys, err);
}

static bool run(const struct options *options, struct err *err)
{
    AUTO_FREE(keys_close) struct keys *keys = NULL;
    AUTO(str_release)
    struct str file = STR_INIT(FILE_BYTES_MAX), shown = STR_INIT(FILE_BYTES_MAX),
               made = STR_INIT(FILE_BYTES_MAX);
    char out[PATH_BYTES_MAX];
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return err_set(err, ERR_INTERNAL, "PR_SET_DUMPABLE: %m");
    if (!file_read(options->file, &file, err) || !keys_read(options->seed_file, &keys, err))
        return false;
    const struct offline_task task = {
        .keys = keys, .file = &file, .chain = options->chain, .sign = options->yes};
    bool done = offline_sign(&task, &shown, &made, err);
    fwrite(str_data(&shown), 1, shown.length, stdout);
    if (!done)
        return false;
    if (!options->yes) {
        printf("Nothing is signed. If this is what you want, say so with --yes.\n");
        return true;
    }
    snprintf(out, sizeof(out), "%s%s", options->out ? options->out : options->file,
             options->out ? "" : ".signed");
    if (!file_write(out, &made, err))
        return false;
    printf("Written to %s\n", out);
    return true;
}

int offline_run(int argc, char **argv)
{
    struct options options = {.file = NULL};
    struct err err;
    if (!options_read(argc, argv, &options)) {
        fputs(usage, stderr);
        return EXIT_USAGE;
    }
    if (run(&options, &err))
        return EXIT_SUCCESS;
    fprintf(stderr, "bourse-signer: --sign-file: %s\n", err.what);
    return EXIT_FAILURE;
}
