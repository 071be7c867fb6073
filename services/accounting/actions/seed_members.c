/*
 * seed_members.c: members.yml: people to try the platform with, and what they own at the start.
 *
 * What a member gets is booked as an administrator would: an accepted adjustment and its ledger
 * entry, asset and liability, in the name of the first administrator of the file. The adjustment is
 * found again by its reason and receiver: nobody is given the same twice.
 */
#include "accounting/actions/seed_files.h"

#include <stdio.h>
#include <string.h>

#include "accounting/actions/change_rules.h"
#include "accounting/actions/member_save.h"
#include "accounting/domain/ledger.h"
#include "accounting/store/adjustments.h"
#include "accounting/store/journal.h"
#include "accounting/store/members.h"

static const char seed_reason[] = "Balance of the seed";

enum { BALANCES_MAX = 100, CATEGORY_ASSET_REGISTRATION = 1 };

struct member_seed {
    struct member_draft draft;
    const struct tree_node *balances;
};

#define KEY(name, kind_, member_)                                                                  \
    {                                                                                              \
        .key = (name), .kind = (kind_), .offset = offsetof(struct member_seed, member_)            \
    }

static const struct seed_field member_keys[] = {
    KEY("uid", SEED_TEXT, draft.uid),
    KEY("email", SEED_TEXT, draft.email),
    KEY("username", SEED_TEXT, draft.username),
    KEY("role", SEED_TEXT, draft.role),
    KEY("level", SEED_I64, draft.level),
    KEY("group", SEED_TEXT, draft.group),
    KEY("state", SEED_TEXT, draft.state),
    KEY("balances", SEED_NODE, balances),
    {.key = NULL},
};

struct balance_seed {
    const char *currency;
    struct param_dec amount;
};

static const struct seed_field balance_keys[] = {
    {.key = "currency", .kind = SEED_TEXT, .offset = offsetof(struct balance_seed, currency)},
    {.key = "amount", .kind = SEED_DEC, .offset = offsetof(struct balance_seed, amount)},
    {.key = NULL},
};

/* What one member still gets; written in one transaction. */
struct booking {
    const struct change *change;
    uint64_t first_id;
    size_t count;
    struct adjustment adjustments[BALANCES_MAX];
    struct ledger_entry entries[BALANCES_MAX];
};

static bool balance_check(const struct currency *currency, struct dec amount, struct err *err)
{
    if (!dec_is_positive(amount))
        return err_set(err, ERR_INVALID, "Amount must be greater than 0");
    if (dec_digits(amount) > (unsigned)currency->precision)
        return err_set(err, ERR_INVALID, "Amount has more than %d decimals",
                       (int)currency->precision);
    return true;
}

/* Adds the balance to the booking, unless it was booked before. */
static bool balance_add(struct seed *seed, const struct tree_node *row, const struct member *member,
                        struct booking *booking, struct err *err)
{
    struct db *db = seed->db;
    struct balance_seed balance = {0};
    struct currency currency;
    bool exists;

    if (booking->count == BALANCES_MAX)
        return err_set(err, ERR_INVALID, "A member can start with %d balances", BALANCES_MAX);
    if (!seed_read(row, balance_keys, seed->arena, &balance, err) ||
        !rule_present("Currency", balance.currency, err))
        return false;
    if (!currency_get(db, seed->arena, balance.currency, &currency, err))
        return err->code == ERR_NOT_FOUND
                   ? err_set(err, ERR_INVALID, "Currency %s does not exist", balance.currency)
                   : false;
    if (!balance_check(&currency, balance.amount.value, err))
        return false;

