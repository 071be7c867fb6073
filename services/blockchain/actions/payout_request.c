#include "blockchain/actions/payout_request.h"

#include <string.h>
#include <strings.h>

#include "base/auto.h"
#include "blockchain/actions/payout_worker.h"
#include "blockchain/store/addresses.h"
#include "blockchain/store/coins.h"
#include "blockchain/store/safe_txs.h"
#include "chain/u256.h"
#include "crypto/crypto.h"
#include "json/read.h"

DEFINE_AUTO(cJSON, cJSON_Delete);

enum { DIGEST_BYTES_MAX = 64 * 1024, CANCEL_TRIES_MAX = 5, APPROVAL_TRIES_MAX = 5 };

/* All that was asked, each text with its end. */
static bool digest_make(const struct payout_request *asked, uint8_t ret_digest[static SHA256_SIZE],
                        struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(DIGEST_BYTES_MAX);
    const char *const texts[] = {
        asked->chain, asked->contract,      asked->to,
        asked->units, asked->purpose,       asked->from,
        asked->owner, asked->fee_cap_units, asked->subtract_fee ? "1" : "0"};
    /* Not the approvals: they may come one after the other. */
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        str_add_bytes(&text, texts[i], strlen(texts[i]) + 1);
    if (!str_ok(&text))
        return err_set(err, ERR_INVALID, "a payout request above its limit");
    sha256(text.data, text.length, ret_digest);
    return true;
}

static bool invalid(struct err *err, const char *key)
{
    return err_set_key(err, ERR_INVALID, key, "a payout request breaks a rule: %s", key);
}

static bool units_read(const char *text, char *ret_units, size_t size, struct err *err)
{
    struct u256 units;
    char canonical[U256_TEXT_SIZE];
    if (!u256_parse(text, &units) || u256_is_zero(units) ||
        strlen(u256_text(units, canonical)) >= size)
        return invalid(err, "blockchain.payout.invalid_units");
    snprintf(ret_units, size, "%.65s", canonical);
    return true;
}

/* What was deposited is collected from its address, and may be sent back from there; all else is paid
 * from accounts of ours. */
static bool from_is_allowed(enum payout_purpose purpose, const char *from)
{
    if (purpose == PAYOUT_REFUND)
        return true;
    return (purpose == PAYOUT_COLLECTION) == (from[0] != '\0');
}

static bool fields_read(const struct payout_request *asked, const struct chain_entry *entry,
                        struct payout *payout, struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *approvals = NULL;
    struct err own;
    if (!payout_id_is_fine(asked->id))
        return invalid(err, "blockchain.payout.invalid_id");
    if (!chain_asset_of(entry, asked->contract))
        return invalid(err, "blockchain.payout.unknown_asset");
    if (!payout_purpose_find(asked->purpose, &payout->purpose) || payout->purpose == PAYOUT_GAS ||
        payout->purpose == PAYOUT_FILL)
        return invalid(err, "blockchain.payout.invalid_purpose");
    if (strlen(asked->to) >= sizeof(payout->to) || strlen(asked->from) >= sizeof(payout->from) ||
        strlen(asked->owner) >= sizeof(payout->owner))
        return invalid(err, "blockchain.payout.too_long");
    if (!from_is_allowed(payout->purpose, asked->from))
        return invalid(err, "blockchain.payout.invalid_from");
    if (!units_read(asked->units, payout->units, sizeof(payout->units), err) ||
        (asked->fee_cap_units[0] && !units_read(asked->fee_cap_units, payout->fee_cap_units,
                                                sizeof(payout->fee_cap_units), err)))
        return false;
    if (strlen(asked->approvals) > PAYOUT_APPROVALS_BYTES_MAX ||
        !json_read(asked->approvals, strlen(asked->approvals), &approvals, &own) ||
        !cJSON_IsArray(approvals))
        return invalid(err, "blockchain.payout.invalid_approvals");
    snprintf(payout->id, sizeof(payout->id), "%s", asked->id);
    snprintf(payout->chain_key, sizeof(payout->chain_key), "%s", entry->key);
    snprintf(payout->contract, sizeof(payout->contract), "%s", asked->contract);
    snprintf(payout->to, sizeof(payout->to), "%s", asked->to);
    snprintf(payout->from, sizeof(payout->from), "%s", asked->from);
    snprintf(payout->owner, sizeof(payout->owner), "%s", asked->owner);
    payout->subtract_fee = asked->subtract_fee;
    payout->approvals = asked->approvals;
    payout->state = PAYOUT_QUEUED;
    return true;
}

static bool is_wallet(const struct chain *chain, const char *network,
                      const struct chain_entry *entry, const char *address)
{
    for (size_t i = 0; i < entry->wallets_count; i++) {
        struct address_form form;
        if (!entry->wallets[i].address)
            continue;
        chain->client->family->address_form(chain->client, network, entry->wallets[i].address,
                                            &form);
        if (form.is_valid && strcmp(form.canonical, address) == 0)
            return true;
    }
    return false;
}

