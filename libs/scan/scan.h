/*
 * scan.h: asks a virus scanner about a file: clamd of ClamAV, or what speaks its INSTREAM protocol. The
 * bytes go over a socket; nothing is written to a disk. One connection for each question; any thread.
 */
#ifndef SCAN_SCAN_H
#define SCAN_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { SCAN_TIMEOUT_S = 15, SCAN_ADDRESS_MAX = 100 };

/* `address`: "/run/clamav/clamd.ctl", or "host:port". ERR_PEER_UNAVAILABLE: no verdict; a file without
 * one is not clean. ERR_CONFIG: no such address. */
bool scan_bytes(const char *address, const void *bytes, size_t length, bool *ret_is_clean,
                struct err *err) MUST_CHECK;

#endif
