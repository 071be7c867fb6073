#include "accounting/actions/accounting.h"

#include "base/queue.h"

void accounting_outbox_wake(struct accounting *app)
{
    /* What is pushed does not matter, that something is does. */
    bool pushed = queue_push(app->outbox_signal, app);
    (void)pushed;
}
