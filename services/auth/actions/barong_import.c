#include "auth/actions/barong_import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/actions/barong_rows.h"
#include "auth/domain/email.h"
#include "auth/store/comments.h"
#include "auth/store/data_storages.h"
#include "auth/store/labels.h"
#include "auth/store/seeds.h"
#include "auth/store/service_accounts.h"
#include "auth/store/users.h"
#include "auth/state/config.h"
#include "base/clock.h"
#include "crypto/crypto.h"
#include "crypto/password.h"

/* ---- values ---- */

const char *dump_text(const struct dump_row *row, const char *column)
{
    return dump_row_get(row, column).bytes;
}

uint64_t dump_number(const struct dump_row *row, const char *column)
{
    const char *text = dump_text(row, column);
    uint64_t number;
    return text && str_to_u64(text, &number) ? number : 0;
}

bool dump_refuse(const struct dump_row *row, struct err *err, const char *what)
{
    return err_set(err, ERR_INVALID, "line %u: %s: %s", row->line, row->table, what);
}

bool dump_copy(char *room, size_t size, const char *text)
{
    if (!text || strlen(text) >= size)
        return false;
    memcpy(room, text, strlen(text) + 1);
    return true;
}

int64_t dump_time(const struct import *import, const struct dump_row *row, const char *column)
{
    const char *text = dump_text(row, column);
    int64_t time_us;
    return text && clock_parse_iso(text, &time_us) ? time_us : import->call->now_us;
}

/* ---- users ---- */

static bool remember(struct pairs *pairs, struct pair pair, struct err *err)
{
    if (pairs->count == pairs->room) {
        size_t room = pairs->room ? 2 * pairs->room : 1024;
        struct pair *more =
            room <= IMPORT_USERS_MAX ? realloc(pairs->list, room * sizeof(*more)) : NULL;
        if (!more)
            return err_set(err, ERR_INTERNAL, "too many users or service accounts");
        pairs->list = more;
        pairs->room = room;
    }
    pairs->list[pairs->count++] = pair;
    return true;
}

static bool is_here(struct import *import, const struct user *user, bool *ret_here, struct err *err)
{
    struct db *db = import->call->db;
    struct user known;
    *ret_here = users_by_email(db, NULL, user->email, &known, err) ||
                (err->code == ERR_NOT_FOUND && users_by_uid(db, NULL, user->uid, &known, err));
    return *ret_here || err->code == ERR_NOT_FOUND;
}

static bool user_read(const struct dump_row *row, struct user *user, struct err *err)
{
    const char *username = dump_text(row, "username");
    *user = (struct user){.level = (int32_t)(dump_number(row, "level") % 1000),
                          .otp = dump_number(row, "otp") != 0,
                          .data = dump_text(row, "data")};
    if (!dump_copy(user->uid, sizeof(user->uid), dump_text(row, "uid")) || !user->uid[0])
        return dump_refuse(row, err, "no uid");
    if (!dump_copy(user->email, sizeof(user->email), dump_text(row, "email")) ||
        !email_is_valid(user->email))
        return dump_refuse(row, err, "no e-mail address");
    if (!dump_copy(user->role, sizeof(user->role), dump_text(row, "role")) ||
        !dump_copy(user->state, sizeof(user->state), dump_text(row, "state")) ||
        !dump_copy(user->username, sizeof(user->username), username ? username : ""))
        return dump_refuse(row, err, "role, state or username is too long or missing");
    return true;
}

static bool take_user(struct import *import, const struct dump_row *row, struct err *err)
{
    struct call *call = import->call;
    struct pair pair = {.old_id = dump_number(row, "id"),
                        .old_referrer = dump_number(row, "referral_id")};
    const char *digest = dump_text(row, "password_digest");
    struct user user;
    bool here;
    if (!user_read(row, &user, err) || !is_here(import, &user, &here, err))
        return false;
    if (here) {
        import->counts.known_users++;
        return remember(&import->users, pair, err);
    }
    if (!digest || !password_hash_is_known(digest))
        return dump_refuse(row, err, "no bcrypt digest");
    if (!uid_claim(call->db, user.uid, "user", err) ||
        !users_insert(call->db, &user, digest, dump_time(import, row, "created_at"), err))
        return err_wrap(err, "line %u", row->line);
    import->counts.users++;
    import->counts.factors += user.otp;
    pair.new_id = user.id;
    return remember(&import->users, pair, err);
}

static int compare_pairs(const void *a, const void *b)
{
    const struct pair *left = a, *right = b;
    return (left->old_id > right->old_id) - (left->old_id < right->old_id);
}

static void sort(struct pairs *pairs)
{
    if (pairs->count > 0)
        qsort(pairs->list, pairs->count, sizeof(*pairs->list), compare_pairs);
}

/* The id that it has here; 0: not of the dump, or here before. */
static uint64_t id_of(const struct pairs *pairs, uint64_t old_id)
{
    struct pair wanted = {.old_id = old_id};
    const struct pair *pair = pairs->count > 0 ? bsearch(&wanted, pairs->list, pairs->count,
                                                         sizeof(wanted), compare_pairs)
                                               : NULL;
    return pair ? pair->new_id : 0;
}

