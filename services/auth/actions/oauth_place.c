#include "auth/actions/oauth_place.h"

#include <string.h>

#include "auth/actions/authz.h"
#include "auth/domain/oauth_error.h"

bool oauth_place_check(struct auth *app, struct arena *arena, const struct visitor *visitor,
                       struct err *err)
{
    const struct authz_question question = {.method = "POST",
                                            .path = "/api/v2/barong/identity/sessions",
                                            .query = "",
                                            .visitor = *visitor};
    static const char restricted[] = "authz.restrict.";
    struct authz_answer answer;
    enum authz_result result = authz_ask(app, NULL, arena, &question, &answer, err);
    if (result == AUTHZ_FAILED)
        return false;
    if (result == AUTHZ_ANSWERED && answer.code &&
        strncmp(answer.code, restricted, sizeof(restricted) - 1) == 0)
        return oauth_refuse(err, OAUTH_ACCESS_DENIED, "nobody may sign in from here, or now");
    return true;
}
