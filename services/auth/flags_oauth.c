#include "auth/flags_oauth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/actions/call.h"
#include "auth/actions/oauth_register.h"
#include "auth/domain/oauth_error.h"
#include "auth/shell.h"
#include "auth/state/config.h"
#include "auth/store/oauth_endings.h"
#include "auth/store/oauth_grants.h"
#include "auth/store/users.h"
#include "base/auto.h"
#include "json/field.h"

enum { ARENA_BYTES_MAX = 64 << 20, OUT_BYTES_MAX = 256 * 1024, PAGE_ROWS = 1000 };

/* Opens, works, tells, closes. */
static int run(struct service *service, const char *argument,
               bool (*work)(struct call *call, const char *argument, struct err *err))
{
    struct shell shell;
    struct err err;
    bool good =
        shell_open(service, ARENA_BYTES_MAX, &shell, &err) && work(&shell.call, argument, &err);
    if (!good)
        fprintf(stderr, "bourse-auth: %s\n", err.what);
    shell_close(&shell);
    return good ? 0 : 1;
}

static void print_registered(const struct call *call, const struct oauth_registered *registered)
{
    AUTO(str_release) struct str out = STR_INIT(OUT_BYTES_MAX);
    oauth_registered_write(call->app, registered, &out);
    printf("%s\n", str_data(&out));
}

static bool file_read(const char *path, struct arena *arena, const char **ret_text,
                      size_t *ret_length, struct err *err)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    char *text = file ? arena_alloc(arena, OAUTH_METADATA_BYTES_MAX + 2) : NULL;
    size_t length = text ? fread(text, 1, OAUTH_METADATA_BYTES_MAX + 1, file) : 0;
    if (file && file != stdin)
        fclose(file);
    if (length == 0)
        return err_set(err, ERR_INVALID, "%s can't be read, or is empty", path);
    *ret_text = text;
    *ret_length = length;
    return true;
}

/* ---- clients ---- */

static bool clients(struct call *call, const char *argument, struct err *err)
{
    struct oauth_client_row *rows;
    size_t count = PAGE_ROWS;
    uint64_t total;
    (void)argument;
    for (size_t offset = 0; count == PAGE_ROWS; offset += count) {
        if (!oauth_clients_list(call->db, call->arena, offset, PAGE_ROWS, &rows, &count, &total,
                                err))
            return false;
        for (size_t i = 0; i < count; i++)
            print_registered(call, &(struct oauth_registered){.row = rows[i]});
    }
    return true;
}

int oauth_flag_clients(struct service *service, const char *argument)
{
    return run(service, argument, clients);
}

static bool client_add(struct call *call, const char *path, struct err *err)
{
    struct oauth_registered made;
    const char *text;
    size_t length;
    if (!file_read(path, call->arena, &text, &length, err) ||
        !oauth_client_create(call, NULL, text, length, true, &made, err))
        return false;
    print_registered(call, &made);
    return true;
}

int oauth_flag_client_add(struct service *service, const char *file)
{
    return run(service, file, client_add);
}

static bool client_change(struct call *call, const char *argument, struct err *err)
{
    struct oauth_registered changed;
    struct oauth_client_row row;
    const char *equals = strchr(argument, '='), *text;
    const char *id =
        equals ? arena_strndup(call->arena, argument, (size_t)(equals - argument)) : "";
    size_t length;
    if (!equals || !id)
        return err_set(err, ERR_INVALID, "ID=FILE is wanted");
    if (!file_read(equals + 1, call->arena, &text, &length, err) ||
        !oauth_clients_find(call->db, call->arena, id, &row, err) ||
        !oauth_client_replace(call, NULL, &row, text, length, true, -1, &changed, err))
        return false;
    print_registered(call, &changed);
    return true;
}

int oauth_flag_client_change(struct service *service, const char *argument)
{
    return run(service, argument, client_change);
}

static bool client_secret(struct call *call, const char *client_id, struct err *err)
{
    struct oauth_registered changed;
    struct oauth_client_row row;
    if (!oauth_clients_find(call->db, call->arena, client_id, &row, err) ||
        !oauth_client_new_secret(call, NULL, &row, &changed, err))
        return false;
    print_registered(call, &changed);
    return true;
}

int oauth_flag_client_secret(struct service *service, const char *client_id)
{
    return run(service, client_id, client_secret);
}

static bool client_remove(struct call *call, const char *client_id, struct err *err)
{
    struct oauth_client_row row;
    return oauth_clients_find(call->db, call->arena, client_id, &row, err) &&
           oauth_client_remove(call, NULL, &row, err);
}

int oauth_flag_client_remove(struct service *service, const char *client_id)
{
    return run(service, client_id, client_remove);
}

/* ---- grants ---- */

static void print_grant(const struct oauth_grant_row *row)
{
    AUTO(str_release) struct str out = STR_INIT(OUT_BYTES_MAX);
    char scopes[SCOPES_TEXT_MAX], created[CLOCK_ISO_SIZE], expires[CLOCK_ISO_SIZE];
    str_add(&out, "{\"id\":");
    json_write_string(&out, row->grant.grant_id);
    str_add(&out, ",\"client_id\":");
    json_write_string(&out, row->client_id);
    str_add(&out, ",\"client_name\":");
    json_write_string(&out, row->client_name);
    str_add_format(&out, ",\"scope\":\"%s\",\"created_at\":\"%s\",\"expires_at\":\"%s\"}",
                   scopes_text(row->grant.scopes, scopes),
                   clock_iso(row->grant.created_at, created),
                   clock_iso(row->grant.expires_at, expires));
    printf("%s\n", str_data(&out));
}

static bool grants(struct call *call, const char *uid, struct err *err)
{
    struct oauth_grant_row *rows;
    struct user user;
    size_t count;
    uint64_t total;
    if (!users_by_uid(call->db, call->arena, uid, &user, err) ||
        !oauth_grants_page(call->db, call->arena, user.id, 0, call->now_us, 0, PAGE_ROWS, &rows,
                           &count, &total, err))
        return false;
    for (size_t i = 0; i < count; i++)
        print_grant(&rows[i]);
    return true;
}

int oauth_flag_grants(struct service *service, const char *uid)
{
    return run(service, uid, grants);
}

struct ending {
    uint64_t user_id;
    int64_t now_us;
};

static bool end_unit(struct db *db, void *arg, struct err *err)
{
    const struct ending *ending = arg;
    return oauth_end_user(db, ending->user_id, "operator", ending->now_us, err);
}

static bool grants_end(struct call *call, const char *uid, struct err *err)
{
    struct user user;
    if (!users_by_uid(call->db, call->arena, uid, &user, err))
        return false;
    struct ending ending = {user.id, call->now_us};
    return db_transaction(call->db, end_unit, &ending, err);
}

int oauth_flag_grants_end(struct service *service, const char *uid)
{
    return run(service, uid, grants_end);
}
