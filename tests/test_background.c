/* Jobs beside the simulation: in order, a bounded number of them, how each ended told to who asks. */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/background.h"

enum { JOBS = 200 };

/* What jobs have done, in their order; jobs wait while the gate is shut. */
static int order[JOBS];
static atomic_int done;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static Status note(void *data) {
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    order[atomic_fetch_add(&done, 1)] = *(int *)data;
    return *(int *)data % 2 ? status_set(STATUS_FAILED, "job %d: is odd; even it out", *(int *)data)
                            : STATUS_OK;
}

static void test_order_and_messages(void **state) {
    (void)state;
    static BackgroundJob job[JOBS];
    int number[JOBS];
    Background *background = NULL;
    atomic_store(&done, 0);
    for (int i = 0; i < JOBS; i++) {
        number[i] = i;
        background_do(&background, &job[i], note, &number[i]);
    }
    background_wait(background);
    assert_int_equal(atomic_load(&done), JOBS);
    (void)status_set(STATUS_FAILED, "somebody else's");
    for (int i = JOBS - 1; i >= 0; i--) {
        char expected[64];
        snprintf(expected, sizeof expected, "job %d: is odd; even it out", i);
        assert_int_equal(order[i], i);
        assert_int_equal(background_collect(background, &job[i]), i % 2 ? STATUS_FAILED : STATUS_OK);
        if (i % 2) assert_string_equal(status_message(), expected);
        assert_int_equal(background_collect(background, &job[i]), STATUS_OK); /* nothing left to collect */
    }
    background_destroy(background);
}

static atomic_int handed;

/* Hands over as many again as may be pending. */
static void *hand_over(void *background) {
    static BackgroundJob job[BACKGROUND_PENDING];
    static int number;
    for (int i = 0; i < BACKGROUND_PENDING; i++) {
        background_do(background, &job[i], note, &number);
        atomic_fetch_add(&handed, 1);
    }
    return NULL;
}

static void test_bounded(void **state) {
    (void)state;
    pthread_t thread;
    Background *background = NULL;
    BackgroundJob first = {0};
    int number = 0;
    atomic_store(&done, 0);
    background_do(&background, &first, note, &number);
    assert_int_equal(background_collect(background, &first), STATUS_OK);
    pthread_mutex_lock(&gate);
    atomic_store(&done, 0);
    background_do(&background, &first, note, &number);
    assert_true(background_busy(background, &first));
    assert_int_equal(pthread_create(&thread, NULL, hand_over, &background), 0);
    usleep(100000); /* time to hand over all, were there no bound */
    assert_int_equal(atomic_load(&handed), BACKGROUND_PENDING - 1);
    assert_int_equal(atomic_load(&done), 0);
    pthread_mutex_unlock(&gate);
    pthread_join(thread, NULL);
    background_wait(background);
    assert_false(background_busy(background, &first));
    assert_int_equal(atomic_load(&done), BACKGROUND_PENDING + 1);
    background_destroy(background);
}

/* What is pending when its owner leaves is done first. */
static void test_destroy_drains(void **state) {
    (void)state;
    Background *background = NULL;
    BackgroundJob job[2] = {0};
    int number[2] = {0, 2};
    atomic_store(&done, 0);
    pthread_mutex_lock(&gate);
    for (int i = 0; i < 2; i++) background_do(&background, &job[i], note, &number[i]);
    pthread_mutex_unlock(&gate);
    background_destroy(background);
    assert_int_equal(atomic_load(&done), 2);
    background_destroy(NULL);
    background_wait(NULL);
}

static Status signals_blocked(void *data) {
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    *(bool *)data = sigismember(&mask, SIGTERM) && sigismember(&mask, SIGUSR1);
    return STATUS_OK;
}

static void test_signals_stay_with_the_run(void **state) {
    (void)state;
    Background *background = NULL;
    BackgroundJob job = {0};
    bool blocked = false;
    sigset_t mask;
    background_do(&background, &job, signals_blocked, &blocked);
    assert_int_equal(background_collect(background, &job), STATUS_OK);
    assert_true(blocked);
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    assert_false(sigismember(&mask, SIGTERM));
    background_destroy(background);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_and_messages),
        cmocka_unit_test(test_bounded),
        cmocka_unit_test(test_destroy_drains),
        cmocka_unit_test(test_signals_stay_with_the_run),
    };
    return cmocka_run_group_tests_name("background", tests, NULL, NULL);
}