static bool set_referrers(const struct import *import, struct err *err)
{
    for (size_t i = 0; i < import->users.count; i++) {
        const struct pair *pair = &import->users.list[i];
        uint64_t referrer =
            pair->new_id && pair->old_referrer ? id_of(&import->users, pair->old_referrer) : 0;
        if (referrer && !users_set_referrer(import->call->db, pair->new_id, referrer, err))
            return false;
    }
    return true;
}

/* ---- service accounts ---- */

static bool account_is_here(struct db *db, const struct service_account *account, bool *ret_here,
                            struct err *err)
{
    struct service_account known;
    *ret_here =
        service_accounts_by_uid(db, account->uid, &known, err) ||
        (err->code == ERR_NOT_FOUND && service_accounts_by_email(db, account->email, &known, err));
    return *ret_here || err->code == ERR_NOT_FOUND;
}

static bool account_read(const struct dump_row *row, struct service_account *account,
                         struct err *err)
{
    *account = (struct service_account){.level = (int32_t)(dump_number(row, "level") % 1000)};
    return (dump_copy(account->uid, sizeof(account->uid), dump_text(row, "uid")) &&
            account->uid[0] &&
            dump_copy(account->email, sizeof(account->email), dump_text(row, "email")) &&
            dump_copy(account->role, sizeof(account->role), dump_text(row, "role")) &&
            dump_copy(account->state, sizeof(account->state), dump_text(row, "state"))) ||
           dump_refuse(row, err, "uid, email, role or state is too long or missing");
}

/* With its owner's account here already it stays behind, as all that is his. */
static bool take_account(struct import *import, const struct dump_row *row, struct err *err)
{
    struct db *db = import->call->db;
    struct pair pair = {.old_id = dump_number(row, "id")};
    uint64_t old_owner = dump_number(row, "owner_id");
    struct service_account account;
    bool here;
    if (!account_read(row, &account, err) || !account_is_here(db, &account, &here, err))
        return false;
    account.owner_id = id_of(&import->users, old_owner);
    if (here || (old_owner && !account.owner_id)) {
        import->counts.left_out++;
        return remember(&import->accounts, pair, err);
    }
    if (!uid_claim(db, account.uid, "service_account", err) ||
        !service_accounts_insert(db, &account, dump_time(import, row, "created_at"), err))
        return err_wrap(err, "line %u", row->line);
    import->counts.accounts++;
    pair.new_id = account.id;
    return remember(&import->accounts, pair, err);
}

/* ---- what belongs to them ---- */

static bool take_label(struct import *import, const struct dump_row *row, uint64_t user_id,
                       struct err *err)
{
    struct label label = {.user_id = user_id, .description = dump_text(row, "description")};
    const char *scope = dump_text(row, "scope");
    if (!scope || !label_scope_parse(scope, &label.scope) ||
        !dump_copy(label.key, sizeof(label.key), dump_text(row, "key")) ||
        !dump_copy(label.value, sizeof(label.value), dump_text(row, "value")))
        return dump_refuse(row, err, "key, value or scope");
    import->counts.labels++;
    return labels_insert(import->call->db, &label, dump_time(import, row, "created_at"), err);
}

static bool take_storage(struct import *import, const struct dump_row *row, uint64_t user_id,
                         struct err *err)
{
    struct data_storage storage = {
        .user_id = user_id, .title = dump_text(row, "title"), .data = dump_text(row, "data")};
    if (!storage.title || !storage.data || strlen(storage.title) > STORAGE_TITLE_MAX)
        return dump_refuse(row, err, "title or data");
    import->counts.storages++;
    return data_storages_insert(import->call->db, &storage, dump_time(import, row, "created_at"),
                                err);
}

static bool take_comment(struct import *import, const struct dump_row *row, uint64_t user_id,
                         struct err *err)
{
    struct comment comment = {.user_id = user_id,
                              .author_uid = dump_text(row, "author_uid"),
                              .title = dump_text(row, "title"),
                              .data = dump_text(row, "data"),
                              .created_at = dump_time(import, row, "created_at"),
                              .updated_at = dump_time(import, row, "created_at")};
    if (!comment.author_uid || !comment.title || !comment.data)
        return dump_refuse(row, err, "author, title or data");
    import->counts.comments++;
    return comments_insert(import->call->db, &comment, err);
}

static bool take_permission(struct import *import, const struct dump_row *row, struct err *err)
{
    const struct permission_seed seed = {.role = dump_text(row, "role"),
                                         .verb = dump_text(row, "verb"),
                                         .path = dump_text(row, "path"),
                                         .action = dump_text(row, "action"),
                                         .topic = dump_text(row, "topic")};
    bool added = false;
    if (!seed.role || !seed.verb || !seed.path || !seed.action)
        return dump_refuse(row, err, "role, verb, path or action");
    if (!seed_permission(import->call->db, &seed, &added, err))
        return false;
    import->counts.permissions += added;
    return true;
}

