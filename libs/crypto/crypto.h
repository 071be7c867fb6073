/*
 * crypto.h: hashes, message authentication, text forms of bytes, comparison in constant time; over
 * OpenSSL. No state; any thread. Encryption is in aead.h and keyring.h, one-time codes in totp.h.
 */
#ifndef CRYPTO_CRYPTO_H
#define CRYPTO_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum { SHA256_SIZE = 32 };

void sha256(const void *bytes, size_t length, uint8_t ret_digest[static SHA256_SIZE]);

/* For protocols of others that ask for it; it protects nothing. Lower-case digits. */
enum { MD5_HEX_SIZE = 33 };
void md5_hex(const void *bytes, size_t length, char ret_hex[static MD5_HEX_SIZE]);

/* A key of `length` bytes from a secret text (RFC 8018, HMAC-SHA1); slow on purpose. */
void pbkdf2_sha1(const char *secret, const char *salt, unsigned iterations, uint8_t *ret_key,
                 size_t length);

/* Streaming, for chains of rows. */
struct sha256;
struct sha256 *sha256_new(void);
void sha256_free(struct sha256 *hash); /* NULL is fine */
void sha256_add(struct sha256 *hash, const void *bytes, size_t length);
void sha256_end(struct sha256 *hash, uint8_t ret_digest[static SHA256_SIZE]); /* and starts anew */

enum { SHA1_SIZE = 20 };

/* For Bitcoin's addresses. */
enum { RIPEMD160_SIZE = 20 };
/* The scrypt of Litecoin's proof of work (N 1024, r 1, p 1): the text is its own salt. */
void scrypt_work(const void *bytes, size_t length, uint8_t ret_digest[static SHA256_SIZE]);
void ripemd160(const void *bytes, size_t length, uint8_t ret_digest[static RIPEMD160_SIZE]);

void hmac_sha256(const void *key, size_t key_length, const void *bytes, size_t length,
                 uint8_t ret_mac[static SHA256_SIZE]);
enum { SHA512_SIZE = 64 };
void hmac_sha512(const void *key, size_t key_length, const void *bytes, size_t length,
                 uint8_t ret_mac[static SHA512_SIZE]);
void hmac_sha1(const void *key, size_t key_length, const void *bytes, size_t length,
               uint8_t ret_mac[static SHA1_SIZE]); /* for TOTP only */

/* Without padding. Reading is strict: no padding, no blanks, no unused bits. */
void base64url_write(struct str *out, const void *bytes, size_t length);
bool base64url_read(const char *text, size_t length, struct str *out) MUST_CHECK;
/* The classic alphabets with padding as well (keys in configuration). */
bool base64_read_any(const char *text, size_t length, struct str *out) MUST_CHECK;
/* The classic alphabet, padded. */
void base64_write(struct str *out, const void *bytes, size_t length);

/* RFC 4648, upper case, without padding. Reading takes either case and right padding; it refuses
 * unused bits that are set and lengths that no encoder makes, so one text has one value. */
void base32_write(struct str *out, const void *bytes, size_t length);
bool base32_read(const char *text, size_t length, struct str *out) MUST_CHECK;

bool bytes_equal(const void *a, const void *b, size_t length); /* in constant time */

/* Overwrites what was secret, in a way that no optimiser removes. str_wipe() also releases:
 * AUTO(str_wipe) struct str seed = STR_INIT(64). */
void bytes_wipe(void *bytes, size_t length);
void str_wipe(struct str *text);

#endif
