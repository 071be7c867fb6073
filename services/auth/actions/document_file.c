#include "auth/actions/document_file.h"

#include <string.h>

#include "auth/actions/event_person.h"
#include "auth/actions/kyc.h"
#include "auth/actions/label_set.h"
#include "auth/actions/providers.h"
#include "auth/state/config.h"
#include "auth/state/rules.h"
#include "auth/store/documents.h"
#include "auth/store/users.h"
#include "base/auto.h"
#include "base/random.h"
#include "json/read.h"
#include "scan/scan.h"
#include "storage/storage.h"

const char document_store_is_away[] = "Connection error";

enum { NAME_BYTES = 16, IDENTIFICATOR_SIZE = 2 * NAME_BYTES + 1 };

struct filing {
    struct call *call;
    uint64_t user_id;
    const struct document_filing *asked;
    char expire[DATE_SIZE], issue[DATE_SIZE]; /* "": none */
    char identificator[IDENTIFICATOR_MAX + 1];
    char uploads[DOCUMENT_FILES_MAX][DOCUMENT_UPLOAD_SIZE];
    size_t uploads_count; /* are in the file store */
};

/* ---- rules ---- */

static bool is_blank(const char *text)
{
    return !text || text[strspn(text, " \t\r\n")] == '\0';
}

static bool check_expire(struct filing *filing, struct err *err)
{
    char today[DATE_SIZE];
    if (filing->asked->is_address || !filing->call->app->config->required_docs_expire)
        return true;
    if (filing->expire[0] == '\0')
        return err_set_key(err, ERR_INVALID, "resource.documents.invalid_format", "no last day");
    date_of(filing->call->now_us, today);
    return strcmp(filing->expire, today) >= 0 ||
           err_set_key(err, ERR_INVALID, "resource.documents.already_expired", "it is over");
}

static bool check_room(struct filing *filing, struct err *err)
{
    uint64_t limit = filing->call->app->config->doc_num_limit, count;
    size_t files = filing->asked->files.count + filing->asked->files.others;
    if (!documents_count(filing->call->db, filing->user_id, &count, err))
        return false;
    if (count > limit)
        return err_set_key(err, ERR_REQUEST_INVALID, "resource.documents.limit_reached",
                           "%llu files", (unsigned long long)count);
    return (files <= DOCUMENT_FILES_MAX && count + files <= limit) ||
           err_set_key(err, ERR_REQUEST_INVALID, "resource.documents.limit_will_be_reached",
                       "%llu files and %zu more", (unsigned long long)count, files);
}

static void check_texts(const struct filing *filing, struct mistakes *mistakes)
{
    const struct document_filing *asked = filing->asked;
    struct err ignored;
    if (!rules_has(filing->call->app->rules, RULES_DOCUMENT_TYPES, asked->doc_type))
        mistake_add(mistakes, "doc_type.inclusion");
    if (asked->doc_number)
        document_number_check(asked->doc_number, mistakes);
    if (!is_blank(asked->doc_issue) && filing->issue[0] == '\0')
        mistake_add(mistakes, "doc_issue.invalid");
    if (asked->identificator && strlen(asked->identificator) > IDENTIFICATOR_MAX)
        mistake_add(mistakes, "identificator.too_long");
    if (!is_blank(asked->metadata) &&
        !json_check(asked->metadata, strlen(asked->metadata), &ignored))
        mistake_add(mistakes, "metadata.invalid_format");
    if (asked->metadata && strlen(asked->metadata) > DOCUMENT_METADATA_BYTES_MAX)
        mistake_add(mistakes, "metadata.too_long");
}

static void check_files(const struct filing *filing, enum upload_kind *ret_kinds,
                        struct mistakes *mistakes)
{
    const struct auth_config *config = filing->call->app->config;
    const struct param_files *files = &filing->asked->files;
    const struct upload_limits limits = {.bytes_min = config->upload_size_min,
                                         .bytes_max = (size_t)config->upload_size_max_mb << 20,
                                         .extensions = config->upload_extensions};
    if (files->others > 0)
        mistake_add(mistakes, "upload.blank");
    for (size_t i = 0; i < files->count; i++)
        upload_check(files->items[i], &limits, &ret_kinds[i], mistakes);
}

/* ---- the file store ---- */

static void random_hex(char *text)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t bytes[NAME_BYTES];
    random_bytes(bytes, sizeof(bytes));
    for (size_t i = 0; i < sizeof(bytes); i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    text[IDENTIFICATOR_SIZE - 1] = '\0';
}

static bool store_one(struct filing *filing, const struct param_file *file, enum upload_kind kind,
                      struct err *err)
{
    char name[IDENTIFICATOR_SIZE], *key = filing->uploads[filing->uploads_count];
    random_hex(name);
    snprintf(key, DOCUMENT_UPLOAD_SIZE, "documents/%.2s/%s.%s", name, name, upload_extension(kind));
    if (!storage_put(filing->call->app->storage, key, upload_media_type(kind), file->bytes,
                     file->length, err)) {
        err->key = document_store_is_away;
        return false;
    }
    filing->uploads_count++;
    return true;
}

