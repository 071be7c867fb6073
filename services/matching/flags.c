#include "matching/flags.h"

#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "base/file.h"
#include "contract/protocol.h"
#include "matching/stdio_worker.h"

enum { DOCUMENT_BYTES_MAX = 1 << 30 };

/* A file may hold several batches, as accounting's answer to GET commands does. */
static bool batches_print(const struct str *file, struct str *out, struct err *err)
{
    for (size_t at = 0; at < file->length;) {
        struct batch_header header;
        struct batch batch;
        size_t left = file->length - at;
        size_t length = left;
        if (left >= sizeof(header)) {
            memcpy(&header, file->data + at, sizeof(header));
            length = header.bytes < left ? header.bytes : left;
        }
        bool is_results = left >= sizeof(header) && memcmp(header.magic, "BRR1", 4) == 0;
        if (!(is_results ? result_batch_read(file->data + at, length, &batch, err)
                         : command_batch_read(file->data + at, length, &batch, err)))
            return false;
        batch_print(out, &batch);
        at += length;
    }
    return true;
}

static int run_print_batch(struct service *service, const char *path)
{
    AUTO(str_release) struct str file = STR_INIT(DOCUMENT_BYTES_MAX);
    AUTO(str_release) struct str text = STR_INIT(DOCUMENT_BYTES_MAX);
    struct err err;
    if (!file_read(path, &file, &err) || !batches_print(&file, &text, &err))
        return service_flag_failed(service, path, &err);
    fwrite(str_data(&text), 1, text.length, stdout);
    return 0;
}

static int run_print_snapshot(struct service *service, const char *path)
{
    AUTO(str_release) struct str file = STR_INIT(DOCUMENT_BYTES_MAX);
    AUTO(str_release) struct str text = STR_INIT(DOCUMENT_BYTES_MAX);
    struct snapshot_header header;
    const uint8_t *orders;
    struct err err;
    if (!file_read(path, &file, &err) ||
        !snapshot_read(str_data(&file), file.length, &header, &orders, &err))
        return service_flag_failed(service, path, &err);
    snapshot_print(&text, &header, orders);
    fwrite(str_data(&text), 1, text.length, stdout);
    return 0;
}

static int run_stdio(struct service *service, const char *argument)
{
    struct err err;
    (void)argument;
    return stdio_worker_run(stdin, stdout, &err) ? 0
                                                 : service_flag_failed(service, "--stdio", &err);
}

const struct service_flag matching_flags[] = {
    {"--print-batch", "FILE", "Print a batch of commands or results as text.", false,
     run_print_batch},
    {"--print-snapshot", "FILE", "Print a snapshot as text.", false, run_print_snapshot},
    {"--stdio", NULL, "Match documents from standard input (deploy/protocol/matching.md).", false,
     run_stdio},
    {NULL},
};
