#include "blockchain/flags_cold.h"

#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "base/file.h"
#include "blockchain/actions/cold.h"

enum { WORDS_MAX = 7, WORDS_BYTES_MAX = 1024 };

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

int cold_flag_unsigned(struct service *service, const char *text)
{
    AUTO(str_release) struct str out = STR_INIT(COLD_FILE_BYTES_MAX);
    char buffer[WORDS_BYTES_MAX];
    const char *words[WORDS_MAX];
    struct err err;
    uint64_t index = 0;
    size_t count = words_split(text, buffer, words);
    if ((count != 4 && count != 7) ||
        (count == 7 && (!str_to_u64(words[6], &index) || index > INT32_MAX)))
        return usage("--unsigned \"CHAIN FROM TO UNITS [XPUB PATH INDEX]\"");
    const struct cold_ask ask = {.chain = words[0],
                                 .from = words[1],
                                 .to = words[2],
                                 .units = words[3],
                                 .xpub = count == 7 ? words[4] : NULL,
                                 .path = count == 7 ? words[5] : NULL,
                                 .index = (uint32_t)index};
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
