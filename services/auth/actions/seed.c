#include "auth/actions/seed.h"

#include "auth/actions/seed_files.h"
#include "auth/state/config.h"
#include "auth/store/seeds.h"
#include "base/auto.h"

enum { SEED_ARENA_BYTES_MAX = 8 << 20 };

DEFINE_AUTO(struct arena, arena_free);

static bool announce(struct seed *seed, struct err *err)
{
    return seed_announce(seed->db, err);
}

bool seed_run(struct auth *app, struct db *db, const char *folder, void (*say)(const char *line),
              struct err *err)
{
    static const struct seed_file *const lists[] = {seed_access_files, seed_people_files, NULL};
    AUTO_FREE(arena_free) struct arena *arena = arena_new(SEED_ARENA_BYTES_MAX);
    AUTO_FREE(tree_free) struct tree_node *passwords = NULL;
    const char *passwords_file = app->config->seed_passwords_file;
    if (!arena)
        return err_set(err, ERR_INTERNAL, "no memory for the seeds");
    if (passwords_file[0] && !tree_read_file(passwords_file, &passwords, err))
        return err_wrap(err, "SEED_PASSWORDS_FILE");
    struct seeding seeding = {.call = {.app = app,
                                       .db = db,
                                       .arena = arena,
                                       .now_us = clock_now_us(app->clock),
                                       .visitor = {.user_agent = ""}},
                              .passwords = passwords};
    struct seed seed = {
        .db = db, .arena = arena, .context = &seeding, .say = say, .finish = announce};
    return seed_folder(&seed, lists, folder, err);
}
