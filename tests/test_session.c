/* The session as a window sees it: a thread that never waits, frames that are whole, commands in order, and
 * the same run whoever looks. */
#include "sim_case.h"

#include <pthread.h>
#include <time.h>

#include "viz/session.h"

static void nap_ms(int ms) {
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
}

/* The default patient with fewer agents and days. Strings end up with the session. */
static Session *open_with(const char *agents, const char *days, int threads, const char *more) {
    Session *s;
    Options options = {.defaults = true, .backend = {.name = "cpu", .device = -1, .threads = threads}};
    char text[64];
    snprintf(text, sizeof text, "simulation.agents=%s", agents);
    assert_ok(options_assign(&options, text));
    snprintf(text, sizeof text, "simulation.until_days=%s", days);
    assert_ok(options_assign(&options, text));
    if (more) assert_ok(options_assign(&options, more));
    assert_ok(session_open(&s, &options));
    options_destroy(&options);
    return s;
}

static Session *open_session(const char *agents, const char *days, int threads) {
    return open_with(agents, days, threads, NULL);
}

static void ask(Session *s, const char *command) {
    assert_ok(session_ask(s, command, NULL));
}

static SessionStatus status_of(Session *s) {
    SessionStatus status;
    session_status(s, &status);
    return status;
}

static uint64_t hash_of(Session *s) {
    char path[CONFIG_TEXT], command[2 * CONFIG_TEXT], line[4096];
    unsigned long long hash = 0;
    close(temporary_file(path));
    snprintf(command, sizeof command, "state %s", path);
    ask(s, command);
    assert_ok(session_wait(s, 0));
    FILE *in = fopen(path, "r");
    assert_non_null(in);
    while (fgets(line, sizeof line, in)) (void)sscanf(line, " \"state_hash\": \"%llx\"", &hash);
    fclose(in);
    unlink(path);
    assert_true(hash != 0);
    return hash;
}

/* ---- opening and closing ----------------------------------------------------------------------- */

static void test_closed_at_any_time(void **state) {
    (void)state;
    for (int ms = 0; ms < 60; ms += 4) {
        Session *s = open_session("20000", "20", 2);
        if (ms % 8) ask(s, "play");
        nap_ms(ms);
        (void)session_frame(s);
        assert_ok(session_close(s));
    }
    assert_ok(session_close(NULL));
}

static void test_config_that_cannot_be(void **state) {
    (void)state;
    Session *s;
    Options options = {.config_path = "nowhere.yaml", .backend = {.device = -1}};
    assert_ok(session_open(&s, &options));
    assert_int_equal(session_wait(s, 1), STATUS_BAD_INPUT);
    assert_int_equal(status_of(s).state, SESSION_FAILED);
    assert_non_null(strstr(status_of(s).message, "nowhere.yaml"));
    assert_int_equal(session_close(s), STATUS_BAD_INPUT);
    assert_non_null(strstr(status_message(), "nowhere.yaml"));
}

/* ---- frames ------------------------------------------------------------------------------------ */

static void expect_whole(const SessionFrame *f, const PictureView *section, const PictureView *flow) {
    assert_true(f->now.time_h == f->status.time_h);
    assert_int_equal(f->now.agents, f->status.agents);
    assert_true(f->section.time_h == f->status.time_h);
    assert_true(f->flow.time_h <= f->status.time_h);
    assert_memory_equal(&f->section.view, section, sizeof *section);
    assert_memory_equal(&f->flow.view, flow, sizeof *flow);
    assert_int_equal(f->section.agents, f->status.agents);
    u64 shown = 0;
    for (size_t i = 0; i < f->section.pixels; i++) shown += f->section.pixel[i];
    assert_int_equal(shown, f->status.agents);
}

/* A density picture counts every agent: one that was half of another moment's would not. */
static void test_frames_are_whole(void **state) {
    (void)state;
    Session *s = open_session("20000", "84", 2);
    PictureView section, flow;
    uint64_t serial = 0;
    double time_h = -1;
    int frames = 0;
    picture_view(&section, PICTURE_DENSITY, 200, 200);
    picture_view(&flow, PICTURE_FLOW, 40, 40);
    assert_ok(session_look(s, &section, &flow));
    ask(s, "play");
    for (int i = 0; i < 4000 && frames < 25; i++) {
        const SessionFrame *f = session_frame(s);
        if (!f) {
            nap_ms(2);
            continue;
        }
        assert_true(f->serial > serial && f->status.time_h >= time_h);
        serial = f->serial, time_h = f->status.time_h;
        expect_whole(f, &section, &flow);
        frames++;
        if (status_of(s).state == SESSION_ENDED) break;
    }
    print_message("  %d frames to day %g\n", frames, time_h / 24);
    assert_true(frames >= 5 && time_h > 0);
    assert_ok(session_close(s));
}

