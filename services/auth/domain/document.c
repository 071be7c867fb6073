#include "auth/domain/document.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static const struct {
    const char *extension, *media_type;
} kinds[UPLOAD_KIND_MAX] = {
    [UPLOAD_JPEG] = {"jpg", "image/jpeg"},
    [UPLOAD_PNG] = {"png", "image/png"},
    [UPLOAD_PDF] = {"pdf", "application/pdf"},
};

const char *upload_extension(enum upload_kind kind)
{
    return kinds[kind].extension;
}

const char *upload_media_type(enum upload_kind kind)
{
    return kinds[kind].media_type;
}

static const char *extension_of(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot ? dot + 1 : "";
}

bool upload_kind_of_key(const char *key, enum upload_kind *ret_kind)
{
    for (enum upload_kind kind = UPLOAD_JPEG; kind < UPLOAD_KIND_MAX; kind++) {
        if (strcmp(extension_of(key), kinds[kind].extension) != 0)
            continue;
        *ret_kind = kind;
        return true;
    }
    return false;
}

/* ---- contents ---- */

struct size {
    uint32_t width, height;
};

static uint32_t big_endian(const uint8_t *bytes, size_t count)
{
    uint32_t number = 0;
    for (size_t i = 0; i < count; i++)
        number = number << 8 | bytes[i];
    return number;
}

static bool begins_with(const uint8_t *bytes, size_t length, const char *magic, size_t magic_length)
{
    return length >= magic_length && memcmp(bytes, magic, magic_length) == 0;
}

static bool png_size(const uint8_t *bytes, size_t length, struct size *ret_size)
{
    if (length < 33 || memcmp(bytes + 12, "IHDR", 4) != 0)
        return false;
    *ret_size = (struct size){big_endian(bytes + 16, 4), big_endian(bytes + 20, 4)};
    return true;
}

/* SOF0 to SOF15, but for three numbers that mean something else. */
static bool is_frame(uint8_t marker)
{
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

static bool jpeg_size(const uint8_t *bytes, size_t length, struct size *ret_size)
{
    size_t at = 2;
    while (at + 9 < length && bytes[at] == 0xff) {
        uint8_t marker = bytes[at + 1];
        if (marker == 0xff) { /* padding */
            at++;
            continue;
        }
        if (is_frame(marker)) {
            *ret_size = (struct size){big_endian(bytes + at + 7, 2), big_endian(bytes + at + 5, 2)};
            return true;
        }
        at += 2 + big_endian(bytes + at + 2, 2);
    }
    return false;
}

static bool is_reasonable(struct size size)
{
    return size.width > 0 && size.height > 0 && size.width <= DOCUMENT_SIDE_MAX &&
           size.height <= DOCUMENT_SIDE_MAX &&
           (uint64_t)size.width * size.height <= DOCUMENT_PIXELS_MAX;
}

/* NULL: it is a file that we keep; else the sentence. */
static const char *content_mistake(const struct param_file *file, enum upload_kind *ret_kind)
{
    const uint8_t *bytes = file->bytes;
    struct size size = {1, 1};
    bool has_size = true;
    if (begins_with(bytes, file->length, "\x89PNG\r\n\x1a\n", 8)) {
        *ret_kind = UPLOAD_PNG;
        has_size = png_size(bytes, file->length, &size);
    } else if (begins_with(bytes, file->length, "\xff\xd8\xff", 3)) {
        *ret_kind = UPLOAD_JPEG;
        has_size = jpeg_size(bytes, file->length, &size);
    } else if (begins_with(bytes, file->length, "%PDF-", 5)) {
        *ret_kind = UPLOAD_PDF;
    } else {
        return "upload.File content is not a picture or document that is allowed";
    }
    if (!has_size || !is_reasonable(size))
        return "upload.Picture dimensions are not allowed";
    return NULL;
}

/* ---- names ---- */

static bool is_allowed(const char *extension, const char *list)
{
    size_t length = strlen(extension);
    while (length > 0 && *list) {
        list += strspn(list, ", ");
        size_t word = strcspn(list, ", ");
        if (word == length && strncasecmp(list, extension, length) == 0)
            return true;
        list += word;
    }
    return false;
}

static bool names_kind(const char *extension, enum upload_kind kind)
{
    return strcasecmp(extension, kinds[kind].extension) == 0 ||
           (kind == UPLOAD_JPEG && strcasecmp(extension, "jpeg") == 0);
}

static const char *file_mistake(const struct param_file *file, const struct upload_limits *limits,
                                enum upload_kind *ret_kind)
{
    const char *extension = extension_of(file->filename);
    if (!is_allowed(extension, limits->extensions))
        return "upload.You are not allowed to upload files of this type";
    if (file->length < limits->bytes_min)
        return "upload.File size should be greater than the minimum";
    if (file->length > limits->bytes_max)
        return "upload.File size should be less than the maximum";
    const char *mistake = content_mistake(file, ret_kind);
    if (mistake)
        return mistake;
    return names_kind(extension, *ret_kind) ? NULL
                                            : "upload.File content is not what its name says";
}

void upload_check(const struct param_file *file, const struct upload_limits *limits,
                  enum upload_kind *ret_kind, struct mistakes *mistakes)
{
    const char *mistake = file_mistake(file, limits, ret_kind);
    if (!mistake)
        return;
    mistake_add(mistakes, mistake);
    mistake_add(mistakes, "upload.blank");
}

void document_number_check(const char *number, struct mistakes *mistakes)
{
    size_t length = strlen(number);
    for (const char *at = number; *at; at++)
        if (!isalnum((unsigned char)*at) && *at != ' ' && *at != '-') {
            mistake_add(mistakes, "doc_number.invalid");
            break;
        }
    if (length > DOCUMENT_NUMBER_CHARS_MAX)
        mistake_add(mistakes, "doc_number.too_long");
}
