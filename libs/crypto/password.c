#include "crypto/password.h"

#include <crypt.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "crypto/crypto.h"

enum { BCRYPT_COST_MAX = 15 /* 31 would take days */ };

_Static_assert((int)PASSWORD_HASH_SIZE >= (int)crypto_pwhash_argon2id_STRBYTES, "a hash fits");

struct password_gate {
    pthread_mutex_t mutex;
    pthread_cond_t left;
    size_t running, running_max, waiting, waiting_max;
    unsigned bcrypt_cost;
    struct password_counts counts;
    char nobody[PASSWORD_HASH_SIZE];
};

/* ---- the gate ---- */

static bool gate_enter(struct password_gate *gate, struct err *err)
{
    pthread_mutex_lock(&gate->mutex);
    bool full = gate->running == gate->running_max && gate->waiting == gate->waiting_max;
    if (!full) {
        gate->waiting++;
        while (gate->running == gate->running_max)
            pthread_cond_wait(&gate->left, &gate->mutex);
        gate->waiting--;
        gate->running++;
    }
    pthread_mutex_unlock(&gate->mutex);
    return !full || err_set(err, ERR_TOO_MANY, "too many passwords are hashed at once");
}

static void gate_leave(struct password_gate *gate)
{
    pthread_mutex_lock(&gate->mutex);
    gate->running--;
    pthread_cond_signal(&gate->left);
    pthread_mutex_unlock(&gate->mutex);
}

void password_gate_set_bcrypt(struct password_gate *gate, unsigned cost)
{
    pthread_mutex_lock(&gate->mutex);
    gate->bcrypt_cost = cost <= BCRYPT_COST_MAX ? cost : 0;
    pthread_mutex_unlock(&gate->mutex);
}

struct password_counts password_gate_counts(struct password_gate *gate)
{
    pthread_mutex_lock(&gate->mutex);
    struct password_counts counts = gate->counts;
    pthread_mutex_unlock(&gate->mutex);
    return counts;
}

/* What one verification computes is noted; gives the cost of its bcrypt hash (0: none). */
static unsigned note_verification(struct password_gate *gate, unsigned own_cost)
{
    pthread_mutex_lock(&gate->mutex);
    if (own_cost > gate->bcrypt_cost && own_cost <= BCRYPT_COST_MAX)
        gate->bcrypt_cost = own_cost;
    unsigned cost = own_cost > 0 ? own_cost : gate->bcrypt_cost;
    gate->counts.argon2id++;
    gate->counts.bcrypt += cost > 0;
    pthread_mutex_unlock(&gate->mutex);
    return cost;
}

static bool argon2_hash(const char *password, char ret_hash[static PASSWORD_HASH_SIZE],
                        struct err *err)
{
    return crypto_pwhash_argon2id_str(ret_hash, password, strlen(password), PASSWORD_PASSES,
                                      PASSWORD_MEMORY_BYTES) == 0 ||
           err_set(err, ERR_INTERNAL, "no memory to hash a password");
}

bool password_gate_new(size_t running_max, size_t waiting_max, struct password_gate **ret_gate,
                       struct err *err)
{
    char unknown[65] = "";
    uint8_t random[32];
    assert(running_max > 0);
    if (sodium_init() < 0)
        return err_set(err, ERR_INTERNAL, "libsodium does not start");
    struct password_gate *gate = calloc(1, sizeof(*gate));
    if (!gate)
        return err_set(err, ERR_INTERNAL, "no memory");
    gate->running_max = running_max;
    gate->waiting_max = waiting_max;
    pthread_mutex_init(&gate->mutex, NULL);
    pthread_cond_init(&gate->left, NULL);
    random_bytes(random, sizeof(random));
    sodium_bin2hex(unknown, sizeof(unknown), random, sizeof(random));
    if (!argon2_hash(unknown, gate->nobody, err)) {
        password_gate_free(gate);
        return false;
    }
    *ret_gate = gate;
    return true;
}

void password_gate_free(struct password_gate *gate)
{
    if (!gate)
        return;
    assert(gate->running == 0 && gate->waiting == 0);
    pthread_cond_destroy(&gate->left);
    pthread_mutex_destroy(&gate->mutex);
    free(gate);
}

