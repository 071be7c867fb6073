/* Password hashes: right and wrong ones, imported ones, and what the gate lets in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/crypto.h"
#include "crypto/password.h"
#include "crypto/strength.h"

/* Of "Tecohvi0", as an import brings it. */
static const char bcrypt[] = "$2a$04$abcdefghijklmnopqrstuuiYifyTAQO5Do7JazNN.OazOBHxPPa8C";

static struct password_gate *gate_of(size_t running, size_t waiting)
{
    struct password_gate *gate;
    struct err err;
    assert_true(password_gate_new(running, waiting, &gate, &err));
    return gate;
}

static bool is_right(struct password_gate *gate, const char *password, const char *hash,
                     bool *is_old)
{
    struct err err;
    bool right;
    assert_true(password_verify(gate, password, hash, &right, is_old, &err));
    return right;
}

static void password__its_own_hash(void **state)
{
    struct password_gate *gate = gate_of(1, 0);
    char hash[PASSWORD_HASH_SIZE], other[PASSWORD_HASH_SIZE];
    struct err err;
    bool is_old;
    (void)state;
    assert_true(password_hash(gate, "Tecohvi0", hash, &err));
    assert_true(password_hash(gate, "Tecohvi0", other, &err));
    assert_string_not_equal(hash, other);
    assert_memory_equal(hash, "$argon2id$v=19$m=47104,t=1,p=1$", 31);
    assert_true(is_right(gate, "Tecohvi0", hash, &is_old));
    assert_false(is_old);
    assert_false(is_right(gate, "tecohvi0", hash, &is_old));
    assert_false(is_right(gate, "", hash, &is_old));
    password_gate_free(gate);
}

static void password__nobodys_and_unknown_hashes(void **state)
{
    static const char *const unknown[] = {
        "", "x", "$2a$", "$argon2i$v=19$m=8,t=1,p=1$a$b", "$6$salt$hash", "$2x$04$aaaa"};
    struct password_gate *gate = gate_of(1, 0);
    bool is_old;
    (void)state;
    assert_true(password_hash_is_known(password_nobody(gate)));
    assert_false(is_right(gate, "", password_nobody(gate), &is_old));
    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        assert_false(password_hash_is_known(unknown[i]));
        assert_false(is_right(gate, "", unknown[i], &is_old));
    }
    password_gate_free(gate);
}

static void password__bcrypt_is_verified_and_old(void **state)
{
    struct password_gate *gate = gate_of(1, 0);
    bool is_old;
    (void)state;
    assert_true(password_hash_is_known(bcrypt));
    assert_true(is_right(gate, "Tecohvi0", bcrypt, &is_old));
    assert_true(is_old);
    assert_false(is_right(gate, "wrong", bcrypt, &is_old));
    password_gate_free(gate);
}

/* What each verification adds to the counts: of argon2id, of bcrypt. */
static void assert_costs(struct password_gate *gate, const char *hash, uint64_t argon2id,
                         uint64_t bcrypts)
{
    struct password_counts before = password_gate_counts(gate);
    bool is_old;
    assert_false(is_right(gate, "wrong", hash, &is_old));
    struct password_counts after = password_gate_counts(gate);
    assert_int_equal(after.argon2id - before.argon2id, argon2id);
    assert_int_equal(after.bcrypt - before.bcrypt, bcrypts);
}

static void password__while_there_is_bcrypt__all_cost_the_same(void **state)
{
    struct password_gate *gate = gate_of(1, 0);
    char hash[PASSWORD_HASH_SIZE];
    struct err err;
    (void)state;
    assert_true(password_hash(gate, "Tecohvi0", hash, &err));
    assert_costs(gate, hash, 1, 0);
    assert_costs(gate, password_nobody(gate), 1, 0);
    password_gate_set_bcrypt(gate, 4);
    assert_costs(gate, hash, 1, 1);
    assert_costs(gate, password_nobody(gate), 1, 1);
    assert_costs(gate, bcrypt, 1, 1);
    assert_costs(gate, "", 1, 1);
    password_gate_set_bcrypt(gate, 0);
    assert_costs(gate, hash, 1, 0);
    assert_costs(gate, bcrypt, 1, 1); /* noticed */
    assert_costs(gate, hash, 1, 1);
    password_gate_set_bcrypt(gate, 31); /* nobody waits for days */
    assert_costs(gate, hash, 1, 0);
    password_gate_free(gate);
}

static void password_bcrypt_cost__is_that_of_the_digest(void **state)
{
    (void)state;
    assert_int_equal(password_bcrypt_cost(bcrypt), 4);
    assert_int_equal(password_bcrypt_cost(""), 0);
    assert_int_equal(password_bcrypt_cost("$2a$12$"), 0);
}

static void password__too_long_costs_nothing(void **state)
{
    static char text[1 << 20];
    struct password_gate *gate = gate_of(1, 0);
    char hash[PASSWORD_HASH_SIZE] = "unchanged";
    struct err err;
    bool is_old;
    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    assert_false(password_hash(gate, text, hash, &err));
    assert_int_equal(err.code, ERR_INVALID);
    assert_string_equal(hash, "unchanged");
    assert_false(is_right(gate, text, password_nobody(gate), &is_old));
    password_gate_free(gate);
}

/* ---- many at once ---- */

enum { THREADS = 8 };

struct crowd {
    struct password_gate *gate;
    int served, refused;
    pthread_mutex_t mutex;
};

static void *hash_one(void *user)
{
    struct crowd *crowd = user;
    char hash[PASSWORD_HASH_SIZE];
    struct err err;
    bool ok = password_hash(crowd->gate, "Tecohvi0", hash, &err);
    pthread_mutex_lock(&crowd->mutex);
    crowd->served += ok;
    crowd->refused += !ok && err.code == ERR_TOO_MANY;
    pthread_mutex_unlock(&crowd->mutex);
    return NULL;
}

static void gate__serves_so_many_and_refuses_the_rest(void **state)
{
    struct crowd crowd = {.gate = gate_of(1, 1), .mutex = PTHREAD_MUTEX_INITIALIZER};
    pthread_t threads[THREADS];
    (void)state;
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, hash_one, &crowd), 0);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(crowd.served + crowd.refused, THREADS);
    assert_true(crowd.served >= 2);
    password_gate_free(crowd.gate);
}

static void strength__knows_what_people_choose(void **state)
{
    char text[3000];
    (void)state;
    assert_true(password_strength("Password1") < 20);
    assert_true(password_strength("Summer2024") < 20);
    assert_true(password_strength("Tecohvi0") >= 30);
    assert_int_equal(password_strength(""), 0);
    memset(text, 'a', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    assert_true(password_strength(text) < 20);
}

static void md5__of_the_standard(void **state)
{
    char hex[MD5_HEX_SIZE];
    (void)state;
    md5_hex("abc", 3, hex);
    assert_string_equal(hex, "900150983cd24fb0d6963f7d28e17f72");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(password__its_own_hash),
        cmocka_unit_test(password__nobodys_and_unknown_hashes),
        cmocka_unit_test(password__bcrypt_is_verified_and_old),
        cmocka_unit_test(password__while_there_is_bcrypt__all_cost_the_same),
        cmocka_unit_test(password_bcrypt_cost__is_that_of_the_digest),
        cmocka_unit_test(password__too_long_costs_nothing),
        cmocka_unit_test(gate__serves_so_many_and_refuses_the_rest),
        cmocka_unit_test(strength__knows_what_people_choose),
        cmocka_unit_test(md5__of_the_standard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
