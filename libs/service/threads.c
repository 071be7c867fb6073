#include "service/threads.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { NAME_BYTES = 16, NANOSECONDS = 1000000000 };

struct service_thread {
    char name[NAME_BYTES];
    void (*run)(void *app);
    void *app;
    pthread_t id;
};

struct service_threads {
    atomic_bool stopping;
    pthread_mutex_t lock; /* of the sleep */
    pthread_cond_t wake;
    size_t count;
    struct service_thread threads[SERVICE_THREADS_MAX];
};

struct service_threads *service_threads_new(void)
{
    struct service_threads *threads = calloc(1, sizeof(*threads));
    pthread_condattr_t attributes;
    if (!threads)
        return NULL;
    pthread_mutex_init(&threads->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&threads->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    return threads;
}

void service_threads_free(struct service_threads *threads)
{
    if (!threads)
        return;
    service_threads_stop(threads);
    pthread_cond_destroy(&threads->wake);
    pthread_mutex_destroy(&threads->lock);
    free(threads);
}

/* The name is set from inside: a thread that ended before its maker could do it has none. */
static void *thread_main(void *argument)
{
    struct service_thread *thread = argument;
    pthread_setname_np(pthread_self(), thread->name);
    thread->run(thread->app);
    return NULL;
}

bool service_threads_add(struct service_threads *threads, const char *name, void (*run)(void *app),
                         void *app, struct err *err)
{
    if (threads->count == SERVICE_THREADS_MAX)
        return err_set(err, ERR_INTERNAL, "thread %s: there are already %d", name,
                       SERVICE_THREADS_MAX);
    struct service_thread *thread = &threads->threads[threads->count];
    *thread = (struct service_thread){.run = run, .app = app};
    memcpy(thread->name, name, strnlen(name, NAME_BYTES - 1));
    int error = pthread_create(&thread->id, NULL, thread_main, thread);
    if (error != 0)
        return err_set(err, ERR_INTERNAL, "thread %s: %s", name, strerrordesc_np(error));
    threads->count++;
    return true;
}

void service_threads_stop(struct service_threads *threads)
{
    pthread_mutex_lock(&threads->lock);
    atomic_store(&threads->stopping, true);
    pthread_mutex_unlock(&threads->lock);
    pthread_cond_broadcast(&threads->wake);
    for (size_t i = 0; i < threads->count; i++)
        pthread_join(threads->threads[i].id, NULL);
    threads->count = 0;
}

bool service_threads_stopping(const struct service_threads *threads)
{
    return atomic_load_explicit(&threads->stopping, memory_order_acquire);
}

bool service_threads_sleep(struct service_threads *threads, int milliseconds)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += milliseconds / 1000;
    until.tv_nsec += (long)(milliseconds % 1000) * 1000000;
    if (until.tv_nsec >= NANOSECONDS) {
        until.tv_nsec -= NANOSECONDS;
        until.tv_sec++;
    }
    pthread_mutex_lock(&threads->lock);
    while (!atomic_load(&threads->stopping))
        if (pthread_cond_timedwait(&threads->wake, &threads->lock, &until) == ETIMEDOUT)
            break;
    pthread_mutex_unlock(&threads->lock);
    return !service_threads_stopping(threads);
}
