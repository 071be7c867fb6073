/*
 * catalog_try.h: a chain, a network or a currency that is not saved but tried: all that saving it would do is done and
 * taken back, and its nodes are asked, through the gateway, whether they are what the draft says (chain id, height;
 * a token's decimals and symbol: W-09). Nothing is changed.
 *
 *     struct trial trial = {.arena = arena};
 *     if (!blockchain_try(&change, draft, secrets, &row, &err)) trial_rule(&trial, &err);
 *     trial_chain(app, draft, &trial);
 */
#ifndef ACCOUNTING_ACTIONS_CATALOG_TRY_H
#define ACCOUNTING_ACTIONS_CATALOG_TRY_H

#include <stdbool.h>
#include <stddef.h>

#include "accounting/actions/accounting.h"
#include "accounting/actions/catalog_change.h"
#include "base/str.h"

enum { TRIAL_LINES_MAX = 16 };

struct trial {
    struct arena *arena;
    const char *mistakes[TRIAL_LINES_MAX]; /* sentences */
    size_t mistakes_count;
    const char *notes[TRIAL_LINES_MAX]; /* to look at; no reason against it */
    size_t notes_count;
    const char *node; /* JSON: what the gateway said; NULL */
};

/* A rule of ours that is broken; what is no matter of rules (a database that is away) is false. */
bool trial_rule(struct trial *trial, const struct err *err);
void trial_chain(struct accounting *app, const struct blockchain_draft *draft, struct trial *trial);
void trial_network(struct accounting *app, const char *currency_id,
                   const struct network_draft *draft, struct trial *trial);
/* {"dry_run", "ok", "mistakes", "notes", "saved", "node"}; `saved`: JSON, NULL if a rule is broken. */
void trial_write(const struct trial *trial, const char *saved, struct str *out);

#endif
