/* Checkpoints that are cut, damaged, or whole but odd: nothing may crash, and what is gone on from must go
 * on.
 *
 * Any input is a list of changes to a good checkpoint of a small run: to the pieces before they are put
 * together, to the HDF5 objects they become, or to the finished file. All but the last are sealed again. Half
 * of the inputs start with a chosen kind of change, so that the rare ones are tried too. `make
 * fuzz-checkpoint` builds it with clang -fsanitize=fuzzer,address,undefined. */
#include <fcntl.h>
#include <hdf5.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/seal.h"
#include "files/checkpoint.h"
#include "files/checkpoint_hdf.h"
#include "run/run.h"
#include "run/run_checkpoint.h"
#include "run/run_clinic.h"

static char folder[] = "/dev/shm/fuzz-checkpoint-XXXXXX";
static Run run;
static Pieces good; /* of a moment in the middle of the course */

static void must(Status status) {
    if (status == STATUS_OK) return;
    fprintf(stdout, "%s\n", status_message());
    abort();
}

static void fail_if(int failed) {
    if (failed) abort();
}

/* --- a good one --- */

/* As in a run, but for the files: lines and results are taken and forgotten. */
static Status interval_end(void) {
    TRY(clinic_step(run.clinic));
    clinic_chart(run.clinic)->count = 0;
    clinic_results(run.clinic)->count = 0;
    return STATUS_OK;
}

static Status interval(void) {
    TRY(sim_advance(run.sim));
    return interval_end();
}

static void piece_keep(const Piece *from) {
    Piece *to = pieces_make(&good, from->name, from->kind, from->length);
    fail_if(!to->bytes);
    if (from->length) memcpy(to->bytes, from->bytes, from->length);
}

static void good_make(void) {
    static const char text[] =
        "simulation: {agents: 300, dt_h: 2, until_days: 60, b_agent_share: 0.2}\nclinic: {enabled: true}\n"
        "cells: {blast: {clones: [{name: main}, {name: loss, fraction: 0.1, cd22_per_cell: 10}]}}\n";
    SimSaved *saved;
    Pieces pieces = {0};
    config_default(&run.config);
    must(config_load_text(&run.config, "fuzz", text, strlen(text)));
    must(backend_open(&run.backend, &(BackendOptions){.name = "cpu", .device = -1, .threads = 1}));
    must(dosing_create(&run.dosing, &run.config));
    must(sim_create(&run.sim, &run.config, run.dosing, &run.backend));
    must(clinic_create(&run.clinic, &run.config, run.dosing, run.sim));
    must(interval_end());
    while (sim_time_h(run.sim) < 24 * 7 + 0.5) must(interval()); /* in an infusion */
    must(sim_save(run.sim, &saved));
    const RunTables tables = {.time_h = sim_time_h(run.sim), .events_doses = 1};
    must(checkpoint_sign(&pieces, &run.config));
    must(pieces_add(&pieces, "files", &tables, sizeof tables));
    must(run_clinic_keep(&run, &pieces));
    must(sim_saved_pieces(saved, &pieces));
    for (int i = 0; i < pieces.count; i++) piece_keep(&pieces.piece[i]);
    pieces_free(&pieces);
    sim_saved_destroy(saved);
}

/* --- changes, read off the input --- */

typedef struct Input {
    const uint8_t *at;
    size_t left;
} Input;

static uint64_t take(Input *in, size_t bytes) {
    uint64_t value = 0;
    for (; bytes > 0 && in->left > 0; bytes--, in->left--) value = value << 8 | *in->at++;
    return value;
}

static const double odd_numbers[] = {NAN,   INFINITY, -INFINITY,  -1,  0,    1e-320, 1e300, -1e300,
                                     1e-30, 1e9,      4294967296, 1.5, 1e18, 1e19,   0.5,   2147483648};
static const uint64_t odd_words[] = {0,
                                     1,
                                     2,
                                     7,
                                     63,
                                     64,
                                     0x7fffffff,
                                     0x80000000,
                                     0xffffffff,
                                     0x100000000,
                                     0x7fffffffffffffff,
                                     0x8000000000000000,
                                     0xffffffffffffffff,
                                     1ull << 52,
                                     1ull << 62,
                                     4096};

static void put_bytes(Piece *piece, size_t where, const void *bytes, size_t length, size_t align) {
    where = where % (piece->length + 1) / align * align;
    if (where + length <= piece->length) memcpy((char *)piece->bytes + where, bytes, length);
}

static void length_change(Piece *piece, size_t length) {
    char *bytes = calloc(1, length + 1);
    fail_if(!bytes);
    memcpy(bytes, piece->bytes, length < piece->length ? length : piece->length);
    free(piece->bytes);
    piece->bytes = bytes;
    piece->length = length;
}

