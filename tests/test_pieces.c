/* What comes from a file is looked through before it is believed: pieces that are missing, of another form,
 * or hold what cannot be are refused with a message; whatever is taken can be gone on from. */
#include "sim_case.h"

#include "base/pieces.h"
#include "dosing/dosing_state.h"
#include "files/checkpoint.h"
#include "sim/agents.h"

static const char text[] = "simulation: {agents: 300, dt_h: 0.5, until_days: 60, b_agent_share: 0.2}\n"
                           "cells:\n"
                           "  blast:\n"
                           "    clones:\n"
                           "      - name: main\n"
                           "      - {name: loss, fraction: 0.1, cd22_per_cell: 10}\n";

/* A moment in the middle of an infusion, and the simulation to go back to it. */
typedef struct Moment {
    Config config;
    Backend backend;
    SimCase run;
    SimSaved *saved;
    Pieces pieces;
} Moment;

static int moment_make(void **state) {
    static Moment m;
    expect_loads(&m.config, text);
    open_cpu(&m.backend, 1, "");
    case_start(&m.run, &m.config, &m.backend);
    case_until(&m.run, 7 + 0.5 / 24);
    assert_ok(sim_save(m.run.sim, &m.saved));
    assert_ok(sim_saved_pieces(m.saved, &m.pieces));
    *state = &m;
    return 0;
}

static int moment_end(void **state) {
    Moment *m = *state;
    pieces_free(&m->pieces);
    sim_saved_destroy(m->saved);
    case_stop(&m->run);
    backend_close(&m->backend);
    return 0;
}

static Piece *piece_of(Moment *m, const char *name) {
    Piece *piece = (Piece *)pieces_find(&m->pieces, name);
    assert_non_null(piece);
    return piece;
}

/* Taken or refused; if taken, gone on from. */
static bool taken(Moment *m) {
    Status status = sim_restore_pieces(m->run.sim, &m->pieces);
    if (status != STATUS_OK) {
        assert_int_equal(status, STATUS_FAILED);
        assert_true(strlen(status_message()) > 10);
        return false;
    }
    (void)sim_advance(m->run.sim); /* may fail, and says so */
    return true;
}

static void expect_refused(Moment *m, const char *name, size_t at, const void *value, size_t size) {
    Piece *piece = piece_of(m, name);
    char before[16];
    assert_true(at + size <= piece->length && size <= sizeof before);
    memcpy(before, (char *)piece->bytes + at, size);
    memcpy((char *)piece->bytes + at, value, size);
    bool was_taken = taken(m);
    memcpy((char *)piece->bytes + at, before, size);
    print_message("  %s at %zu: %s\n", name, at, was_taken ? "taken" : status_message());
    assert_false(was_taken);
    assert_true(taken(m));
}

#define REFUSED(name, at, type, value) expect_refused(*state, name, at, &(type){value}, sizeof(type))

static void test_agents(void **state) {
    REFUSED("agents_class", 0, u32, 4);
    REFUSED("agents_class", 8, u32, 0xffffffff);
    REFUSED("agents_class", 0, u32, 3); /* a class there is, but not this agent's */
    REFUSED("agents_cd22_free", 4, f32, NAN);
    REFUSED("agents_payload", 4, f32, INFINITY);
    REFUSED("agents_dna_breaks", 4, f32, -1e20f);
    REFUSED("agents_clock", 0, f32, -NAN);
    REFUSED("agents_fate_budget", 0, f32, FOREVER); /* a dying one more than was counted */
}

static void test_state(void **state) {
    REFUSED("state", 0, i64, -1);                        /* step */
    REFUSED("state", 0, i64, 336);                       /* not this time's */
    REFUSED("state", sizeof(i64), int, MAX_CLASSES + 1); /* classes */
}

static void test_doses(void **state) {
    REFUSED("dosing", offsetof(Dosing, done), size_t, 100);
    REFUSED("dosing", offsetof(Dosing, planned), size_t, SIZE_MAX / sizeof(DoseRecord) + 2);
    REFUSED("dosing", offsetof(Dosing, running_count), size_t, 2);
    REFUSED("dosing", offsetof(Dosing, cycle), int, 7);
    REFUSED("dosing", offsetof(Dosing, cycle_doses), int, 0);
    REFUSED("dosing", offsetof(Dosing, now_h), double, NAN);
    REFUSED("dosing_plan", offsetof(DoseRecord, kind), int, DOSE_KINDS);
    REFUSED("dosing_plan", offsetof(DoseRecord, kind), int, -1);
    REFUSED("dosing_plan", offsetof(DoseRecord, evid), int, 5);
    REFUSED("dosing_plan", offsetof(DoseRecord, asked), unsigned char, 2);
    REFUSED("dosing_plan", offsetof(DoseRecord, time_h), double, NAN);
    REFUSED("dosing_plan", offsetof(DoseRecord, amount_mg), double, -1);
    REFUSED("dosing_running", offsetof(Infusion, record), size_t, 3);
    REFUSED("dosing_running", offsetof(Infusion, end_h), double, INFINITY);
}

