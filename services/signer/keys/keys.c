#include "signer/keys/keys.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/random.h"
#include "chain/bytes.h"
#include "chain/coin_address.h"
#include "chain/evm_address.h"
#include "crypto/crypto.h"
#include "hdkey/hdkey.h"
#include "signer/state/limits.h"

enum { FAMILY_BITCOIN, FAMILY_ETHEREUM, FAMILY_MAX };
enum { PURPOSE_EVM = 44, COIN_TYPE_EVM = 60, ACCOUNT_DEPTH = 3, KEY_DEPTH = 5 };

/* What is remembered of an account; nothing of it is secret. */
struct account_key {
    const struct coin_params *coin;
    enum account account;
    struct xpub xpub;
    struct key_path path;
    char (
        *first)[POLICY_ADDRESS_SIZE]; /* KEYS_SEARCHED of its addresses; NULL: not asked for yet */
};

struct keys {
    struct hdkey *masters; /* FAMILY_MAX, alone in pages that are locked */
    size_t masters_size;   /* of those pages */
    bool is_locked;
    struct hdkey_context *context;
    pthread_mutex_t lock; /* of what follows */
    struct account_key accounts[POLICY_CHAINS_MAX * ACCOUNT_MAX];
    size_t accounts_count;
};

static unsigned family_of(const struct coin_params *coin)
{
    return coin ? FAMILY_BITCOIN : FAMILY_ETHEREUM;
}

/* ---- life ---- */

static struct keys *keys_new(struct err *err)
{
    struct keys *keys = calloc(1, sizeof(*keys));
    if (!keys || !(keys->context = hdkey_context_new())) {
        free(keys);
        err_set(err, ERR_INTERNAL, "no memory for keys");
        return NULL;
    }
    pthread_mutex_init(&keys->lock, NULL);
    keys->masters_size = (size_t)sysconf(_SC_PAGESIZE);
    assert(keys->masters_size >= FAMILY_MAX * sizeof(*keys->masters));
    void *pages =
        mmap(NULL, keys->masters_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) {
        keys_close(keys);
        err_set(err, ERR_INTERNAL, "no memory for keys");
        return NULL;
    }
    keys->masters = pages;
    keys->is_locked = mlock(pages, keys->masters_size) == 0;
    /* No dump has it, and no child. Kernels that can't are those that have no dumps to hide it from. */
    (void)!madvise(pages, keys->masters_size, MADV_DONTDUMP);
    (void)!madvise(pages, keys->masters_size, MADV_WIPEONFORK);
    return keys;
}

void keys_close(struct keys *keys)
{
    if (!keys)
        return;
    if (keys->masters) {
        bytes_wipe(keys->masters, keys->masters_size);
        munmap(keys->masters, keys->masters_size);
    }
    for (size_t i = 0; i < keys->accounts_count; i++)
        free(keys->accounts[i].first);
    hdkey_context_free(keys->context);
    pthread_mutex_destroy(&keys->lock);
    free(keys);
}

bool keys_are_locked(const struct keys *keys)
{
    return keys->is_locked;
}

/* Digits, and perhaps a line end. */
static bool seed_read(const struct str *text, uint8_t ret_seed[static SEED_SIZE_MAX],
                      size_t *ret_length)
{
    size_t digits = strcspn(str_data(text), "\r\n ");
    AUTO(str_wipe) struct str seed = STR_INIT(SEED_SIZE_MAX);
    if (digits % 2 != 0 || !hex_read(str_data(text), digits, &seed) ||
        seed.length < SEED_SIZE_MIN || text->length > digits + 2)
        return false;
    memcpy(ret_seed, seed.data, seed.length);
    *ret_length = seed.length;
    return true;
}

static void seed_make(struct str *out)
{
    uint8_t seed[SEED_SIZE_MADE];
    random_bytes(seed, sizeof(seed));
    str_add_hex(out, seed, sizeof(seed));
    bytes_wipe(seed, sizeof(seed));
}

static bool master_make(const struct str *text, const char *name, struct hdkey *master,
                        struct err *err)
{
    uint8_t seed[SEED_SIZE_MAX];
    size_t length = 0;
    bool done = seed_read(text, seed, &length) && hdkey_master(seed, length, master);
    bytes_wipe(seed, sizeof(seed));
    return done || err_set(err, ERR_CONFIG, "%s is no seed: %d to %d bytes in hexadecimal digits",
                           name, SEED_SIZE_MIN, SEED_SIZE_MAX);
}

