#include "auth/actions/seed.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "auth/actions/seed_files.h"
#include "auth/state/config.h"
#include "auth/store/seeds.h"
#include "base/auto.h"

enum { SEED_ARENA_BYTES_MAX = 8 << 20, PATH_BYTES_MAX = 1024 };

DEFINE_AUTO(struct arena, arena_free);

static void seed_say(const struct seed *seed, const char *format, ...) PRINTF(2, 3);
static void seed_say(const struct seed *seed, const char *format, ...)
{
    char line[SEED_LINE_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    seed->say(line);
}

static void seed_mistake(struct seed *seed, const struct tree_node *node, const struct err *err)
{
    struct err placed = *err;
    if (node && err->code != ERR_CONFIG)
        tree_fail(node, &placed, "%s", err->what);
    seed->mistakes++;
    seed_say(seed, "%s", placed.what);
}

/* A row that breaks a rule is a mistake of the file; a database that fails ends the run. */
static bool is_mistake(const struct err *err)
{
    return err_retry(err->code) == ERR_FINAL && err->code != ERR_INTERNAL;
}

static bool add_row(struct seed *seed, const struct seed_file *file, const struct tree_node *row,
                    struct err *err)
{
    char label[SEED_LINE_SIZE] = "";
    bool added = false;
    void *draft = arena_alloc(seed->call.arena, file->draft_size);
    if (!draft)
        return err_set(err, ERR_INTERNAL, "%s is too large", file->name);
    if (!seed_read(row, file->fields, seed->call.arena, draft, err) ||
        !file->add(seed, draft, &added, label, err)) {
        if (!is_mistake(err))
            return err_wrap(err, "%s", file->name);
        seed_mistake(seed, row, err);
        return true;
    }
    if (added) {
        seed->added++;
        seed_say(seed, "added %s", label);
    }
    return true;
}

static bool add_file(struct seed *seed, const struct seed_file *file, const char *folder,
                     struct err *err)
{
    AUTO_FREE(tree_free) struct tree_node *root = NULL;
    char path[PATH_BYTES_MAX];
    snprintf(path, sizeof(path), "%s/%s", folder, file->name);
    if (access(path, F_OK) != 0)
        return true;
    if (!tree_read_file(path, &root, err)) {
        seed_mistake(seed, NULL, err);
        return true;
    }
    if (tree_kind(root) != TREE_LIST && tree_kind(root) != TREE_NULL) {
        tree_fail(root, err, "must be a list of rows");
        seed_mistake(seed, NULL, err);
        return true;
    }
    TREE_EACH(row, root)
    {
        if (!add_row(seed, file, row, err))
            return false;
        arena_reset(seed->call.arena);
    }
    return true;
}

static bool add_files(struct seed *seed, const struct seed_file *files, const char *folder,
                      struct err *err)
{
    for (const struct seed_file *file = files; file->name; file++)
        if (!add_file(seed, file, folder, err))
            return false;
    return true;
}

static bool run_locked(struct seed *seed, const char *folder, struct err *err)
{
    return add_files(seed, seed_access_files, folder, err) &&
           add_files(seed, seed_people_files, folder, err) &&
           (seed->added == 0 || seed_announce(seed->call.db, err));
}

bool seed_run(struct auth *app, struct db *db, const char *folder, void (*say)(const char *line),
              struct err *err)
{
    AUTO_FREE(arena_free) struct arena *arena = arena_new(SEED_ARENA_BYTES_MAX);
    AUTO_FREE(tree_free) struct tree_node *passwords = NULL;
    const char *passwords_file = app->config->seed_passwords_file;
    if (!arena)
        return err_set(err, ERR_INTERNAL, "no memory for the seeds");
    if (access(folder, R_OK | X_OK) != 0)
        return err_set(err, ERR_CONFIG, "%s: no such folder of seeds", folder);
    if (passwords_file[0] && !tree_read_file(passwords_file, &passwords, err))
        return err_wrap(err, "SEED_PASSWORDS_FILE");
    struct seed seed = {.call = {.app = app,
                                 .db = db,
                                 .arena = arena,
                                 .now_us = clock_now_us(app->clock),
                                 .visitor = {.user_agent = ""}},
                        .say = say,
                        .passwords = passwords};
    struct err unlock_err;
    if (!seed_lock(db, err))
        return false;
    bool is_added = run_locked(&seed, folder, err);
    bool is_unlocked = seed_unlock(db, &unlock_err); /* it dies with the connection as well */
    if (!is_added)
        return false;
    if (!is_unlocked) {
        *err = unlock_err;
        return false;
    }
    if (seed.mistakes > 0)
        return err_set(err, ERR_CONFIG, "%zu mistakes in the seeds of %s", seed.mistakes, folder);
    return true;
}
