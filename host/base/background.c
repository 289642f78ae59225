#include "base/background.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

struct Background {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed; /* a job came or was done, or it is time to leave */
    BackgroundJob *first, *last;
    int pending;
    bool leaving;
};

/* Without the lock: nobody else looks at a job that is pending. */
static void job_do(BackgroundJob *job) {
    job->status = job->work(job->data);
    snprintf(job->message, sizeof job->message, "%s", job->status == STATUS_OK ? "" : status_message());
}

/* The job stays first in the list while it is at work. */
static void *work_off(void *user) {
    Background *b = user;
    pthread_mutex_lock(&b->lock);
    for (;;) {
        while (!b->first && !b->leaving) pthread_cond_wait(&b->changed, &b->lock);
        if (!b->first) break;
        BackgroundJob *job = b->first;
        pthread_mutex_unlock(&b->lock);
        job_do(job);
        pthread_mutex_lock(&b->lock);
        b->first = job->next;
        job->state = JOB_DONE;
        b->pending--;
        pthread_cond_broadcast(&b->changed);
    }
    pthread_mutex_unlock(&b->lock);
    return NULL;
}

/* Signals are the main thread's: what is being written is never interrupted by one. */
static bool thread_start(Background *b) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(&b->thread, NULL, work_off, b) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

static Background *background_start(void) {
    Background *b = calloc(1, sizeof *b);
    if (!b) return NULL;
    pthread_mutex_init(&b->lock, NULL);
    pthread_cond_init(&b->changed, NULL);
    if (thread_start(b)) return b;
    pthread_cond_destroy(&b->changed);
    pthread_mutex_destroy(&b->lock);
    free(b);
    return NULL;
}

static void job_add(Background *b, BackgroundJob *job) {
    pthread_mutex_lock(&b->lock);
    while (b->pending == BACKGROUND_PENDING) pthread_cond_wait(&b->changed, &b->lock);
    if (b->first)
        b->last->next = job;
    else
        b->first = job;
    b->last = job;
    b->pending++;
    pthread_cond_broadcast(&b->changed);
    pthread_mutex_unlock(&b->lock);
}

void background_do(Background **background, BackgroundJob *job, BackgroundWork work, void *data) {
    *job = (BackgroundJob){.work = work, .data = data, .state = JOB_PENDING};
    if (!*background) *background = background_start();
    if (*background) {
        job_add(*background, job);
        return;
    }
    job_do(job);
    job->state = JOB_DONE;
}

bool background_busy(Background *background, const BackgroundJob *job) {
    if (!background) return false;
    pthread_mutex_lock(&background->lock);
    bool busy = job->state == JOB_PENDING;
    pthread_mutex_unlock(&background->lock);
    return busy;
}

static void job_await(Background *b, const BackgroundJob *job) {
    pthread_mutex_lock(&b->lock);
    while (job->state == JOB_PENDING) pthread_cond_wait(&b->changed, &b->lock);
    pthread_mutex_unlock(&b->lock);
}

Status background_collect(Background *background, BackgroundJob *job) {
    if (background) job_await(background, job);
    if (job->state == JOB_NONE) return STATUS_OK;
    job->state = JOB_NONE;
    return job->status == STATUS_OK ? STATUS_OK : status_set(job->status, "%s", job->message);
}

void background_wait(Background *background) {
    if (!background) return;
    pthread_mutex_lock(&background->lock);
    while (background->pending > 0) pthread_cond_wait(&background->changed, &background->lock);
    pthread_mutex_unlock(&background->lock);
}

void background_destroy(Background *background) {
    if (!background) return;
    pthread_mutex_lock(&background->lock);
    background->leaving = true;
    pthread_cond_broadcast(&background->changed);
    pthread_mutex_unlock(&background->lock);
    pthread_join(background->thread, NULL);
    pthread_cond_destroy(&background->changed);
    pthread_mutex_destroy(&background->lock);
    free(background);
}
