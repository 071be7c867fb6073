#include "service/requests.h"

void service_observe_reply(struct metrics *metrics, unsigned replies, unsigned seconds, int status,
                           int64_t us)
{
    const char *class_of_status = status < 300   ? "2xx"
                                  : status < 400 ? "3xx"
                                  : status < 500 ? "4xx"
                                                 : "5xx";
    metric_add_labelled(metrics, replies, metric_label(metrics, replies, class_of_status), 1);
    metric_observe_us(metrics, seconds, us);
}