static bool scan_all(const struct filing *filing, struct mistakes *mistakes, struct err *err)
{
    const char *scanner = filing->call->app->config->upload_scanner;
    const struct param_files *files = &filing->asked->files;
    bool scanned = true, is_clean = true;
    if (scanner[0] == '\0')
        return true;
    if (!providers_enter(filing->call->app, err))
        return false;
    for (size_t i = 0; scanned && is_clean && i < files->count; i++)
        scanned =
            scan_bytes(scanner, files->items[i]->bytes, files->items[i]->length, &is_clean, err);
    providers_leave(filing->call->app);
    if (!scanned)
        err->key = document_store_is_away;
    if (!is_clean) {
        mistake_add(mistakes, "upload.File content is dangerous");
        mistake_add(mistakes, "upload.blank");
    }
    return scanned;
}

static bool store_all(struct filing *filing, const enum upload_kind *kinds, struct err *err)
{
    const struct param_files *files = &filing->asked->files;
    bool stored = true;
    if (!providers_enter(filing->call->app, err))
        return false;
    for (size_t i = 0; stored && i < files->count; i++)
        stored = store_one(filing, files->items[i], kinds[i], err);
    providers_leave(filing->call->app);
    return stored;
}

/* What can't be taken out again is a file without a row: nobody gets a link to it. */
static void take_out(struct filing *filing)
{
    struct err ignored;
    for (size_t i = 0; i < filing->uploads_count; i++)
        (void)!storage_delete(filing->call->app->storage, filing->uploads[i], &ignored);
}

/* ---- the rows ---- */

static bool insert_one(struct filing *filing, const char *upload, const struct user *user,
                       struct err *err)
{
    const struct document_filing *asked = filing->asked;
    struct call *call = filing->call;
    AUTO(str_release) struct str link = STR_INIT(STORAGE_URL_BYTES_MAX);
    struct document document = {.user_id = user->id,
                                .doc_type = asked->doc_type,
                                .doc_number = asked->doc_number,
                                .doc_category = asked->doc_category,
                                .identificator = filing->identificator,
                                .metadata = is_blank(asked->metadata) ? NULL : asked->metadata};
    const int64_t lifetime_s = (int64_t)call->app->config->upload_auth_url_expiration_min * 60;
    memcpy(document.upload, upload, sizeof(document.upload));
    memcpy(document.doc_expire, filing->expire, sizeof(document.doc_expire));
    memcpy(document.doc_issue, filing->issue, sizeof(document.doc_issue));
    return documents_insert(call->db, call->app->secrets, call->arena, &document, call->now_us,
                            err) &&
           storage_link(call->app->storage, upload, lifetime_s, &link, err) &&
           event_document_created(call->db, &document, str_data(&link), user, err);
}

static bool ask_for_check(struct filing *filing, struct user *user, const char *key,
                          struct err *err)
{
    const struct label_change change = {.key = key, .value = "pending", .scope = LABEL_PRIVATE};
    return filing->asked->label_kept || label_set(filing->call, user, &change, err);
}

/* With a provider the check begins when all sides of the document are there. */
static bool documents_filed(struct filing *filing, struct user *user, struct err *err)
{
    struct call *call = filing->call;
    struct document *documents;
    size_t count;
    if (kyc_is_local(call))
        return ask_for_check(filing, user, "document", err);
    uint64_t needed = kyc_files_of(filing->asked->doc_type);
    if (needed == 0)
        return true;
    if (!documents_of_user(call->db, call->app->secrets, call->arena, user->id,
                           filing->identificator, &documents, &count, err))
        return false;
    return count != needed || (ask_for_check(filing, user, "document", err) &&
                               kyc_documents_complete(call, user, filing->identificator, err));
}

static bool unit(struct db *db, void *arg, struct err *err)
{
    struct filing *filing = arg;
    struct call *call = filing->call;
    struct user user;
    if (!users_lock_by_id(db, call->arena, filing->user_id, &user, err) || !check_room(filing, err))
        return false;
    for (size_t i = 0; i < filing->uploads_count; i++)
        if (!insert_one(filing, filing->uploads[i], &user, err))
            return false;
    if (!filing->asked->is_address)
        return documents_filed(filing, &user, err);
    return ask_for_check(filing, &user, "address", err) &&
           kyc_address_filed(call, &user, filing->identificator, err);
}

static void take_identificator(struct filing *filing)
{
    const char *given = filing->asked->identificator;
    if (is_blank(given))
        random_hex(filing->identificator);
    else
        snprintf(filing->identificator, sizeof(filing->identificator), "%s", given);
}

bool document_file(struct call *call, const struct user *user, const struct document_filing *asked,
                   struct mistakes *mistakes, struct err *err)
{
    struct filing *filing = arena_alloc(call->arena, sizeof(*filing));
    enum upload_kind kinds[DOCUMENT_FILES_MAX];
    if (!filing)
        return err_set(err, ERR_BUSY, "no memory for documents");
    *filing = (struct filing){.call = call, .user_id = user->id, .asked = asked};
    if (!is_blank(asked->doc_expire) && !date_parse(asked->doc_expire, filing->expire))
        mistake_add(mistakes, "doc_expire.invalid");
    if (!is_blank(asked->doc_issue) && !date_parse(asked->doc_issue, filing->issue))
        filing->issue[0] = '\0';
    if (!check_expire(filing, err) || !check_room(filing, err))
        return false;
    check_texts(filing, mistakes);
    check_files(filing, kinds, mistakes);
    if (mistakes->count == 0 && !scan_all(filing, mistakes, err))
        return false;
    if (mistakes->count > 0)
        return true;
    take_identificator(filing);
    bool done = store_all(filing, kinds, err) && db_transaction(call->db, unit, filing, err);
    if (!done && err->code != ERR_DB_UNKNOWN)
        take_out(filing);
    return done;
}
