#include "blockchain/flags_cold.h"

#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "base/file.h"
#include "blockchain/actions/cold.h"

enum { WORDS_MAX = 8, WORDS_BYTES_MAX = 1024 };

/* Splits at blanks; 0: too many, or too long. */
static size_t words_split(const char *text, char buffer[static WORDS_BYTES_MAX], const char **words)
{
    size_t count = 0;
    char *rest = buffer, *word;
    if (strlen(text) >= WORDS_BYTES_MAX)
        return 0;
    memcpy(buffer, text, strlen(text) + 1);
    while ((word = strsep(&rest, " ")) != NULL) {
        if (*word == '\0')
            continue;
        if (count == WORDS_MAX)
            return 0;
        words[count++] = word;
    }
    return count;
}

static int usage(const char *line)
{
    fprintf(stderr, "Usage: bourse-blockchain %s\n", line);
    return EXIT_USAGE;
}

static bool index_read(const char *text, uint32_t *ret_index)
{
    uint64_t index;
    if (!str_to_u64(text, &index) || index > INT32_MAX)
        return false;
    *ret_index = (uint32_t)index;
    return true;
}

/* XPUB PATH INDEX */
static bool key_read(const char *const *words, struct cold_ask *ask)
{
    ask->xpub = words[0];
    ask->path = words[1];
    return index_read(words[2], &ask->index);
}

static bool key_place_read(const char *text, struct cold_ask *ask)
{
    char account[16];
    const char *slash = strchr(text, '/');
    if (!slash || (size_t)(slash - text) >= sizeof(account))
        return false;
    snprintf(account, sizeof(account), "%.*s", (int)(slash - text), text);
    return index_read(account, &ask->account) && index_read(slash + 1, &ask->index);
}

/* NAME=VALUE, for Ethereum-like chains. */
static bool keywords_read(const char *const *words, size_t count, struct cold_ask *ask)
{
    bool good = true;
    for (size_t i = 0; i < count && good; i++) {
        const char *value = strchr(words[i], '=');
        size_t length = value ? (size_t)(value++ - words[i]) : 0;
        if (length == 5 && strncmp(words[i], "asset", length) == 0)
            ask->asset = value;
        else if (length == 3 && strncmp(words[i], "for", length) == 0)
            ask->payout_id = value;
        else if (length == 3 && strncmp(words[i], "key", length) == 0)
            good = key_place_read(value, ask);
        else if (length == 5 && strncmp(words[i], "nonce", length) == 0)
            good = ask->has_nonce = str_to_u64(value, &ask->nonce);
        else
            good = false;
    }
    return good;
}

int cold_flag_unsigned(struct service *service, const char *text)
{
    AUTO(str_release) struct str out = STR_INIT(COLD_FILE_BYTES_MAX);
    char buffer[WORDS_BYTES_MAX];
    const char *words[WORDS_MAX] = {NULL};
    struct err err;
    size_t count = words_split(text, buffer, words);
    struct cold_ask ask = {.chain = words[0], .from = words[1], .to = words[2], .units = words[3]};
    bool good = count >= 4 && (count == 4 || strchr(words[4], '=') != NULL
                                   ? keywords_read(words + 4, count - 4, &ask)
                                   : count == 7 && key_read(words + 4, &ask));
    if (!good)
        return usage("--unsigned \"CHAIN FROM TO UNITS [XPUB PATH INDEX]\"\n"
                     "       bourse-blockchain --unsigned \"CHAIN FROM TO UNITS "
                     "[asset=CURRENCY] [key=ACCOUNT/INDEX] [for=PAYOUT] [nonce=N]\"");
    if (!cold_make(service->config, &ask, &out, &err))
        return service_flag_failed(service, "--unsigned", &err);
    service_say(str_data(&out));
    return 0;
}

int cold_flag_inspect(struct service *service, const char *text)
{
    AUTO(str_release) struct str file = STR_INIT(COLD_FILE_BYTES_MAX);
    AUTO(str_release) struct str out = STR_INIT(COLD_FILE_BYTES_MAX);
    char buffer[WORDS_BYTES_MAX];
    const char *words[WORDS_MAX];
    struct err err;
    if (words_split(text, buffer, words) != 2)
        return usage("--inspect \"CLIENT/NETWORK FILE\"");
    if (!file_read(words[1], &file, &err) || !cold_show(words[0], &file, &out, &err))
        return service_flag_failed(service, "--inspect", &err);
    printf("%s", str_data(&out));
    return 0;
}

int cold_flag_import(struct service *service, const char *text)
{
    AUTO(str_release) struct str file = STR_INIT(COLD_FILE_BYTES_MAX);
    AUTO(str_release) struct str out = STR_INIT(128);
    char buffer[WORDS_BYTES_MAX];
    const char *words[WORDS_MAX];
    struct err err;
    if (words_split(text, buffer, words) != 2)
        return usage("--import \"CHAIN FILE\"");
    if (!file_read(words[1], &file, &err) ||
        !cold_send(service->config, words[0], &file, &out, &err))
        return service_flag_failed(service, "--import", &err);
    service_say(str_data(&out));
    return 0;
}
