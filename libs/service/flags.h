/* flags.h: inside the module. The command line: the flags of every service and its own. */
#ifndef SERVICE_FLAGS_H
#define SERVICE_FLAGS_H

#include "base/str.h"
#include "service/service.h"

enum flag_action {
    FLAG_SERVE, /* no flag: run the service */
    FLAG_HELP,
    FLAG_VERSION,
    FLAG_CHECK_CONFIG,
    FLAG_PRINT_CONFIG,
    FLAG_PRINT_METRICS,
    FLAG_OWN /* one of spec.flags */
};

struct flag_choice {
    enum flag_action action;
    const struct service_flag *own;
    const char *argument; /* of `own` */
};

/* False: `ret_problem` says what is wrong and where to look; exit status EXIT_USAGE. */
bool flags_parse(const struct service_spec *spec, int argc, char **argv,
                 struct flag_choice *ret_choice, struct str *problem) MUST_CHECK;
void flags_print_help(const struct service_spec *spec, struct str *out);

#endif