/* A still simulation shows a new view at once, and nothing twice. */
static void test_views_while_paused(void **state) {
    (void)state;
    Session *s = open_session("20000", "20", 2);
    PictureView view;
    ask(s, "until 1");
    assert_ok(session_wait(s, 0));
    for (int zoom = 1; zoom < 6; zoom++) {
        const SessionFrame *f = NULL;
        picture_view(&view, PICTURE_DOTS, 64, 64);
        view.pixels_per_um = zoom;
        assert_ok(session_look(s, &view, NULL));
        for (int i = 0; i < 2000 && (!f || f->section.view.pixels_per_um != zoom); i++) {
            const SessionFrame *newer = session_frame(s);
            if (newer) f = newer;
            nap_ms(1);
        }
        assert_non_null(f);
        assert_true(f->section.view.pixels_per_um == zoom && f->status.time_h == 24);
        assert_null(f->flow.pixel);
    }
    nap_ms(300);
    (void)session_frame(s);
    nap_ms(300);
    assert_null(session_frame(s));
    picture_view(&view, PICTURE_FLOW, 64, 64);
    assert_int_equal(session_look(s, &view, NULL), STATUS_BAD_INPUT);
    view.width = 0;
    assert_int_equal(session_look(s, NULL, &view), STATUS_BAD_INPUT);
    assert_ok(session_close(s));
}

/* Nobody takes a frame, and the run goes on to its end. */
static void test_never_waits(void **state) {
    (void)state;
    Session *s = open_session("5000", "20", 1);
    PictureView view;
    picture_view(&view, PICTURE_DOTS, 400, 400);
    assert_ok(session_look(s, &view, NULL));
    (void)session_frame(s);
    ask(s, "until end");
    assert_ok(session_wait(s, 0));
    assert_int_equal(status_of(s).state, SESSION_ENDED);
    assert_true(status_of(s).time_h == 480);
    assert_ok(session_close(s));
}

/* ---- the same run ------------------------------------------------------------------------------ */

/* Looks, pans and zooms until the run has come to day 10. */
static uint64_t watched_hash(void) {
    Session *s = open_session("20000", "20", 2);
    PictureView section, flow;
    picture_view(&section, PICTURE_DOTS, 160, 120);
    picture_view(&flow, PICTURE_FLOW, 32, 32);
    ask(s, "until 10");
    int frames = 0;
    for (int i = 0; status_of(s).taken < 1; i++) {
        section.x_um = i % 500, section.pixels_per_um = 0.3 + i % 7;
        section.colour = (Quantity)(i % QUANTITIES);
        assert_ok(session_look(s, &section, i % 3 ? &flow : NULL));
        frames += session_frame(s) != NULL;
        nap_ms(3);
    }
    print_message("  %d frames on the way\n", frames);
    assert_true(frames > 0);
    uint64_t hash = hash_of(s);
    assert_ok(session_close(s));
    return hash;
}

static void test_looking_changes_nothing(void **state) {
    (void)state;
    Session *s = open_session("20000", "20", 1);
    ask(s, "until 10");
    uint64_t alone = hash_of(s);
    assert_ok(session_close(s));
    assert_true(watched_hash() == alone);
}

/* ---- commands ---------------------------------------------------------------------------------- */

static void test_wrong_words(void **state) {
    (void)state;
    static const char *const wrong[] = {"plya",     "play now",    "step -1",     "step 1.5", "speed",
                                        "until",    "until never", "dose",        "dose x",   "dose 1 2 3",
                                        "set a",    "seek",        "seed 1.5",    "look",     "save",
                                        "picture",  "dose 1, 2",   "unfollow 12", "follow a", "state",
                                        "hold a b", "scale",       "branch 2",    "",         "speed -1"};
    Session *s = open_session("5000", "20", 1);
    int refused = 0;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        uint64_t serial = 0;
        bool at_once = session_ask(s, wrong[i], &serial) == STATUS_BAD_INPUT;
        if (!at_once) {
            (void)session_wait(s, serial);
            if (!status_of(s).wrong) fail_msg("\"%s\" was taken", wrong[i]);
        }
        refused++;
    }
    print_message("  %d refused; the last: %s\n", refused, status_message());
    assert_true(status_of(s).time_h == 0);
    assert_int_equal(status_of(s).state, SESSION_PAUSED); /* it goes on */
    ask(s, "step 3");
    (void)session_wait(s, 0);
    assert_true(status_of(s).time_h == 3);
    assert_ok(session_close(s));
}

static void test_pause_ends_until(void **state) {
    (void)state;
    Session *s = open_session("20000", "84", 1);
    uint64_t until, after;
    ask(s, "speed 200");
    assert_ok(session_ask(s, "until 80", &until));
    assert_ok(session_ask(s, "step 2", &after));
    nap_ms(200);
    assert_true(status_of(s).taken < until);
    ask(s, "pause");
    assert_ok(session_wait(s, after));
    double there = status_of(s).time_h;
    assert_true(there > 2 && there < 24 * 80);
    nap_ms(100);
    assert_true(status_of(s).time_h == there);
    assert_ok(session_close(s));
}

