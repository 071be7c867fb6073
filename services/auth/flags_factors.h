/* flags_factors.h: second factors, for operators who have seen the person. */
#ifndef AUTH_FLAGS_FACTORS_H
#define AUTH_FLAGS_FACTORS_H

#include "service/service.h"

int factor_flag_reset(struct service *service, const char *uid);

#define FACTOR_FLAG_ROWS                                                                           \
    {                                                                                              \
        "--reset-factors", "UID",                                                                  \
            "Remove every second factor of a user at once, end his sessions, tell him.", true,     \
            factor_flag_reset                                                                      \
    }

#endif
