/* Files of a folder: written, read, linked, gone; and keys that would leave it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "storage/storage.h"

static struct clock_fake clock_;
static struct storage *storage;
static char folder[] = "/tmp/bourse_storage_XXXXXX";

static int setup(void **state)
{
    struct err err;
    (void)state;
    clock_fake_init(&clock_, 1590994880000000);
    if (!mkdtemp(folder))
        return -1;
    const struct storage_settings settings = {.kind = "local",
                                              .folder = folder,
                                              .link_base = "http://localhost/uploads",
                                              .link_key = "0123456789abcdef"};
    return storage_open(&settings, &clock_.clock, &storage, &err) ? 0 : -1;
}

static int teardown(void **state)
{
    char path[100];
    (void)state;
    storage_close(storage);
    snprintf(path, sizeof(path), "%s/documents", folder);
    rmdir(path);
    return rmdir(folder);
}

static void storage_put__a_file__is_read_back_and_private(void **state)
{
    static const char key[] = "documents/4f9c.jpg", bytes[] = "\xff\xd8\0jpeg";
    AUTO(str_release) struct str out = STR_INIT(1000);
    char path[100];
    struct stat status;
    struct err err;
    (void)state;
    assert_true(storage_put(storage, key, "image/jpeg", bytes, sizeof(bytes), &err));
    assert_true(storage_get(storage, key, &out, &err));
    assert_int_equal(out.length, sizeof(bytes));
    assert_memory_equal(out.data, bytes, sizeof(bytes));
    snprintf(path, sizeof(path), "%s/%s", folder, key);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_true(storage_delete(storage, key, &err));
    assert_true(storage_delete(storage, key, &err));
    assert_false(storage_get(storage, key, &out, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
}

static void storage_put__a_key_that_leaves_the_store__is_refused(void **state)
{
    static const char *const wrong[] = {
        "",   "/etc/passwd", "../x", "a/../../x", "a//b", "a/.b",         ".hidden",
        "a/", "A.jpg",       "a b",  "a\\b",      "a%2f", "na\xc3\xafve",
    };
    struct err err;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        assert_false(storage_put(storage, wrong[i], "image/jpeg", "1", 1, &err));
        assert_int_equal(err.code, ERR_NOT_FOUND);
    }
}

static void storage_link__of_a_minute__is_good_for_a_minute(void **state)
{
    AUTO(str_release) struct str out = STR_INIT(STORAGE_URL_BYTES_MAX);
    char expires[20], signature[65];
    struct err err;
    (void)state;
    assert_true(storage_link(storage, "documents/4f9c.jpg", 60, &out, &err));
    assert_int_equal(sscanf(out.data,
                            "http://localhost/uploads/documents/4f9c.jpg?expires=%19[0-9]"
                            "&signature=%64[0-9a-f]",
                            expires, signature),
                     2);
    assert_true(storage_link_is_good(storage, "documents/4f9c.jpg", expires, signature));
    assert_false(storage_link_is_good(storage, "documents/4f9d.jpg", expires, signature));
    assert_false(storage_link_is_good(storage, "documents/4f9c.jpg", "9999999999", signature));
    signature[0] = signature[0] == '0' ? '1' : '0';
    assert_false(storage_link_is_good(storage, "documents/4f9c.jpg", expires, signature));
    signature[0] = '\0';
    assert_false(storage_link_is_good(storage, "documents/4f9c.jpg", expires, signature));
    str_clear(&out);
    assert_true(storage_link(storage, "a.png", 60, &out, &err));
    assert_int_equal(sscanf(strchr(out.data, '?'), "?expires=%19[0-9]&signature=%64[0-9a-f]",
                            expires, signature),
                     2);
    clock_.now_us += 60 * 1000000;
    assert_false(storage_link_is_good(storage, "a.png", expires, signature));
}

static void storage_open__settings_that_miss_something__are_refused(void **state)
{
    static const struct storage_settings wrong[] = {
        {.kind = "ftp"},
        {.kind = "local", .folder = "/tmp", .link_key = "short"},
        {.kind = "local", .link_key = "0123456789abcdef"},
        {.kind = "s3",
         .endpoint = "s3.amazonaws.com",
         .bucket = "b",
         .region = "r",
         .access_key = "a",
         .secret_key = "s"},
        {.kind = "s3",
         .endpoint = "https://s3.amazonaws.com/x",
         .bucket = "b",
         .region = "r",
         .access_key = "a",
         .secret_key = "s"},
        {.kind = "s3",
         .endpoint = "https://s3.amazonaws.com",
         .bucket = "B",
         .region = "r",
         .access_key = "a",
         .secret_key = "s"},
        {.kind = "s3", .endpoint = "https://s3.amazonaws.com", .bucket = "b", .region = "r"},
    };
    struct storage *opened = NULL;
    struct err err;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        assert_false(storage_open(&wrong[i], &clock_.clock, &opened, &err));
        assert_int_equal(err.code, ERR_CONFIG);
    }
}

static void storage_link__of_s3__names_the_bucket(void **state)
{
    static const struct {
        bool path_style;
        const char *start;
    } cases[] = {{false, "https://kyc.s3.example.com/a/b.png?X-Amz-Algorithm="},
                 {true, "https://s3.example.com/kyc/a/b.png?X-Amz-Algorithm="}};
    struct err err;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_FREE(storage_close) struct storage *opened = NULL;
        AUTO(str_release) struct str out = STR_INIT(STORAGE_URL_BYTES_MAX);
        const struct storage_settings settings = {.kind = "s3",
                                                  .endpoint = "https://s3.example.com/",
                                                  .bucket = "kyc",
                                                  .region = "eu-1",
                                                  .access_key = "a",
                                                  .secret_key = "s",
                                                  .path_style = cases[i].path_style};
        assert_true(storage_open(&settings, &clock_.clock, &opened, &err));
        assert_true(storage_link(opened, "a/b.png", 60, &out, &err));
        assert_memory_equal(out.data, cases[i].start, strlen(cases[i].start));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(storage_put__a_file__is_read_back_and_private),
        cmocka_unit_test(storage_put__a_key_that_leaves_the_store__is_refused),
        cmocka_unit_test(storage_link__of_a_minute__is_good_for_a_minute),
        cmocka_unit_test(storage_open__settings_that_miss_something__are_refused),
        cmocka_unit_test(storage_link__of_s3__names_the_bucket),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