static bool take_restriction(struct import *import, const struct dump_row *row, struct err *err)
{
    const struct restriction_seed seed = {
        .category = dump_text(row, "category"),
        .scope = dump_text(row, "scope"),
        .value = dump_text(row, "value"),
        .state = dump_text(row, "state"),
        .code = {(int64_t)dump_number(row, "code"), dump_text(row, "code") != NULL}};
    bool added = false;
    if (!seed.category || !seed.scope || !seed.value || !seed.state)
        return dump_refuse(row, err, "category, scope, value or state");
    if (!seed_restriction(import->call->db, &seed, &added, err))
        return false;
    import->counts.restrictions += added;
    return true;
}

/* Tables whose rows belong to a user, then those of the platform. */
static const struct {
    const char *table;
    bool (*take)(struct import *import, const struct dump_row *row, uint64_t user_id,
                 struct err *err);
} owned[] = {{"labels", take_label},
             {"data_storages", take_storage},
             {"comments", take_comment},
             {"documents", barong_take_document},
             {"profiles", barong_take_profile},
             {"phones", barong_take_phone}};
static const struct {
    const char *table;
    bool (*take)(struct import *import, const struct dump_row *row, struct err *err);
} common[] = {{"permissions", take_permission}, {"restrictions", take_restriction}};

static bool take_api_key(struct import *import, const struct dump_row *row, struct err *err)
{
    const char *type = dump_text(row, "key_holder_account_type");
    uint64_t old_id = dump_number(row, "key_holder_account_id");
    struct key_holder holder = {.user_id = 0};
    if (type && strcmp(type, "User") == 0)
        holder.user_id = id_of(&import->users, old_id);
    else if (type && strcmp(type, "ServiceAccount") == 0)
        holder.service_account_id = id_of(&import->accounts, old_id);
    else
        return dump_refuse(row, err, "key_holder_account_type");
    return (!holder.user_id && !holder.service_account_id) ||
           barong_take_api_key(import, row, holder, err) || err_wrap(err, "line %u", row->line);
}

static bool take_rest(struct import *import, const struct dump_row *row, struct err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(owned); i++) {
        if (strcmp(owned[i].table, row->table) != 0)
            continue;
        uint64_t owner_id = id_of(&import->users, dump_number(row, "user_id"));
        return !owner_id || owned[i].take(import, row, owner_id, err) ||
               err_wrap(err, "line %u", row->line);
    }
    for (size_t i = 0; i < ARRAY_LEN(common); i++)
        if (strcmp(common[i].table, row->table) == 0)
            return common[i].take(import, row, err);
    if (strcmp(row->table, "apikeys") == 0)
        return take_api_key(import, row, err);
    import->counts.left_out +=
        strcmp(row->table, "users") != 0 && strcmp(row->table, "service_accounts") != 0;
    return true;
}

/* ---- the file ---- */

static bool take(void *arg, const struct dump_row *row, struct err *err)
{
    struct import *import = arg;
    bool ok = true;
    if (import->pass == PASS_REST)
        ok = take_rest(import, row, err);
    else if (import->pass == PASS_USERS && strcmp(row->table, "users") == 0)
        ok = take_user(import, row, err);
    else if (import->pass == PASS_ACCOUNTS && strcmp(row->table, "service_accounts") == 0)
        ok = take_account(import, row, err);
    arena_reset(import->call->arena); /* millions of rows: nothing is kept of one */
    return ok;
}

static size_t read_file(void *arg, char *buffer, size_t size)
{
    return fread(buffer, 1, size, arg);
}

static bool import_unit(struct db *db, void *arg, struct err *err)
{
    struct import *import = arg;
    struct dump_source source = {read_file, import->file};
    import->users.count = import->accounts.count = 0;
    import->keys.secret = import->call->app->config->barong_secret_key_base;
    import->counts = (struct import_counts){0};
    for (import->pass = PASS_USERS; import->pass < PASS_MAX; import->pass++) {
        rewind(import->file);
        if (!dump_read(&source, take, import, err))
            return false;
        if (ferror(import->file))
            return err_set(err, ERR_INTERNAL, "reading the file: %m");
        sort(import->pass == PASS_USERS ? &import->users : &import->accounts);
    }
    return set_referrers(import, err) && seed_announce(db, err);
}

bool barong_import(struct call *call, const char *path, struct import_counts *ret_counts,
                   struct err *err)
{
    struct import import = {.call = call, .file = fopen(path, "re")};
    if (!import.file)
        return err_set(err, ERR_CONFIG, "can't read %s: %m", path);
    bool ok = db_transaction(call->db, import_unit, &import, err);
    fclose(import.file);
    free(import.users.list);
    free(import.accounts.list);
    bytes_wipe(&import.keys, sizeof(import.keys));
    if (!ok)
        return err_wrap(err, "%s", path);
    *ret_counts = import.counts;
    return true;
}
