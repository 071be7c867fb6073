#include "matching/flags.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/str.h"
#include "contract/protocol.h"

enum { DOCUMENT_BYTES_MAX = 1 << 30, READ_BYTES = 64 * 1024 };

static bool read_file(const char *path, struct str *ret_bytes)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    for (;;) {
        char *room = str_reserve(ret_bytes, READ_BYTES);
        size_t got = room ? fread(room, 1, READ_BYTES, file) : 0;
        ret_bytes->length += got;
        if (got == 0)
            break;
    }
    bool whole = !ferror(file) && str_ok(ret_bytes);
    fclose(file);
    return whole;
}

static int refuse(const char *path, const struct err *err)
{
    fprintf(stderr, "bourse-matching: %s: %s\n", path, err->what);
    return 1;
}

static int run_print_batch(struct service *service, const char *path)
{
    AUTO(str_release) struct str bytes = STR_INIT(DOCUMENT_BYTES_MAX);
    AUTO(str_release) struct str text = STR_INIT(DOCUMENT_BYTES_MAX);
    struct batch batch;
    struct err err;
    (void)service;
    if (!read_file(path, &bytes)) {
        err_set(&err, ERR_NOT_FOUND, "can't read it");
        return refuse(path, &err);
    }
    if (!command_batch_read(str_data(&bytes), bytes.length, &batch, &err) &&
        !result_batch_read(str_data(&bytes), bytes.length, &batch, &err))
        return refuse(path, &err);
    batch_print(&text, &batch);
    fputs(str_data(&text), stdout);
    return 0;
}

static int run_print_snapshot(struct service *service, const char *path)
{
    AUTO(str_release) struct str bytes = STR_INIT(DOCUMENT_BYTES_MAX);
    AUTO(str_release) struct str text = STR_INIT(DOCUMENT_BYTES_MAX);
    struct snapshot_header header;
    const uint8_t *orders;
    struct err err;
    (void)service;
    if (!read_file(path, &bytes)) {
        err_set(&err, ERR_NOT_FOUND, "can't read it");
        return refuse(path, &err);
    }
    if (!snapshot_read(str_data(&bytes), bytes.length, &header, &orders, &err))
        return refuse(path, &err);
    snapshot_print(&text, &header, orders);
    fputs(str_data(&text), stdout);
    return 0;
}

const struct service_flag matching_flags[] = {
    {"--print-batch", "FILE", "Print a command or result batch as text, then exit.", false,
     run_print_batch},
    {"--print-snapshot", "FILE", "Print a snapshot as text, then exit.", false, run_print_snapshot},
    {NULL},
};