/* What a data set is made into instead. */
enum {
    ODD_NOT,
    ODD_F64,
    ODD_U16,
    ODD_BIG,
    ODD_TEXT,
    ODD_TEXTS,
    ODD_COMPOUND,
    ODD_SQUARE,
    ODD_SCALAR,
    ODD_NULL,
    ODD_PACKED,
    ODD_HUGE,
    ODD_GROUP,
    ODD_SOFT,
    ODD_ELSEWHERE,
    ODD_TYPE,
    ODD_OUTSIDE,
    ODD_KINDS
};

typedef struct Changes {
    Pieces pieces;
    int odd[PIECES_MOST];
    bool drop[PIECES_MOST];
} Changes;

enum { FIRST_PIECES = 8 }; /* structs and texts; the rest are columns of agents */

static void piece_change(Changes *c, Input *in) {
    uint64_t which = take(in, 1), few = which & 128 ? FIRST_PIECES : (uint64_t)c->pieces.count;
    int i = (int)((which & 127) % few);
    Piece *piece = &c->pieces.piece[i];
    uint64_t what = take(in, 1), where = take(in, 3), word = take(in, 4);
    double number = odd_numbers[word % 16];
    float small = (float)number;
    switch (what % 12) {
    case 0: put_bytes(piece, where, &word, 1, 1); break;
    case 1: put_bytes(piece, where, &number, 8, 8); break;
    case 2: put_bytes(piece, where, &odd_words[word % 16], 8, 8); break;
    case 3: put_bytes(piece, where, &small, 4, 4); break;
    case 4: put_bytes(piece, where, &odd_words[word % 16], 4, 4); break;
    case 5: put_bytes(piece, where, &word, 4, 4); break;
    case 6: length_change(piece, where % (piece->length + 1)); break;
    case 7: length_change(piece, piece->length + where % 5000); break;
    case 8: c->drop[i] = true; break;
    case 9: piece->name[where % 16] = (char)('a' + word % 26); break;
    case 10: piece->kind = (PieceKind)(word % 3); break;
    default: c->odd[i] = (int)(word % ODD_KINDS); break;
    }
}

/* --- the file --- */

static void set_put(hid_t file, const char *name, hid_t type, hid_t space, hid_t plan, const void *bytes) {
    hid_t set = H5Dcreate2(file, name, type, space, H5P_DEFAULT, plan, H5P_DEFAULT);
    if (set >= 0 && bytes) H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes);
    if (set >= 0) H5Dclose(set);
    H5Sclose(space);
}

static void odd_put(hid_t file, const Piece *piece, int odd) {
    hsize_t n = piece->length / 8, one = 1, square[2] = {2, n / 2}, huge = 1ull << 60, chunk = n ? n : 1;
    static const char *const texts[] = {"a", "b"};
    hid_t plan = H5Pcreate(H5P_DATASET_CREATE), type = H5Tcopy(H5T_C_S1);
    if (odd == ODD_TEXT) H5Tset_size(type, piece->length ? piece->length : 1);
    if (odd == ODD_TEXTS) H5Tset_size(type, H5T_VARIABLE);
    if (odd == ODD_PACKED) H5Pset_chunk(plan, 1, &chunk), H5Pset_deflate(plan, 1);
    if (odd == ODD_OUTSIDE) H5Pset_external(plan, "outside.bin", 0, n ? n : 1);
    hid_t pair = H5Tcreate(H5T_COMPOUND, 8);
    H5Tinsert(pair, "a", 0, H5T_NATIVE_INT), H5Tinsert(pair, "b", 4, H5T_NATIVE_FLOAT);
    hid_t line = H5Screate_simple(1, &n, NULL), single = H5Screate_simple(1, &one, NULL);
    switch (odd) {
    case ODD_F64: set_put(file, piece->name, H5T_IEEE_F64LE, line, plan, piece->bytes); break;
    case ODD_U16: set_put(file, piece->name, H5T_STD_U16LE, line, plan, piece->bytes); break;
    case ODD_BIG: set_put(file, piece->name, H5T_STD_U32BE, line, plan, piece->bytes); break;
    case ODD_TEXT: set_put(file, piece->name, type, single, plan, piece->bytes); break;
    case ODD_TEXTS: set_put(file, piece->name, type, single, plan, texts); break;
    case ODD_COMPOUND: set_put(file, piece->name, pair, line, plan, piece->bytes); break;
    case ODD_SQUARE:
        set_put(file, piece->name, H5T_STD_U32LE, H5Screate_simple(2, square, NULL), plan, piece->bytes);
        break;
    case ODD_SCALAR:
        set_put(file, piece->name, H5T_STD_U8LE, H5Screate(H5S_SCALAR), plan, piece->bytes);
        break;
    case ODD_NULL: set_put(file, piece->name, H5T_STD_U8LE, H5Screate(H5S_NULL), plan, NULL); break;
    case ODD_PACKED: set_put(file, piece->name, H5T_STD_U8LE, line, plan, piece->bytes); break;
    case ODD_HUGE:
        set_put(file, piece->name, H5T_STD_U8LE, H5Screate_simple(1, &huge, NULL), plan, NULL);
        break;
    case ODD_GROUP: H5Gclose(H5Gcreate2(file, piece->name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)); break;
    case ODD_SOFT: H5Lcreate_soft("/version", file, piece->name, H5P_DEFAULT, H5P_DEFAULT); break;
    case ODD_ELSEWHERE:
        H5Lcreate_external("elsewhere.hdf", "/", file, piece->name, H5P_DEFAULT, H5P_DEFAULT);
        break;
    case ODD_TYPE: H5Tcommit2(file, piece->name, pair, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT); break;
    default: set_put(file, piece->name, H5T_STD_U8LE, line, plan, NULL); break;
    }
    H5Tclose(pair), H5Tclose(type), H5Pclose(plan);
}

