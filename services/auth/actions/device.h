/* device.h: the cookie by which an account knows a browser again; its hash is in known_devices. */
#ifndef AUTH_ACTIONS_DEVICE_H
#define AUTH_ACTIONS_DEVICE_H

#include "auth/store/known_devices.h"

enum { DEVICE_COOKIE_SIZE = 33 /* 32 hexadecimal digits: 128 random bits */ };

/* `cookie` as it is when it has the form of one of ours, else a new one. */
void device_make(const char *cookie, char ret_cookie[static DEVICE_COOKIE_SIZE]);
void device_hash_of(const char *cookie, uint8_t ret_hash[static DEVICE_HASH_SIZE]);

#endif
