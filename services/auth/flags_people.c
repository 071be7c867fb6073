#include "auth/flags_people.h"

#include <stdio.h>
#include <string.h>

#include "auth/actions/barong_import.h"
#include "auth/actions/operator_user.h"
#include "auth/actions/permission_import.h"
#include "auth/shell.h"
#include "auth/start.h"
#include "auth/state/config.h"
#include "auth/state/password_rules.h"
#include "auth/state/rules.h"
#include "auth/store/sessions.h"
#include "auth/store/users.h"
#include "crypto/crypto.h"
#include "crypto/password.h"
#include "secret/secret.h"

enum { ARENA_BYTES_MAX = 32 << 20, PASSWORD_LINE_SIZE = 256 };

/* What the actions of this file need; people_close() closes it whatever this said. */
static bool people_open(struct service *service, struct shell *shell, struct err *err)
{
    const struct auth_config *config = service->config;
    return shell_open(service, ARENA_BYTES_MAX, shell, err) &&
           rules_open(config->rules_file, &shell->app.rules, err) &&
           password_rules_open(config, &shell->app.password_rules, err) &&
           password_gate_new(1, 0, &shell->app.passwords, err);
}

/* The exit status. */
static int people_close(struct shell *shell, const char *flag, bool done, const struct err *err)
{
    password_gate_free(shell->app.passwords);
    password_rules_free(shell->app.password_rules);
    rules_free(shell->app.rules);
    shell_close(shell);
    if (!done)
        fprintf(stderr, "bourse-auth: %s: %s\n", flag, err->what);
    return done ? 0 : 1;
}

/* Not an argument: those are seen by everybody who lists processes. */
static bool read_password(char password[static PASSWORD_LINE_SIZE], struct err *err)
{
    if (!fgets(password, PASSWORD_LINE_SIZE, stdin))
        return err_set(err, ERR_INVALID, "no password on the standard input");
    password[strcspn(password, "\r\n")] = '\0';
    return true;
}

int people_flag_create_admin(struct service *service, const char *email)
{
    char password[PASSWORD_LINE_SIZE] = "";
    struct shell shell;
    struct user user;
    struct err err;
    bool done = people_open(service, &shell, &err) && read_password(password, &err) &&
                operator_create_admin(&shell.call, email, password, &user, &err);
    bytes_wipe(password, sizeof(password));
    if (done)
        printf("%s is a superadmin\n", user.uid);
    return people_close(&shell, "--create-admin", done, &err);
}

static void print_session(const struct session_row *row)
{
    char id[2 * SESSION_ID_SIZE + 1], created[CLOCK_ISO_SIZE], expires[CLOCK_ISO_SIZE];
    for (size_t i = 0; i < SESSION_ID_SIZE; i++)
        snprintf(id + 2 * i, 3, "%02x", row->session.id[i]);
    printf("%.16s %s %s %s %s\n", id, clock_iso(row->session.created_at, created),
           clock_iso(row->session.expires_at, expires), row->session.user_ip, row->user_agent);
}

int people_flag_sessions(struct service *service, const char *uid)
{
    struct session_row *rows;
    size_t count = 0;
    struct shell shell;
    struct user user;
    struct err err;
    bool done = people_open(service, &shell, &err) &&
                users_by_uid(shell.call.db, NULL, uid, &user, &err) &&
                sessions_of_user(shell.call.db, shell.call.arena, user.id, shell.call.now_us, &rows,
                                 &count, &err);
    for (size_t i = 0; i < count; i++)
        print_session(&rows[i]);
    return people_close(&shell, "--sessions", done, &err);
}

int people_flag_end_sessions(struct service *service, const char *uid)
{
    struct shell shell;
    struct err err;
    bool done = people_open(service, &shell, &err) && operator_end_sessions(&shell.call, uid, &err);
    if (done)
        printf("%s has no session any more\n", uid);
    return people_close(&shell, "--end-sessions", done, &err);
}

int people_flag_import(struct service *service, const char *file)
{
    struct import_counts counts;
    struct shell shell;
    struct err err;
    bool done = people_open(service, &shell, &err) && auth_open_secrets(&shell.app, &err) &&
                barong_import(&shell.call, file, &counts, &err);
    secret_store_close(shell.app.secrets);
    if (done)
        printf("users: %llu added, %llu here already, %llu of the new ones need --reset-factors\n"
               "labels: %llu, data storages: %llu, comments: %llu, permissions: %llu, "
               "restrictions: %llu\nprofiles: %llu, phones: %llu, documents: %llu, "
               "service accounts: %llu, API keys: %llu, whose scope opens nothing: %llu\n"
               "rows left out (sealed with Barong's keys, or its log): %llu\n",
               (unsigned long long)counts.users, (unsigned long long)counts.known_users,
               (unsigned long long)counts.factors, (unsigned long long)counts.labels,
               (unsigned long long)counts.storages, (unsigned long long)counts.comments,
               (unsigned long long)counts.permissions, (unsigned long long)counts.restrictions,
               (unsigned long long)counts.profiles, (unsigned long long)counts.phones,
               (unsigned long long)counts.documents, (unsigned long long)counts.accounts,
               (unsigned long long)counts.api_keys, (unsigned long long)counts.dead_keys,
               (unsigned long long)counts.left_out);
    return people_close(&shell, "--import-barong", done, &err);
}

int people_flag_permissions(struct service *service, const char *file)
{
    struct shell shell;
    uint64_t count;
    struct err err;
    bool done =
        people_open(service, &shell, &err) && permission_import(&shell.call, file, &count, &err);
    if (done)
        printf("%llu permissions\n", (unsigned long long)count);
    return people_close(&shell, "--import-permissions", done, &err);
}