static void refuse(struct payout *payout, const char *reason)
{
    payout->state = PAYOUT_REFUSED;
    snprintf(payout->reason, sizeof(payout->reason), "%.180s", reason);
}

/* Where it comes from, if that is not the hot account: an address whose key we have. */
static bool from_check(struct db *db, struct chain *chain, const char *network,
                       struct payout *payout, struct err *err)
{
    struct address_form form;
    struct own_address own;
    if (payout->from[0] == '\0')
        return true;
    chain->client->family->address_form(chain->client, network, payout->from, &form);
    if (!form.is_valid)
        return invalid(err, "blockchain.payout.invalid_from");
    if (!own_address_find(db, chain->key, form.canonical, &own, err))
        return false;
    snprintf(payout->from, sizeof(payout->from), "%s", form.canonical);
    return own.is_derived || invalid(err, "blockchain.payout.invalid_from");
}

/* Where money must not go, whatever accounting thinks (W-24, W-30). Puts addresses in their canonical
 * form. */
static bool places_check(struct db *db, struct chain *chain, const struct chain_entry *entry,
                         struct payout *payout, struct err *err)
{
    const struct family *family = chain->client->family;
    char network[CHAIN_NETWORK_SIZE], reason[CHAIN_REASON_SIZE + 16];
    struct address_form form;
    struct own_address own;
    chain_network(chain, network);
    if (network[0] == '\0')
        return err_set_key(err, ERR_PEER_UNAVAILABLE, "blockchain.node.unavailable",
                           "%s: no node has answered yet", chain->key);
    family->address_form(chain->client, network, payout->to, &form);
    if (!form.is_valid) {
        snprintf(reason, sizeof(reason), "address: %s", form.reason);
        refuse(payout, reason);
        return true;
    }
    snprintf(payout->to, sizeof(payout->to), "%s", form.canonical);
    bool is_contract = payout->contract[0] && strcasecmp(payout->contract, form.canonical) == 0;
    if (is_contract) {
        refuse(payout, "address: the token's own contract");
        return true;
    }
    if (!own_address_find(db, chain->key, payout->to, &own, err))
        return false;
    bool is_ours = own.address[0] != '\0' && strcmp(own.purpose, ADDRESS_UNLISTED) != 0;
    if (payout->purpose == PAYOUT_WITHDRAWAL || payout->purpose == PAYOUT_REFUND) {
        if (is_ours)
            refuse(payout, "address: it is one of ours");
    } else if (is_ours ? strcmp(own.purpose, "deposit") == 0
                       : !is_wallet(chain, network, entry, payout->to)) {
        refuse(payout, "address: not a listed wallet");
    }
    return payout->state == PAYOUT_REFUSED || from_check(db, chain, network, payout, err);
}

struct insertion {
    struct payout_worker worker; /* for the event */
    struct payout *payout;
    const uint8_t *digest;
};

static bool insert_unit(struct db *db, void *arg, struct err *err)
{
    struct insertion *insertion = arg;
    return payout_insert(db, insertion->payout, insertion->digest,
                         clock_now_us(insertion->worker.app->clock), err) &&
           (insertion->payout->state != PAYOUT_REFUSED ||
            payout_tell(&insertion->worker, insertion->payout, NULL, err));
}

/* Whether the id is there, and then with the same request. ret_is_there is set either way. */
static bool find_same(struct db *db, struct arena *arena, const char *id, const uint8_t *digest,
                      bool *ret_is_there, struct payout *ret_payout, struct err *err)
{
    uint8_t before[SHA256_SIZE];
    struct err own;
    *ret_is_there = payout_find(db, arena, id, ret_payout, before, &own);
    if (!*ret_is_there) {
        if (own.code != ERR_NOT_FOUND)
            *err = own;
        return own.code == ERR_NOT_FOUND;
    }
    return memcmp(before, digest, sizeof(before)) == 0 ||
           err_set(err, ERR_PAYOUT_DIFFERS, "payout %.64s was asked for otherwise", id);
}

static bool request_new(struct blockchain *app, struct db *db, struct arena *arena,
                        const struct catalogue *catalogue, const struct payout_request *asked,
                        const uint8_t *digest, struct payout *ret_payout, struct err *err)
{
    struct payout payout = {.version = 0};
    struct insertion insertion = {
        .worker = {.app = app, .db = db, .arena = arena}, .payout = &payout, .digest = digest};
    const struct chain_entry *entry = catalogue_chain(catalogue, asked->chain);
    struct chain *chain = chains_find(app->chains, asked->chain);
    /* At start nobody knows anything yet, and "no" would be the end of the payout. */
    if (catalogue->version == 0 || (entry && !chain))
        return err_set_key(err, ERR_BUSY, "blockchain.starting", "the catalogue is not loaded yet");
    if (!entry)
        return err_set_key(err, ERR_INVALID, "blockchain.chain.not_found", "no such chain");
    return fields_read(asked, entry, &payout, err) &&
           places_check(db, chain, entry, &payout, err) &&
           db_transaction(db, insert_unit, &insertion, err) &&
           payout_find(db, arena, payout.id, ret_payout, NULL, err);
}

