#include "qr/qr.h"

#include <errno.h>
#include <qrencode.h>
#include <string.h>

#include "base/auto.h"

DEFINE_AUTO(QRcode, QRcode_free);

static bool draw(const char *text, QRcode **ret_code, struct err *err)
{
    if (strlen(text) > QR_TEXT_MAX)
        return err_set(err, ERR_INVALID, "qr: the text is above %d bytes", QR_TEXT_MAX);
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
    if (!code)
        return err_set(err, ERR_INTERNAL, "qr: %s", strerror(errno));
    *ret_code = code;
    return true;
}

static bool is_black(const QRcode *code, unsigned x, unsigned y)
{
    unsigned width = (unsigned)code->width;
    /* Unsigned: left of the quiet zone is a large number too. */
    x -= QR_QUIET_MODULES;
    y -= QR_QUIET_MODULES;
    return x < width && y < width && (code->data[y * width + x] & 1);
}

bool qr_svg(const char *text, struct str *out, struct err *err)
{
    AUTO_FREE(QRcode_free) QRcode *code = NULL;
    if (!draw(text, &code, err))
        return false;
    unsigned side = (unsigned)code->width + 2 * QR_QUIET_MODULES;
    str_add_format(out,
                   "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %u %u\" "
                   "shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h%uv%uH0z\"/>"
                   "<path d=\"",
                   side, side, side, side);
    for (unsigned y = 0; y < side; y++) {
        for (unsigned x = 0, run = 0; x < side; x += run ? run : 1, run = 0) {
            while (is_black(code, x + run, y))
                run++;
            if (run > 0)
                str_add_format(out, "M%u %uh%uv1h-%uz", x, y, run, run);
        }
    }
    str_add(out, "\"/></svg>");
    return str_ok(out) || err_set(err, ERR_INTERNAL, "qr: the SVG is above %zu bytes", out->max);
}

/* ---- PNG: one bit a pixel, and deflate's "stored" blocks, which need no compressor ---- */

enum { STORED_BLOCK_MAX = 65535, CRC_POLYNOMIAL_BITS = 8, ADLER_MODULUS = 65521 };

static void add_u32(struct str *out, uint32_t number)
{
    uint8_t bytes[] = {(uint8_t)(number >> 24), (uint8_t)(number >> 16), (uint8_t)(number >> 8),
                       (uint8_t)number};
    str_add_bytes(out, bytes, sizeof(bytes));
}

static uint32_t crc32(const char *bytes, size_t length)
{
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < length; i++) {
        crc ^= (uint8_t)bytes[i];
        for (int bit = 0; bit < CRC_POLYNOMIAL_BITS; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
    }
    return ~crc;
}

static uint32_t adler32(const char *bytes, size_t length)
{
    uint32_t low = 1, high = 0;
    for (size_t i = 0; i < length; i++) {
        low = (low + (uint8_t)bytes[i]) % ADLER_MODULUS;
        high = (high + low) % ADLER_MODULUS;
    }
    return high << 16 | low;
}

static void add_chunk(struct str *out, const char *type, const struct str *data)
{
    add_u32(out, (uint32_t)data->length);
    size_t start = out->length;
    str_add_bytes(out, type, 4);
    str_add_bytes(out, str_data(data), data->length);
    if (str_ok(out))
        add_u32(out, crc32(out->data + start, out->length - start));
}

static void add_stored(struct str *out, const struct str *data)
{
    str_add_bytes(out, "\x78\x01", 2); /* zlib's header: deflate, no compression */
    for (size_t at = 0; at < data->length;) {
        size_t left = data->length - at, length = left < STORED_BLOCK_MAX ? left : STORED_BLOCK_MAX;
        uint16_t size = (uint16_t)length, inverse = (uint16_t)~size;
        uint8_t head[] = {left == length, (uint8_t)size, (uint8_t)(size >> 8), (uint8_t)inverse,
                          (uint8_t)(inverse >> 8)};
        str_add_bytes(out, head, sizeof(head));
        str_add_bytes(out, data->data + at, length);
        at += length;
    }
    add_u32(out, adler32(data->data, data->length));
}

static void add_rows(struct str *out, const QRcode *code, unsigned side, unsigned scale)
{
    for (unsigned y = 0; y < side * scale; y++) {
        str_add_char(out, 0); /* the row's filter: none */
        for (unsigned x = 0; x < side * scale; x += 8) {
            unsigned bits = 0;
            for (unsigned bit = 0; bit < 8; bit++)
                bits = bits << 1 | !is_black(code, (x + bit) / scale, y / scale);
            str_add_char(out, (char)(uint8_t)bits);
        }
    }
}

bool qr_png(const char *text, unsigned pixels, struct str *out, struct err *err)
{
    AUTO(str_release) struct str rows = STR_INIT(QR_PIXELS_MAX * QR_PIXELS_MAX / 4);
    AUTO(str_release) struct str data = STR_INIT(QR_PIXELS_MAX * QR_PIXELS_MAX / 4);
    AUTO_FREE(QRcode_free) QRcode *code = NULL;
    assert(pixels <= QR_PIXELS_MAX);
    if (!draw(text, &code, err))
        return false;
    unsigned side = (unsigned)code->width + 2 * QR_QUIET_MODULES;
    unsigned scale = pixels > side ? pixels / side : 1;

    str_add_bytes(out, "\x89PNG\r\n\x1a\n", 8);
    add_u32(&data, side * scale);
    add_u32(&data, side * scale);
    str_add_bytes(&data, "\x01\x00\x00\x00\x00", 5); /* 1 bit, grey, and the only method of each */
    add_chunk(out, "IHDR", &data);
    str_clear(&data);
    add_rows(&rows, code, side, scale);
    add_stored(&data, &rows);
    add_chunk(out, "IDAT", &data);
    str_clear(&data);
    add_chunk(out, "IEND", &data);
    return (str_ok(out) && str_ok(&rows) && str_ok(&data)) ||
           err_set(err, ERR_INTERNAL, "qr: the PNG is above %zu bytes", out->max);
}