static void test_speed(void **state) {
    (void)state;
    Session *s = open_session("1000", "84", 1);
    ask(s, "step 1");
    assert_ok(session_wait(s, 0));
    ask(s, "speed 50");
    ask(s, "play");
    nap_ms(1000);
    ask(s, "pause");
    assert_ok(session_wait(s, 0));
    double steps = status_of(s).time_h - 1;
    print_message("  50 intervals a second: %g in the first\n", steps);
    assert_true(steps > 5 && steps <= 60); /* never faster; slower only beside other work */
    assert_ok(session_close(s));
}

/* ---- what has been ----------------------------------------------------------------------------- */

static void test_rows_events_traces(void **state) {
    (void)state;
    static Observation rows[400], again[400];
    static SessionPoint points[400];
    SessionTrace traces[SESSION_TRACES];
    DoseRecord events[20];
    size_t total, n, before;
    Session *s = open_session("20000", "20", 2);
    ask(s, "until 2");
    ask(s, "follow 400 300");
    ask(s, "dose 0.5");
    ask(s, "until 12");
    assert_ok(session_wait(s, 0));
    n = session_rows(s, 0, 0, rows, 400, &total);
    assert_int_equal(n, 49);
    assert_int_equal(total, 49);
    for (size_t i = 0; i < n; i++) assert_true(rows[i].time_h == 6 * (double)i);
    assert_int_equal(session_rows(s, 0, 40, again, 4, NULL), 4);
    assert_memory_equal(again, rows + 40, 4 * sizeof *rows);
    assert_int_equal(session_rows(s, 1, 0, again, 4, &total), 0);
    before = session_events(s, 0, events, 20, &total);
    assert_true(before == 4 && total == 4); /* day 1, asked, given, day 8 */
    size_t cells = session_traces(s, traces);
    assert_true(cells >= 1 && traces[0].mother == 0 && traces[0].from_h == 48);
    for (size_t i = 1; i < cells; i++) assert_true(traces[i].mother != 0 && traces[i].from_h > 48);
    n = session_points(s, traces[0].identity, 0, points, 400, &total);
    assert_true(n > 0 && points[0].time_h == 48 && points[n - 1].time_h <= 288);
    for (size_t i = 1; i < n; i++) assert_true(points[i].time_h == points[i - 1].time_h + 1);
    ask(s, "seek 1");
    assert_ok(session_wait(s, 0));
    assert_int_equal(session_events(s, 0, events, 20, NULL), 1);
    assert_int_equal(session_rows(s, 0, 0, again, 400, NULL), 49); /* what will be again */
    ask(s, "until 12");
    assert_ok(session_wait(s, 0));
    assert_int_equal(session_rows(s, 0, 0, again, 400, NULL), 49);
    assert_memory_equal(rows, again, 49 * sizeof *rows);
    assert_int_equal(session_events(s, 0, events, 20, NULL), before);
    assert_ok(session_close(s));
}

/* The clinic's lines come and go with the days, and come again the same. */
static void test_lines(void **state) {
    (void)state;
    static SessionLine lines[400], again[400];
    size_t total, n, early;
    Session *s = open_with("5000", "60", 1, "clinic.enabled=true");
    ask(s, "until 50");
    assert_ok(session_wait(s, 0));
    n = session_lines(s, 0, lines, 400, &total);
    assert_true(n > 2 && n == total);
    for (size_t i = 0; i < n; i++) {
        assert_true(lines[i].time_h <= 1200 && (i == 0 || lines[i].time_h >= lines[i - 1].time_h));
        assert_true(lines[i].kind[0] && !strpbrk(lines[i].detail, ",\"\n"));
    }
    ask(s, "seek 3");
    assert_ok(session_wait(s, 0));
    early = session_lines(s, 0, again, 400, NULL);
    assert_true(early < n);
    for (size_t i = 0; i < early; i++) assert_true(again[i].time_h <= 72);
    ask(s, "until 50");
    assert_ok(session_wait(s, 0));
    assert_int_equal(session_lines(s, 0, again, 400, NULL), n);
    assert_memory_equal(lines, again, n * sizeof *lines);
    print_message("  %zu lines, %zu of them by day 3\n", n, early);
    assert_ok(session_close(s));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_closed_at_any_time),
        cmocka_unit_test(test_config_that_cannot_be),
        cmocka_unit_test(test_frames_are_whole),
        cmocka_unit_test(test_views_while_paused),
        cmocka_unit_test(test_never_waits),
        cmocka_unit_test(test_looking_changes_nothing),
        cmocka_unit_test(test_wrong_words),
        cmocka_unit_test(test_pause_ends_until),
        cmocka_unit_test(test_speed),
        cmocka_unit_test(test_rows_events_traces),
        cmocka_unit_test(test_lines),
    };
    return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