/* The same request again may bring more approvals with it. They are kept also while the signer is being
 * asked with those of before: if it refuses, it is asked again with these. */
static bool approvals_renew(struct blockchain *app, struct db *db, struct arena *arena,
                            const char *approvals, struct payout *payout, struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    struct err own;
    if (strcmp(approvals, "[]") == 0)
        return true;
    if (strlen(approvals) > PAYOUT_APPROVALS_BYTES_MAX ||
        !json_read(approvals, strlen(approvals), &root, &own) || !cJSON_IsArray(root))
        return invalid(err, "blockchain.payout.invalid_approvals");
    for (unsigned i = 0; i < APPROVAL_TRIES_MAX; i++) {
        bool is_open = payout->state == PAYOUT_QUEUED || payout->state == PAYOUT_WAITING ||
                       payout->state == PAYOUT_BUILDING;
        if (!is_open || strcmp(approvals, payout->approvals) == 0 ||
            payout_approvals_set(db, payout, approvals, clock_now_us(app->clock), &own))
            return true;
        if (own.code != ERR_STATE_CONFLICT) {
            *err = own;
            return false;
        }
        /* Somebody works on it. */
        if (!payout_find(db, arena, payout->id, payout, NULL, err))
            return false;
    }
    return err_set(err, ERR_BUSY, "payout %.64s is being worked on", payout->id);
}

bool payout_request(struct blockchain *app, struct db *db, struct arena *arena,
                    const struct payout_request *asked, bool *ret_is_new, struct payout *ret_payout,
                    struct err *err)
{
    uint8_t digest[SHA256_SIZE];
    bool is_there;
    if (!payout_id_is_fine(asked->id))
        return invalid(err, "blockchain.payout.invalid_id");
    if (!digest_make(asked, digest, err) ||
        !find_same(db, arena, asked->id, digest, &is_there, ret_payout, err))
        return false;
    if (!is_there) {
        const struct catalogue *catalogue = catalogue_take(app->catalogues);
        bool is_made = request_new(app, db, arena, catalogue, asked, digest, ret_payout, err);
        catalogue_give_back(catalogue);
        if (!is_made && err->code != ERR_CONFLICT)
            return false;
        if (!is_made) { /* two asked at once: the other one was first */
            *ret_is_new = false;
            return find_same(db, arena, asked->id, digest, &is_there, ret_payout, err);
        }
        blockchain_outbox_wake(app);
    }
    *ret_is_new = !is_there;
    return *ret_is_new || approvals_renew(app, db, arena, asked->approvals, ret_payout, err);
}

struct cancellation {
    struct payout_worker worker;
    struct payout payout;
};

static bool cancel_unit(struct db *db, void *arg, struct err *err)
{
    struct cancellation *cancellation = arg;
    struct payout payout = cancellation->payout;
    struct safe_row row;
    bool is_begun;
    /* An owner's signature of a Safe's transaction is good whoever sends it. */
    if (!safe_tx_of_payout(db, cancellation->worker.arena, payout.id, &row, &is_begun, err))
        return false;
    if (is_begun)
        return err_set(err, ERR_PAYOUT_SIGNED, "payout %.64s: owners of a Safe may have signed",
                       payout.id);
    return payout_move(&cancellation->worker, &payout, PAYOUT_MOVE_CANCEL, "", NULL, err);
}

bool payout_cancel(struct blockchain *app, struct db *db, struct arena *arena, const char *id,
                   struct payout *ret_payout, struct err *err)
{
    for (unsigned i = 0; i < CANCEL_TRIES_MAX; i++) {
        struct cancellation cancellation = {.worker = {.app = app, .db = db, .arena = arena}};
        struct err own;
        if (!payout_find(db, arena, id, &cancellation.payout, NULL, err))
            return false;
        if (cancellation.payout.state == PAYOUT_CANCELLED) {
            *ret_payout = cancellation.payout;
            return true;
        }
        if (cancellation.payout.state != PAYOUT_QUEUED &&
            cancellation.payout.state != PAYOUT_WAITING)
            return err_set(err, ERR_PAYOUT_SIGNED, "payout %.64s is %s", id,
                           payout_state_name(cancellation.payout.state));
        if (!db_transaction(db, cancel_unit, &cancellation, &own) &&
            own.code != ERR_STATE_CONFLICT) {
            *err = own;
            return false;
        }
        blockchain_outbox_wake(app);
    }
    return err_set(err, ERR_BUSY, "payout %.64s is being worked on", id);
}
