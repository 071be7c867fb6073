#include "crypto/aead.h"

#include <openssl/evp.h>
#include <string.h>

#include "base/random.h"
#include "crypto/crypto.h"

bool aead_seal(const uint8_t key[static AEAD_KEY_SIZE], const char *context, const void *bytes,
               size_t length, struct str *out)
{
    char *room = length <= AEAD_BYTES_MAX ? str_reserve(out, length + AEAD_OVERHEAD) : NULL;
    if (!room)
        return false;
    uint8_t *nonce = (uint8_t *)room, *to = nonce + AEAD_NONCE_SIZE;
    int part = 0, last = 0;
    random_bytes(nonce, AEAD_NONCE_SIZE);

    /* Nothing here depends on the input: a failure is a broken installation or no memory. */
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    assert(cipher != NULL);
    int done = EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
               EVP_EncryptUpdate(cipher, NULL, &part, (const uint8_t *)context,
                                 (int)strlen(context)) == 1 &&
               EVP_EncryptUpdate(cipher, to, &part, length > 0 ? bytes : "", (int)length) == 1 &&
               EVP_EncryptFinal_ex(cipher, to + part, &last) == 1 &&
               EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, AEAD_TAG_SIZE, to + length) == 1;
    EVP_CIPHER_CTX_free(cipher);
    assert(done);
    assert((size_t)part + (size_t)last == length);
    out->length += length + AEAD_OVERHEAD;
    out->data[out->length] = '\0';
    return true;
}

bool aead_open(const uint8_t key[static AEAD_KEY_SIZE], const char *context, const void *sealed,
               size_t length, struct str *out)
{
    if (length < AEAD_OVERHEAD || length > AEAD_BYTES_MAX + AEAD_OVERHEAD)
        return false;
    const uint8_t *nonce = sealed, *from = nonce + AEAD_NONCE_SIZE;
    size_t clear = length - AEAD_OVERHEAD;
    uint8_t tag[AEAD_TAG_SIZE];
    char *room = str_reserve(out, clear);
    if (!room)
        return false;
    int part = 0, last = 0;
    memcpy(tag, from + clear, AEAD_TAG_SIZE);

    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    assert(cipher != NULL);
    int begun = EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
                EVP_DecryptUpdate(cipher, NULL, &part, (const uint8_t *)context,
                                  (int)strlen(context)) == 1 &&
                EVP_DecryptUpdate(cipher, (uint8_t *)room, &part, from, (int)clear) == 1 &&
                EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, AEAD_TAG_SIZE, tag) == 1;
    bool is_true = begun && EVP_DecryptFinal_ex(cipher, (uint8_t *)room + part, &last) == 1;
    EVP_CIPHER_CTX_free(cipher);
    if (!is_true) {
        bytes_wipe(room, clear); /* what a forged text decrypts to is nobody's business */
        out->data[out->length] = '\0';
        return false;
    }
    out->length += clear;
    out->data[out->length] = '\0';
    return true;
}
