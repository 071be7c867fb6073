/* qr.h: a text as a QR code, drawn as SVG or as PNG, over libqrencode. No state; any thread. */
#ifndef QR_QR_H
#define QR_QR_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

enum { QR_TEXT_MAX = 1024, QR_QUIET_MODULES = 4, QR_PIXELS_MAX = 2000 };

/* Appends a whole <svg> element, black on white, with the quiet zone around it. */
bool qr_svg(const char *text, struct str *out, struct err *err) MUST_CHECK;

/* Appends a PNG of at most `pixels` a side: the largest whole number of pixels for each module, one
 * at least. */
bool qr_png(const char *text, unsigned pixels, struct str *out, struct err *err) MUST_CHECK;

#endif
