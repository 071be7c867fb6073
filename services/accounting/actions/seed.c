#include "accounting/actions/seed.h"

#include "accounting/actions/seed_files.h"
#include "base/auto.h"

enum { SEED_ARENA_BYTES_MAX = 16 << 20 };

DEFINE_AUTO(struct arena, arena_free);

bool seed_run(struct db *db, const char *folder, const struct clock *clock,
              void (*say)(const char *line), struct err *err)
{
    static const struct seed_file *const lists[] = {seed_catalog_files, seed_members_files, NULL};
    AUTO_FREE(arena_free) struct arena *arena = arena_new(SEED_ARENA_BYTES_MAX);
    if (!arena)
        return err_set(err, ERR_INTERNAL, "no memory for the seeds");
    struct seeding seeding = {.change = {db, arena, clock_now_us(clock)}};
    struct seed seed = {.db = db, .arena = arena, .context = &seeding, .say = say};
    return seed_folder(&seed, lists, folder, err);
}
