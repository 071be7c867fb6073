#include "blockchain/flags_settle.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "blockchain/actions/payout_settle.h"
#include "blockchain/chains_offline.h"

enum { WORDS_BYTES_MAX = 1024, ARENA_BYTES_MAX = 64 << 20 };

DEFINE_AUTO(struct db, db_close);
DEFINE_AUTO(struct arena, arena_free);

static const char usage[] = "Usage: bourse-blockchain --settle-payout \"ID paid|unpaid EVIDENCE "
                            "NOTE\"   (EVIDENCE -: none)\n";

/* Up to the next blank; NULL: there is no more. */
static const char *word(char **rest)
{
    *rest += *rest ? strspn(*rest, " ") : 0;
    char *found = *rest && **rest ? strsep(rest, " ") : NULL;
    return found;
}

/* Somebody else on this machine is another person; an operator of the API is never one of them. */
static void who_is_it(char *ret_who, size_t size)
{
    struct passwd entry, *found = NULL;
    char buffer[4096];
    if (getpwuid_r(getuid(), &entry, buffer, sizeof(buffer), &found) == 0 && found)
        snprintf(ret_who, size, "cli:%.50s", entry.pw_name);
    else
        snprintf(ret_who, size, "cli:%lu", (unsigned long)getuid());
}

static bool settle(struct blockchain *app, const struct settle_request *asked,
                   struct settlement_row *ret_row, struct err *err)
{
    AUTO_FREE(db_close) struct db *db = NULL;
    AUTO_FREE(arena_free) struct arena *arena = arena_new(ARENA_BYTES_MAX);
    struct payout payout;
    struct chain *chain;
    if (!arena)
        return err_set(err, ERR_INTERNAL, "no memory");
    return db_open(&app->config->db, &db, err) && chains_offline_load(app, db, err) &&
           payout_find(db, arena, asked->payout_id, &payout, NULL, err) &&
           chain_offline(app, db, payout.chain_key, &chain, err) &&
           payout_settle(app, db, arena, asked, ret_row, err);
}

int settle_flag(struct service *service, const char *text)
{
    char words[WORDS_BYTES_MAX], who[SETTLEMENT_WHO_SIZE], *rest = words;
    struct settlement_row row;
    struct err err;
    if (strlen(text) >= sizeof(words)) {
        fputs(usage, stderr);
        return EXIT_USAGE;
    }
    memcpy(words, text, strlen(text) + 1);
    const char *id = word(&rest), *outcome = word(&rest), *evidence = word(&rest);
    if (!evidence || !rest || strlen(rest) > SETTLEMENT_NOTE_CHARS_MAX ||
        rest[strspn(rest, " ")] == '\0') {
        fputs(usage, stderr);
        return EXIT_USAGE;
    }
    who_is_it(who, sizeof(who));
    const struct settle_request asked = {.payout_id = id,
                                         .outcome = outcome,
                                         .evidence = strcmp(evidence, "-") == 0 ? "" : evidence,
                                         .note = rest,
                                         .operator_uid = who};
    struct blockchain app = {.config = service->config,
                             .clock = service->clock,
                             .metrics = service->metrics,
                             .catalogues = catalogues_new(),
                             .chains = chains_new()};
    bool ok = app.catalogues && app.chains ? settle(&app, &asked, &row, &err)
                                           : err_set(&err, ERR_INTERNAL, "no memory");
    chains_free(app.chains);
    catalogues_free(app.catalogues);
    if (!ok)
        return service_flag_failed(service, "--settle-payout", &err);
    printf("payout %s is %s: %s\n%s\n", row.payout_id, row.outcome, row.found,
           row.done_at ? "done" : "open: a second operator has to say the same");
    return 0;
}