static void test_text_without_end(void **state) {
    Moment *m = *state;
    Piece *plan = piece_of(m, "dosing_plan");
    DoseRecord *record = plan->bytes;
    char before[sizeof record->note];
    memcpy(before, record->note, sizeof before);
    memset(record->note, 'x', sizeof before);
    assert_false(taken(m));
    memcpy(record->note, before, sizeof before);
    assert_true(taken(m));
}

/* Each piece in turn absent, shorter, longer, of another kind. */
static void test_forms(void **state) {
    Moment *m = *state;
    for (int i = 0; i < m->pieces.count; i++) {
        Piece *piece = &m->pieces.piece[i], before = *piece;
        piece->name[0] = '!';
        assert_false(taken(m));
        *piece = before;
        piece->kind = before.kind == PIECE_BYTES ? PIECE_WORDS : PIECE_BYTES;
        assert_false(taken(m));
        *piece = before;
        if (before.length == 0) continue;
        piece->length = before.length - 4;
        assert_false(taken(m));
        *piece = before;
    }
    assert_true(taken(m));
}

/* Any number of the structs turned into something odd: no crash, here and with the sanitizers. */
static void test_odd_numbers(void **state) {
    Moment *m = *state;
    static const char *const names[] = {"state", "dosing", "dosing_plan", "dosing_running"};
    const uint64_t odd[] = {0x7ff8000000000000, 0xffffffffffffffff, 0x7fe0000000000000, 1ull << 31};
    int taken_count = 0, count = 0;
    for (int p = 0; p < 4; p++) {
        Piece *piece = piece_of(m, names[p]);
        for (size_t i = 0; i < 4 * (piece->length / 8); i++) {
            uint64_t before;
            char *where = (char *)piece->bytes + i / 4 * 8;
            memcpy(&before, where, 8);
            memcpy(where, &odd[i % 4], 8);
            taken_count += taken(m);
            memcpy(where, &before, 8);
            count++;
        }
    }
    print_message("  %d numbers made odd, %d taken all the same\n", count, taken_count);
    assert_true(taken(m));
}

/* Written with these origins, read with the moment's config to another end. */
static Status written_and_read(const Moment *m, const char *version, double until_days) {
    char path[] = "/tmp/marrow-pieces-XXXXXX", file[RUN_PATH];
    RunFolder folder = {0};
    Config config = m->config;
    Pieces pieces = {0}, back = {0};
    assert_non_null(mkdtemp(path));
    assert_ok(run_folder_open(&folder, path));
    assert_ok(checkpoint_sign(&pieces, &m->config));
    if (version) {
        pieces.piece[0].name[0] = '!';
        assert_ok(pieces_add(&pieces, "version", version, strlen(version)));
    }
    assert_ok(checkpoint_write(&folder, &pieces));
    config.simulation.until_days = until_days;
    Status status = checkpoint_read(path, 0, &config, file, &back);
    assert_int_equal(unlink(file), 0);
    assert_int_equal(rmdir(path), 0);
    run_folder_close(&folder);
    pieces_free(&pieces);
    pieces_free(&back);
    return status;
}

static void test_origin(void **state) {
    const Moment *m = *state;
    assert_int_equal(written_and_read(m, NULL, 60), STATUS_OK);
    assert_int_equal(written_and_read(m, NULL, 61.5), STATUS_OK);
    assert_int_equal(written_and_read(m, NULL, 59), STATUS_BAD_INPUT);
    assert_non_null(strstr(status_message(), "\"until_days: 60\" there is \"until_days: 59\" now"));
    assert_int_equal(written_and_read(m, "0.0.9 (0123456789ab)", 60), STATUS_BAD_INPUT);
    print_message("  %s\n", status_message());
    assert_non_null(strstr(status_message(), "is of marrow 0.0.9 (0123456789ab), and this is "));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_agents), cmocka_unit_test(test_state),
        cmocka_unit_test(test_doses),  cmocka_unit_test(test_text_without_end),
        cmocka_unit_test(test_forms),  cmocka_unit_test(test_odd_numbers),
        cmocka_unit_test(test_origin),
    };
    return cmocka_run_group_tests_name("pieces", tests, moment_make, moment_end);
}