static bool master_open(struct secret_store *secrets, const char *name, bool make,
                        struct hdkey *master, struct err *err)
{
    AUTO(str_wipe) struct str text = STR_INIT(SECRET_BYTES_MAX), made = STR_INIT(SEED_TEXT_SIZE);
    if (make) {
        seed_make(&made);
        if (!secret_read_or_make(secrets, name, str_data(&made), &text, err))
            return err_wrap(err, "%s", name);
    } else if (!secret_read(secrets, name, &text, err)) {
        if (err->code == ERR_NOT_FOUND)
            err->code = ERR_CONFIG;
        return err_wrap(err, "%s (bourse-signer --put-seed writes it)", name);
    }
    return master_make(&text, name, master, err);
}

bool keys_open(struct secret_store *secrets, bool make, struct keys **ret_keys, struct err *err)
{
    static const char *const names[FAMILY_MAX] = {
        [FAMILY_BITCOIN] = SEED_BITCOIN_SECRET, [FAMILY_ETHEREUM] = SEED_ETHEREUM_SECRET};
    AUTO_FREE(keys_close) struct keys *keys = keys_new(err);
    if (!keys)
        return false;
    for (unsigned i = 0; i < FAMILY_MAX; i++)
        if (!master_open(secrets, names[i], make, &keys->masters[i], err))
            return false;
    *ret_keys = TAKE(keys);
    return true;
}

bool keys_of_seed(const uint8_t *seed, size_t length, struct keys **ret_keys, struct err *err)
{
    AUTO_FREE(keys_close) struct keys *keys = keys_new(err);
    if (!keys)
        return false;
    if (!hdkey_master(seed, length, &keys->masters[FAMILY_BITCOIN]))
        return err_set(err, ERR_CONFIG, "a seed has %d to %d bytes", SEED_SIZE_MIN, SEED_SIZE_MAX);
    keys->masters[FAMILY_ETHEREUM] = keys->masters[FAMILY_BITCOIN];
    *ret_keys = TAKE(keys);
    return true;
}

bool seed_text_is_valid(const struct str *text)
{
    uint8_t seed[SEED_SIZE_MAX];
    size_t length;
    bool is_valid = seed_read(text, seed, &length);
    bytes_wipe(seed, sizeof(seed));
    return is_valid;
}

/* ---- places ---- */

static void account_path(const struct coin_params *coin, enum account account,
                         struct key_path *ret_path)
{
    *ret_path = (struct key_path){.count = ACCOUNT_DEPTH,
                                  .steps = {(coin ? coin->purpose : PURPOSE_EVM) | KEY_HARDENED,
                                            (coin ? coin->coin_type : COIN_TYPE_EVM) | KEY_HARDENED,
                                            (uint32_t)account | KEY_HARDENED}};
}

void key_place_path(const struct key_place *place, struct key_path *ret_path)
{
    account_path(place->coin, place->account, ret_path);
    ret_path->steps[ret_path->count++] = place->chain;
    ret_path->steps[ret_path->count++] = place->index;
}

bool key_place_of_path(const struct coin_params *coin, const struct key_path *path,
                       struct key_place *ret_place)
{
    struct key_place place = {.coin = coin};
    struct key_path again;
    if (path->count != KEY_DEPTH || (path->steps[2] & ~KEY_HARDENED) >= ACCOUNT_MAX ||
        path->steps[3] > 1 || path->steps[4] > KEY_INDEX_MAX)
        return false;
    place.account = (enum account)(path->steps[2] & ~KEY_HARDENED);
    place.chain = path->steps[3];
    place.index = path->steps[4];
    key_place_path(&place, &again);
    if (!key_path_equal(path, &again))
        return false;
    *ret_place = place;
    return true;
}

/* ---- public keys ---- */

static bool no_key(struct err *err)
{
    return err_set(err, ERR_INTERNAL, "there is no key at this place");
}

static struct account_key *account_find_locked(struct keys *keys, const struct coin_params *coin,
                                               enum account account)
{
    for (size_t i = 0; i < keys->accounts_count; i++)
        if (keys->accounts[i].coin == coin && keys->accounts[i].account == account)
            return &keys->accounts[i];
    return NULL;
}

static struct account_key *account_locked(struct keys *keys, const struct coin_params *coin,
                                          enum account account, struct err *err)
{
    struct account_key *found = account_find_locked(keys, coin, account);
    AUTO(hdkey_wipe) struct hdkey key;
    if (found)
        return found;
    if (keys->accounts_count == ARRAY_LEN(keys->accounts)) {
        err_set(err, ERR_INTERNAL, "more accounts than there is room for");
        return NULL;
    }
    struct account_key *made = &keys->accounts[keys->accounts_count];
    *made = (struct account_key){.coin = coin, .account = account};
    account_path(coin, account, &made->path);
    if (!hdkey_derive(keys->context, &keys->masters[family_of(coin)], &made->path, &key)) {
        no_key(err);
        return NULL;
    }
    hdkey_public(keys->context, &key, &made->xpub);
    keys->accounts_count++;
    return made;
}

