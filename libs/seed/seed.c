#include "seed/seed.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/auto.h"

enum { LOCK_WAIT_S = 60, PATH_BYTES_MAX = 1024 };

void seed_say(const struct seed *seed, const char *format, ...)
{
    char line[SEED_LINE_SIZE];
    va_list args;
    if (!seed->say)
        return;
    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    seed->say(line);
}

void seed_mistake(struct seed *seed, const struct tree_node *node, const struct err *err)
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
    void *draft = arena_alloc(seed->arena, file->draft_size);
    if (!draft)
        return err_set(err, ERR_INTERNAL, "%s is too large", file->name);
    if (!seed_read(row, file->fields, seed->arena, draft, err) ||
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
        arena_reset(seed->arena);
    }
    return true;
}

static bool add_lists(struct seed *seed, const struct seed_file *const *lists, const char *folder,
                      struct err *err)
{
    for (; *lists; lists++)
        for (const struct seed_file *file = *lists; file->name; file++)
            if (!add_file(seed, file, folder, err))
                return false;
    return seed->added == 0 || !seed->finish || seed->finish(seed, err);
}

bool seed_folder(struct seed *seed, const struct seed_file *const *lists, const char *folder,
                 struct err *err)
{
    struct err unlock_err;
    if (access(folder, R_OK | X_OK) != 0)
        return err_set(err, ERR_CONFIG, "%s: no such folder of seeds", folder);
    if (!db_lock(seed->db, "seed", LOCK_WAIT_S, err))
        return false;
    bool is_added = add_lists(seed, lists, folder, err);
    bool is_unlocked = db_unlock(seed->db, "seed", &unlock_err);
    if (!is_added)
        return false;
    if (!is_unlocked) {
        *err = unlock_err;
        return false;
    }
    if (seed->mistakes > 0)
        return err_set(err, ERR_CONFIG, "%zu mistakes in the seeds of %s", seed->mistakes, folder);
    return true;
}
