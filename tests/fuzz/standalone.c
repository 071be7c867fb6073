/*
 * standalone.c: runs one fuzz target over files, without a fuzzer: `fuzz_json corpus/json FILE...`.
 * So the corpora are regressions under every compiler and sanitizer. A folder stands for its files.
 * Every input is also run cut short at each of its first bytes, where parsers end too early.
 */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/check.h"

enum { INPUT_BYTES_MAX = 1 << 20, CUTS_MAX = 64, PATH_BYTES_MAX = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run_bytes(const uint8_t *data, size_t size)
{
    /* A copy of the exact size: reading past its end is seen by the sanitizers. */
    uint8_t *copy = malloc(size > 0 ? size : 1);
    assert(copy);
    if (size > 0)
        memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static bool run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(INPUT_BYTES_MAX);
    if (!file || !data) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        if (file)
            fclose(file);
        free(data);
        return false;
    }
    size_t size = fread(data, 1, INPUT_BYTES_MAX, file);
    fclose(file);
    run_bytes(data, size);
    for (size_t cut = 0; cut < size && cut < CUTS_MAX; cut++)
        run_bytes(data, cut);
    free(data);
    return true;
}

/* Number of inputs that were run; -1 after a failure. */
static int run_path(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return -1;
    }
    if (!S_ISDIR(status.st_mode))
        return run_file(path) ? 1 : -1;
    DIR *folder = opendir(path);
    if (!folder)
        return -1;
    int count = 0;
    for (struct dirent *entry; count >= 0 && (entry = readdir(folder));) {
        char name[PATH_BYTES_MAX];
        if (entry->d_name[0] == '.')
            continue;
        int length = snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
        assert(length > 0 && (size_t)length < sizeof(name));
        count = run_file(name) ? count + 1 : -1;
    }
    closedir(folder);
    return count;
}

int main(int argc, char **argv)
{
    int total = 0;
    run_bytes(NULL, 0);
    for (int i = 1; i < argc; i++) {
        int count = run_path(argv[i]);
        if (count < 0)
            return 1;
        total += count;
    }
    const char *name = strrchr(argv[0], '/');
    printf("%s: %d inputs\n", name ? name + 1 : argv[0], total);
    return 0;
}