    int16_t asset = account_code(ACCOUNT_ASSET, KIND_MAIN, currency.is_coin);
    int16_t liability = account_code(ACCOUNT_LIABILITY, KIND_MAIN, currency.is_coin);
    struct adjustment adjustment = {
        .reason = seed_reason,
        .description = "What a member of the seed starts with",
        .creator_id = seeding_of(seed)->booker_id,
        .validator_id = seeding_of(seed)->booker_id,
        .amount = balance.amount.value,
        .asset_account_code = asset,
        .category = CATEGORY_ASSET_REGISTRATION,
        .state = ADJUSTMENT_ACCEPTED,
    };
    snprintf(adjustment.currency_id, sizeof(adjustment.currency_id), "%s", currency.id);
    snprintf(adjustment.receiving_account_number, sizeof(adjustment.receiving_account_number),
             "%s-%d-%s", currency.id, liability, member->uid);
    if (!adjustment_exists(db, seed_reason, adjustment.receiving_account_number, &exists, err))
        return false;
    if (exists)
        return true;
    struct ledger_entry entry = {
        .reference_type = "adjustment",
        .event = "accept",
        .member_id = member->id,
        .code_a = asset,
        .amount_a = balance.amount.value,
        .code_b = liability,
        .amount_b = balance.amount.value,
        .created_at = seeding_of(seed)->change.now_us,
    };
    snprintf(entry.currency_id, sizeof(entry.currency_id), "%s", currency.id);
    booking->adjustments[booking->count] = adjustment;
    booking->entries[booking->count++] = entry;
    return true;
}

static bool book_unit(struct db *db, void *arg, struct err *err)
{
    struct booking *booking = arg;
    for (size_t i = 0; i < booking->count; i++) {
        struct adjustment *adjustment = &booking->adjustments[i];
        adjustment->journal_id = booking->first_id + i;
        if (!adjustment_insert(db, adjustment, booking->change->now_us, err))
            return false;
        booking->entries[i].reference_id = adjustment->id;
    }
    return journal_post(db, "admin", booking->first_id, booking->entries, booking->count,
                        booking->change->now_us, err);
}

static bool balances_add(struct seed *seed, const struct tree_node *balances,
                         const struct member *member, struct err *err)
{
    struct booking *booking = arena_alloc(seed->arena, sizeof(*booking));
    char text[DEC_TEXT_SIZE];
    if (!booking)
        return err_set(err, ERR_INTERNAL, "the seeds are too large");
    booking->change = &seeding_of(seed)->change;
    if (tree_kind(balances) != TREE_NULL && tree_kind(balances) != TREE_LIST)
        return tree_fail(balances, err, "balances must be a list of {currency, amount}");
    TREE_EACH(row, balances)
    {
        if (balance_add(seed, row, member, booking, err))
            continue;
        if (err->code != ERR_INVALID && err->code != ERR_CONFIG)
            return false;
        seed_mistake(seed, row, err);
    }
    if (booking->count == 0)
        return true;
    if (!sequence_reserve(seed->db, "journal", booking->count, &booking->first_id, err) ||
        !db_transaction(seed->db, book_unit, booking, err))
        return false;
    seed->added += booking->count;
    for (size_t i = 0; i < booking->count; i++)
        seed_say(seed, "added %s %s to %s", dec_text(booking->adjustments[i].amount, text),
                 booking->adjustments[i].currency_id, member->uid);
    return true;
}

static bool member_add(struct seed *seed, void *from, bool *ret_added, char *ret_label,
                       struct err *err)
{
    const struct member_seed *row = from;
    struct member member;
    if (!rule_present("Uid", row->draft.uid, err))
        return false;
    bool exists = members_by_uid(seed->db, row->draft.uid, &member, err);
    if (!exists && err->code != ERR_NOT_FOUND)
        return false;
    if (!exists && !member_create(&seeding_of(seed)->change, &row->draft, &member, err))
        return false;
    snprintf(ret_label, SEED_LINE_SIZE, "member %s", member.uid);
    *ret_added = !exists;
    if (seeding_of(seed)->booker_id == 0)
        seeding_of(seed)->booker_id = member.id;
    return balances_add(seed, row->balances, &member, err);
}

const struct seed_file seed_members_files[] = {
    {"members.yml", member_keys, sizeof(struct member_seed), member_add},
    {.name = NULL},
};