/* The changed pieces as a file's bytes, unsealed. */
static char *file_of(Changes *c, size_t *length) {
    CheckpointImage image = {0};
    Pieces kept = {0};
    for (int i = 0; i < c->pieces.count; i++)
        if (!c->drop[i] && !c->odd[i]) kept.piece[kept.count++] = c->pieces.piece[i];
    if (checkpoint_image_make(&image, &kept) != STATUS_OK) { /* two of one name */
        checkpoint_image_free(&image);
        return NULL;
    }
    for (int i = 0; i < c->pieces.count; i++)
        if (!c->drop[i] && c->odd[i]) odd_put(image.file, &c->pieces.piece[i], c->odd[i]);
    H5Fflush(image.file, H5F_SCOPE_LOCAL);
    ssize_t size = H5Fget_file_image(image.file, NULL, 0);
    char *bytes = malloc((size_t)size + sizeof(Seal));
    fail_if(!bytes || H5Fget_file_image(image.file, bytes, (size_t)size) != size);
    checkpoint_image_free(&image);
    *length = (size_t)size;
    return bytes;
}

static void file_write(const char *bytes, size_t length) {
    char path[RUN_PATH];
    snprintf(path, sizeof path, "%s/checkpoint.hdf", folder);
    int handle = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    fail_if(handle < 0 || write(handle, bytes, length) != (ssize_t)length);
    close(handle);
}

/* The end of the input says what becomes of the finished file: mostly nothing. Bits are not flipped under a
 * whole seal: HDF5's own structures are HDF5's to defend, and version 1.10.8 does not always. */
static size_t file_change(char *bytes, size_t length, Input *in, bool *seal) {
    uint64_t what = take(in, 1) % 16;
    *seal = what < 12;
    if (what < 8) return length;
    for (uint64_t flips = what < 12 ? 0 : take(in, 1) % 8; flips > 0; flips--)
        bytes[take(in, 4) % length] ^= (char)take(in, 1);
    return what % 2 ? take(in, 4) % (length + 1) : length;
}

static unsigned long tried, gone_on, finished;

static void tell(void) {
    static const char *const names[] = {"checkpoint.hdf", "events.csv"};
    for (int i = 0; i < 2; i++) {
        char path[RUN_PATH];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        (void)unlink(path);
    }
    (void)rmdir(folder);
    printf("%lu files tried, %lu gone on from, %lu of them for three intervals\n", tried, gone_on, finished);
}

/* events.csv, from the first record on. */
static void events_write(void) {
    EventWriter events = {0};
    if (!run.folder.path) must(run_folder_open(&run.folder, folder));
    must(events_open(&events, &run.folder));
    must(events_doses(&events, run.dosing));
    events_close(&events);
}

static void go_on(void) {
    Observation o;
    gone_on++;
    events_write();
    for (int i = 0; i < 3; i++)
        if (interval() != STATUS_OK) return;
    finished++;
    if (sim_observe(run.sim, &o) == STATUS_OK) fail_if(o.agents < 0);
    FILE *nowhere = fopen("/dev/null", "w");
    fail_if(!nowhere || dosing_write(run.dosing, nowhere) != STATUS_OK ||
            clinic_outcome_write(run.clinic, nowhere) != STATUS_OK);
    fclose(nowhere);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc, (void)argv;
    fail_if(!mkdtemp(folder));
    run.options.folder = folder;
    good_make();
    return atexit(tell);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Input in = {data, size};
    Changes c = {0};
    size_t length = 0;
    bool sealed;
    for (int i = 0; i < good.count; i++) {
        const Piece *from = &good.piece[i];
        memcpy(pieces_make(&c.pieces, from->name, from->kind, from->length)->bytes, from->bytes,
               from->length);
    }
    for (uint64_t changes = take(&in, 1) % 4; changes > 0; changes--) piece_change(&c, &in);
    char *bytes = file_of(&c, &length);
    if (bytes) {
        length = file_change(bytes, length, &in, &sealed);
        Seal seal = seal_of(bytes, length);
        memcpy(bytes + length, &seal, sizeof seal);
        file_write(bytes, length + (sealed ? sizeof seal : 0));
        tried++;
        if (run_restore(&run) == STATUS_OK) go_on();
    }
    free(bytes);
    pieces_free(&c.pieces);
    return 0;
}