/* Copies what does not change any more, so that deriving needs no lock. */
static bool account_get(struct keys *keys, const struct coin_params *coin, enum account account,
                        struct account_key *ret_account, struct err *err)
{
    pthread_mutex_lock(&keys->lock);
    const struct account_key *found = account_locked(keys, coin, account, err);
    if (found)
        *ret_account = *found;
    pthread_mutex_unlock(&keys->lock);
    return found != NULL;
}

bool keys_account(struct keys *keys, const struct coin_params *coin, enum account account,
                  char ret_xpub[static XPUB_TEXT_SIZE], char ret_path[static KEY_PATH_TEXT_SIZE],
                  struct err *err)
{
    struct account_key found;
    if (!account_get(keys, coin, account, &found, err))
        return false;
    xpub_text(&found.xpub, coin ? coin->version_xpub : XPUB_VERSION_MAIN, ret_xpub);
    key_path_text(&found.path, ret_path);
    return true;
}

static bool public_of(const struct xpub *account, const struct key_place *place,
                      uint8_t ret_key[static XPUB_KEY_SIZE], struct err *err)
{
    struct xpub chain, key;
    if (!xpub_child(account, place->chain, &chain) || !xpub_child(&chain, place->index, &key))
        return no_key(err);
    memcpy(ret_key, key.key, XPUB_KEY_SIZE);
    return true;
}

bool keys_public(struct keys *keys, const struct key_place *place,
                 uint8_t ret_key[static XPUB_KEY_SIZE], struct err *err)
{
    struct account_key account;
    return account_get(keys, place->coin, place->account, &account, err) &&
           public_of(&account.xpub, place, ret_key, err);
}

static bool address_of(const struct xpub *account, const struct key_place *place,
                       char ret_text[static POLICY_ADDRESS_SIZE], struct err *err)
{
    uint8_t key[XPUB_KEY_SIZE];
    struct coin_address coin;
    struct evm_address evm;
    if (!public_of(account, place, key, err))
        return false;
    if (place->coin) {
        coin_address_of_key(place->coin, key, &coin);
        memcpy(ret_text, coin.text, sizeof(coin.text));
        return true;
    }
    if (!evm_address_of_key(key, &evm))
        return no_key(err);
    evm_address_text(evm, ret_text);
    return true;
}

bool keys_address(struct keys *keys, const struct key_place *place,
                  char ret_text[static POLICY_ADDRESS_SIZE], struct err *err)
{
    struct account_key account;
    return account_get(keys, place->coin, place->account, &account, err) &&
           address_of(&account.xpub, place, ret_text, err);
}

static bool first_make_locked(struct account_key *account, struct err *err)
{
    if (account->first)
        return true;
    char(*first)[POLICY_ADDRESS_SIZE] = calloc(KEYS_SEARCHED, sizeof(*first));
    if (!first)
        return err_set(err, ERR_BUSY, "no memory for addresses");
    for (uint32_t i = 0; i < KEYS_SEARCHED; i++) {
        const struct key_place place = {
            .coin = account->coin, .account = account->account, .index = i};
        if (!address_of(&account->xpub, &place, first[i], err)) {
            free(first);
            return false;
        }
    }
    account->first = first;
    return true;
}

bool keys_search(struct keys *keys, const struct coin_params *coin, enum account account,
                 const char *address, bool *ret_is_own, struct err *err)
{
    pthread_mutex_lock(&keys->lock);
    struct account_key *found = account_locked(keys, coin, account, err);
    bool done = found && first_make_locked(found, err);
    *ret_is_own = false;
    for (uint32_t i = 0; done && i < KEYS_SEARCHED; i++)
        *ret_is_own |= strcmp(found->first[i], address) == 0;
    pthread_mutex_unlock(&keys->lock);
    return done;
}

/* ---- signing ---- */

static bool key_derive(const struct keys *keys, const struct key_place *place,
                       struct hdkey *ret_key, struct err *err)
{
    struct key_path path;
    key_place_path(place, &path);
    return hdkey_derive(keys->context, &keys->masters[family_of(place->coin)], &path, ret_key) ||
           no_key(err);
}

bool keys_sign(struct keys *keys, const struct key_place *place, const uint8_t digest[static 32],
               struct evm_signature *ret_signature, struct err *err)
{
    AUTO(hdkey_wipe) struct hdkey key;
    return key_derive(keys, place, &key, err) &&
           (hdkey_sign_evm(keys->context, &key, digest, ret_signature) || no_key(err));
}

bool keys_sign_psbt(struct keys *keys, const struct key_place *place, struct psbt *psbt, size_t at,
                    struct err *err)
{
    AUTO(hdkey_wipe) struct hdkey key;
    return key_derive(keys, place, &key, err) &&
           hdkey_sign_psbt(keys->context, &key, psbt, at, err);
}
