/*
 * sms.h: text messages and calls that carry a code. Four providers behind one interface:
 *
 *     mock           nothing is sent, any code is right: for tests and demonstrations only
 *     outbox         a file for each message in a folder, for people who try the platform out
 *     twilio_sms     Twilio's Programmable Messaging; we make and compare the code
 *     twilio_verify  Twilio's Verify; Twilio makes, sends (text or call) and compares the code
 *
 * A number is written "+447418084106". What a provider refuses (it is no mobile number, its owner
 * has unsubscribed) is ERR_INVALID with a key of the caller's table; what it can't do now is
 * ERR_PEER_UNAVAILABLE. Texts and codes are never part of a story. Thread-safe.
 */
#ifndef SMS_SMS_H
#define SMS_SMS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/auto.h"
#include "base/clock.h"
#include "base/err.h"

enum { SMS_TEXT_BYTES_MAX = 1600, SMS_TIMEOUT_MS = 10000 };

enum sms_kind { SMS_MOCK, SMS_OUTBOX, SMS_TWILIO_SMS, SMS_TWILIO_VERIFY };
enum sms_channel { SMS_CHANNEL_SMS, SMS_CHANNEL_CALL };

/* What to say for an error code of the provider; the table ends with code 0, for all others. */
struct sms_refusal {
    long code;
    const char *key;
};

struct sms_settings {
    const char *kind;   /* "mock", "outbox", "twilio_sms", "twilio_verify" */
    const char *folder; /* outbox */
    const char *account_sid, *auth_token;
    const char *from;        /* twilio_sms: our number */
    const char *service_sid; /* twilio_verify */
    const char *api_url;     /* NULL or "": Twilio's own */
    const struct sms_refusal *refusals;
};

struct sms;

/* Strings are copied, the table of refusals is not. ERR_CONFIG: something is missing. */
bool sms_open(const struct sms_settings *settings, const struct clock *clock, struct sms **ret_sms,
              struct err *err) MUST_CHECK;
void sms_close(struct sms *sms); /* NULL is fine */
DEFINE_AUTO(struct sms, sms_close);

enum sms_kind sms_kind(const struct sms *sms);

/* All but twilio_verify: sends the text, which holds a code of ours. */
bool sms_send(struct sms *sms, const char *number, const char *text, struct err *err) MUST_CHECK;

/* twilio_verify: sends a code of theirs, and asks whether a code is the one. */
bool sms_verify_start(struct sms *sms, const char *number, enum sms_channel channel,
                      struct err *err) MUST_CHECK;
bool sms_verify_check(struct sms *sms, const char *number, const char *code, bool *ret_right,
                      struct err *err) MUST_CHECK;

#endif
