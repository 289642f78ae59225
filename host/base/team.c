#include "base/team.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

enum { WATCHES = 400 }; /* looks before sleeping, some ten microseconds */

static _Thread_local uint32_t member;

uint32_t team_member(void) {
    return member;
}

struct Team {
    int helpers;
    pthread_t *threads;
    pthread_mutex_t lock;
    pthread_cond_t begun, ended;
    atomic_uint job;    /* grows by one per job */
    atomic_uint next;   /* item to claim */
    atomic_uint joined; /* helpers that know their number */
    atomic_int working; /* helpers that have not finished this job */
    atomic_bool leaving;
    TeamWork work;
    const void *data;
    uint32_t items;
};

static void relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

static void claim_items(Team *team) {
    for (;;) {
        uint32_t item = atomic_fetch_add(&team->next, 1);
        if (item >= team->items) return;
        team->work(item, team->items, team->data);
    }
}

/* Returns once the job number is no longer `seen`. */
static void await_job(Team *team, unsigned seen) {
    for (int i = 0; i < WATCHES; i++, relax())
        if (atomic_load(&team->job) != seen) return;
    pthread_mutex_lock(&team->lock);
    while (atomic_load(&team->job) == seen) pthread_cond_wait(&team->begun, &team->lock);
    pthread_mutex_unlock(&team->lock);
}

static void *help(void *user) {
    Team *team = user;
    member = atomic_fetch_add(&team->joined, 1) + 1;
    for (unsigned seen = 0;; seen++) {
        await_job(team, seen);
        if (atomic_load(&team->leaving)) return NULL;
        claim_items(team);
        if (atomic_fetch_sub(&team->working, 1) > 1) continue;
        pthread_mutex_lock(&team->lock);
        pthread_cond_signal(&team->ended);
        pthread_mutex_unlock(&team->lock);
    }
}

static void begin_job(Team *team) {
    pthread_mutex_lock(&team->lock);
    atomic_fetch_add(&team->job, 1);
    pthread_cond_broadcast(&team->begun);
    pthread_mutex_unlock(&team->lock);
}

static void await_helpers(Team *team) {
    for (int i = 0; i < WATCHES; i++, relax())
        if (atomic_load(&team->working) == 0) return;
    pthread_mutex_lock(&team->lock);
    while (atomic_load(&team->working) != 0) pthread_cond_wait(&team->ended, &team->lock);
    pthread_mutex_unlock(&team->lock);
}

void team_run(Team *team, TeamWork work, uint32_t items, const void *data) {
    team->work = work;
    team->data = data;
    team->items = items;
    atomic_store(&team->next, 0);
    if (team->helpers == 0 || items < 2) {
        claim_items(team);
        return;
    }
    atomic_store(&team->working, team->helpers);
    begin_job(team);
    claim_items(team);
    await_helpers(team);
}

Status team_create(Team **out, int threads) {
    *out = NULL;
    Team *team = calloc(1, sizeof *team);
    REQUIRE(team, STATUS_FAILED, "threads: out of memory");
    pthread_mutex_init(&team->lock, NULL);
    pthread_cond_init(&team->begun, NULL);
    pthread_cond_init(&team->ended, NULL);
    team->threads = calloc((size_t)threads, sizeof *team->threads);
    bool made = team->threads != NULL;
    while (made && team->helpers < threads - 1) {
        made = pthread_create(&team->threads[team->helpers], NULL, help, team) == 0;
        if (made) team->helpers++;
    }
    if (!made) team_destroy(team);
    REQUIRE(made, STATUS_FAILED, "threads: the system gives no %d; lower --threads", threads);
    *out = team;
    return STATUS_OK;
}

void team_destroy(Team *team) {
    if (!team) return;
    atomic_store(&team->leaving, true);
    begin_job(team);
    for (int i = 0; i < team->helpers; i++) pthread_join(team->threads[i], NULL);
    pthread_cond_destroy(&team->ended);
    pthread_cond_destroy(&team->begun);
    pthread_mutex_destroy(&team->lock);
    free(team->threads);
    free(team);
}
