/* The examples of Amazon's own description of Signature Version 4 for S3. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "storage/sigv4.h"

#define EMPTY_HASH "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define MIDNIGHT_US 1369353600000000 /* 2013-05-24 */

static const struct sigv4_request example = {
    .access_key = "AKIAIOSFODNN7EXAMPLE",
    .secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    .region = "us-east-1",
    .now_us = MIDNIGHT_US,
    .method = "GET",
    .path = "/",
    .query = "",
    .payload_hash = EMPTY_HASH,
};

static void assert_signature(const struct sigv4_request *request, const char *signature)
{
    struct str out = STR_INIT(SIGV4_BYTES_MAX);
    sigv4_authorization(&out, request);
    assert_true(str_ok(&out));
    assert_string_equal(strstr(out.data, "Signature="), signature);
    assert_non_null(strstr(out.data, "Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/"
                                     "aws4_request,SignedHeaders=host;"));
    str_release(&out);
}

static void sigv4_authorization__get_object__is_the_published_one(void **state)
{
    static const struct sigv4_header headers[] = {
        {"host", "examplebucket.s3.amazonaws.com"},
        {"range", "bytes=0-9"},
        {"x-amz-content-sha256", EMPTY_HASH},
        {"x-amz-date", "20130524T000000Z"},
    };
    struct sigv4_request request = example;
    (void)state;
    request.path = "/test.txt";
    request.headers = headers;
    request.headers_count = ARRAY_LEN(headers);
    assert_signature(&request,
                     "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

static void sigv4_authorization__put_object__is_the_published_one(void **state)
{
    char hash[SIGV4_HASH_SIZE];
    (void)state;
    sigv4_hash("Welcome to Amazon S3.", 21, hash);
    const struct sigv4_header headers[] = {
        {"date", "Fri, 24 May 2013 00:00:00 GMT"},
        {"host", "examplebucket.s3.amazonaws.com"},
        {"x-amz-content-sha256", hash},
        {"x-amz-date", "20130524T000000Z"},
        {"x-amz-storage-class", "REDUCED_REDUNDANCY"},
    };
    struct str path = STR_INIT(100), out = STR_INIT(SIGV4_BYTES_MAX);
    sigv4_encode(&path, "/test$file.text", true);
    assert_string_equal(path.data, "/test%24file.text");
    struct sigv4_request request = example;
    request.method = "PUT";
    request.path = path.data;
    request.payload_hash = hash;
    request.headers = headers;
    request.headers_count = ARRAY_LEN(headers);
    sigv4_authorization(&out, &request);
    assert_string_equal(strstr(out.data, "Signature="),
                        "Signature="
                        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
    str_release(&path);
    str_release(&out);
}

static void sigv4_presigned__one_day__is_the_published_one(void **state)
{
    static const struct sigv4_header headers[] = {{"host", "examplebucket.s3.amazonaws.com"}};
    struct str out = STR_INIT(SIGV4_BYTES_MAX);
    struct sigv4_request request = example;
    (void)state;
    request.path = "/test.txt";
    request.headers = headers;
    request.headers_count = ARRAY_LEN(headers);
    request.payload_hash = "UNSIGNED-PAYLOAD";
    sigv4_presigned(&out, &request, 86400);
    assert_string_equal(
        out.data,
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2F"
        "us-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&"
        "X-Amz-SignedHeaders=host&X-Amz-Signature="
        "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
    str_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sigv4_authorization__get_object__is_the_published_one),
        cmocka_unit_test(sigv4_authorization__put_object__is_the_published_one),
        cmocka_unit_test(sigv4_presigned__one_day__is_the_published_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
