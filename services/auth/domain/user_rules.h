/* user_rules.h: what the fields of a user may hold (reference barong.md §1.2, §2.1). Pure. E-mail
 * addresses: domain/email.h; passwords: state/password_rules.h. */
#ifndef AUTH_DOMAIN_USER_RULES_H
#define AUTH_DOMAIN_USER_RULES_H

#include <stdbool.h>
#include <stddef.h>

enum { USERNAME_CHARS_MIN = 4, USERNAME_CHARS_MAX = 12, USER_DATA_CHARS_MAX = 1024 };
enum { USER_MISTAKES_MAX = 2 };

/* The codes of the rules that it breaks: username.too_short, .too_long, .invalid; their number. */
size_t username_mistakes(const char *username, const char *ret_codes[static USER_MISTAKES_MAX]);

/* data.invalid_format (no JSON), data.too_long; their number. */
size_t user_data_mistakes(const char *data, const char *ret_codes[static USER_MISTAKES_MAX]);

/* Whether it begins with the prefix of uids, in upper case. */
bool referral_has_format(const char *referral, const char *uid_prefix);

#endif
