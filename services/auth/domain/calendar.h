/* calendar.h: dates without a time, as text: "2020-06-01". So they compare as texts do. */
#ifndef AUTH_DOMAIN_CALENDAR_H
#define AUTH_DOMAIN_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

enum { DATE_SIZE = 11, DATE_YEAR_MIN = 1800, DATE_YEAR_MAX = 9999 };

/* Reads what front ends send: 2020-06-01, 2020/06/01, 01/06/2020, 01-06-2020, each with or without a
 * time behind it. False: no such day. */
bool date_parse(const char *text, char ret_date[static DATE_SIZE]);
/* The day of this moment, UTC. */
void date_of(int64_t now_us, char ret_date[static DATE_SIZE]);

#endif