const char *password_nobody(const struct password_gate *gate)
{
    return gate->nobody;
}

/* ---- hashes ---- */

bool password_hash(struct password_gate *gate, const char *password,
                   char ret_hash[static PASSWORD_HASH_SIZE], struct err *err)
{
    char hash[PASSWORD_HASH_SIZE] = "";
    if (strlen(password) > PASSWORD_BYTES_MAX)
        return err_set(err, ERR_INVALID, "a password above %d bytes", PASSWORD_BYTES_MAX);
    if (!gate_enter(gate, err))
        return false;
    bool ok = argon2_hash(password, hash, err);
    gate_leave(gate);
    if (ok)
        memcpy(ret_hash, hash, sizeof(hash));
    return ok;
}

static bool is_argon2id(const char *hash)
{
    return strncmp(hash, "$argon2id$", 10) == 0 && strlen(hash) < PASSWORD_HASH_SIZE;
}

static bool is_bcrypt(const char *hash)
{
    return hash[0] == '$' && hash[1] == '2' && strchr("aby", hash[2]) && hash[2] != '\0' &&
           hash[3] == '$' && strlen(hash) == 60;
}

unsigned password_bcrypt_cost(const char *hash)
{
    bool has_digits =
        is_bcrypt(hash) && hash[4] >= '0' && hash[4] <= '9' && hash[5] >= '0' && hash[5] <= '9';
    return has_digits ? (unsigned)(hash[4] - '0') * 10 + (unsigned)(hash[5] - '0') : 0;
}

bool password_hash_is_known(const char *hash)
{
    return is_argon2id(hash) || is_bcrypt(hash);
}

static bool bcrypt_verify(const char *password, const char *hash, bool *ret_is_right,
                          struct err *err)
{
    struct crypt_data *data = calloc(1, sizeof(*data));
    if (!data)
        return err_set(err, ERR_INTERNAL, "no memory to verify a password");
    const char *computed = crypt_r(password, hash, data);
    *ret_is_right =
        computed && strlen(computed) == strlen(hash) && bytes_equal(computed, hash, strlen(hash));
    sodium_memzero(data, sizeof(*data));
    free(data);
    return true;
}

/* A bcrypt of this cost that is nobody's, for the time that it takes. */
static bool bcrypt_nobody(const char *password, unsigned cost, struct err *err)
{
    char setting[64];
    bool ignored;
    snprintf(setting, sizeof(setting), "$2b$%02u$%s", cost, "abcdefghijklmnopqrstuu");
    return bcrypt_verify(password, setting, &ignored, err);
}

static bool is_argon2id_of(const char *password, const char *hash)
{
    return crypto_pwhash_argon2id_str_verify(hash, password, strlen(password)) == 0;
}

bool password_verify(struct password_gate *gate, const char *password, const char *hash,
                     bool *ret_is_right, bool *ret_is_old, struct err *err)
{
    bool is_right = false, is_ours = is_argon2id(hash), ok = true;
    if (strlen(password) > PASSWORD_BYTES_MAX || !password_hash_is_known(hash)) {
        /* The time that a wrong password takes. */
        hash = gate->nobody;
        is_ours = true;
        password = strlen(password) > PASSWORD_BYTES_MAX ? "" : password;
    }
    if (!gate_enter(gate, err))
        return false;
    unsigned cost = note_verification(gate, is_ours ? 0 : password_bcrypt_cost(hash));
    bool by_argon2id = is_argon2id_of(password, is_ours ? hash : gate->nobody);
    if (is_ours) {
        is_right = by_argon2id;
        ok = cost == 0 || bcrypt_nobody(password, cost, err);
    } else {
        ok = bcrypt_verify(password, hash, &is_right, err);
    }
    gate_leave(gate);
    if (!ok)
        return false;
    *ret_is_right = is_right && hash != gate->nobody;
    *ret_is_old = !is_ours || crypto_pwhash_argon2id_str_needs_rehash(hash, PASSWORD_PASSES,
                                                                      PASSWORD_MEMORY_BYTES) != 0;
    return true;
}
