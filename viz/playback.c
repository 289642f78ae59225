#include "playback.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "camera.h"
#include "files/csv_table.h"
#include "files/snapshot_read.h"

struct Playback {
    const char *folder;
    Config *config;
    CellClasses classes;
    Backend backend;
    SnapshotList snapshots;
    int loaded; /* snapshot in the pool; -1: none */
    Observation *row;
    size_t rows;
    DoseRecord *dose;
    size_t doses;
    double time_h, dt_h, speed_per_s, target_h;
    int way; /* of playing: 1, -1; 0: pausing */
    double saved_h[32];
    SessionFrame frame;
    PictureView section, flow; /* what the frame's pictures show */
    bool has_section, has_flow;
    int pictured; /* snapshot they show */
    double framed_h;
};

static Status read_rows(Playback *p) {
    CsvTable table = {0};
    Status status = csv_table_read(&table, p->folder, "timeseries.csv");
    if (status == STATUS_OK && table.rows > 0) p->row = calloc((size_t)table.rows, sizeof *p->row);
    if (status == STATUS_OK && !p->row)
        status = status_set(STATUS_BAD_INPUT, "%s/timeseries.csv: has no rows; run it again", p->folder);
    for (int row = 0; status == STATUS_OK && row < table.rows; row++) {
        for (int column = 0; column < table.columns; column++)
            observation_set(&p->row[row], csv_table_name(&table, column),
                            csv_table_number(&table, row, column));
        p->rows++;
    }
    csv_table_destroy(&table);
    return status;
}

static Status read_doses(Playback *p) {
    CsvTable table = {0};
    TRY(csv_table_read(&table, p->folder, "events.csv"));
    int kind = csv_table_column(&table, "kind"), time = csv_table_column(&table, "time_h");
    int value = csv_table_column(&table, "value");
    p->dose = calloc((size_t)table.rows + 1, sizeof *p->dose);
    for (int row = 0; p->dose && kind >= 0 && row < table.rows; row++)
        if (strcmp(csv_table_field(&table, row, kind), "dose") == 0)
            p->dose[p->doses++] = (DoseRecord){.kind = DOSE_GIVEN,
                                               .time_h = csv_table_number(&table, row, time),
                                               .amount_mg = csv_table_number(&table, row, value)};
    csv_table_destroy(&table);
    REQUIRE(p->dose, STATUS_FAILED, "playback: out of memory");
    return STATUS_OK;
}

static Status open_folder(Playback *p) {
    char path[RUN_PATH];
    BackendOptions options = {.name = "cpu", .device = -1};
    snprintf(path, sizeof path, "%s/config.yaml", p->folder);
    config_default(p->config);
    TRY(config_load(p->config, path));
    TRY(read_rows(p));
    TRY(read_doses(p));
    TRY(snapshot_list(&p->snapshots, p->folder));
    TRY(classes_create(&p->classes, p->config));
    TRY(backend_open(&p->backend, &options));
    p->dt_h = p->config->simulation.output_every_h;
    return STATUS_OK;
}

Status playback_open(Playback **out, const char *folder, Config *config) {
    Playback *p = calloc(1, sizeof *p);
    REQUIRE(p, STATUS_FAILED, "playback: out of memory");
    p->folder = folder;
    p->config = config;
    p->loaded = p->pictured = -1;
    p->framed_h = NAN;
    p->speed_per_s = 20;
    Status status = open_folder(p);
    if (status == STATUS_OK)
        *out = p;
    else
        playback_close(p);
    return status;
}

void playback_close(Playback *p) {
    if (!p) return;
    picture_destroy(&p->frame.section);
    picture_destroy(&p->frame.flow);
    snapshot_list_destroy(&p->snapshots);
    backend_close(&p->backend);
    free(p->row);
    free(p->dose);
    free(p);
}

int playback_snapshots(const Playback *p) {
    return p->snapshots.count;
}

static double last_h(const Playback *p) {
    return p->row[p->rows - 1].time_h;
}

static void go_to(Playback *p, double time_h) {
    p->time_h = fmin(fmax(time_h, 0), last_h(p));
}

/* save tour-3, load tour-3: a number at the name's end is enough here. */
static double *saved_under(Playback *p, const char *name) {
    size_t digits = strcspn(name, "0123456789");
    return &p->saved_h[(unsigned)atoi(name + digits) % 32];
}

Status playback_ask(Playback *p, const char *command) {
    char word[32] = "", rest[64] = "";
    sscanf(command, "%31s %63s", word, rest);
    if (strcmp(word, "play") == 0)
        p->way = 1, p->target_h = INFINITY;
    else if (strcmp(word, "play-back") == 0)
        p->way = -1;
    else if (strcmp(word, "pause") == 0)
        p->way = 0;
    else if (strcmp(word, "step") == 0)
        p->way = 0, go_to(p, p->time_h + p->dt_h);
    else if (strcmp(word, "speed") == 0)
        p->speed_per_s = atof(rest);
    else if (strcmp(word, "seek") == 0)
        go_to(p, 24 * atof(rest));
    else if (strcmp(word, "until") == 0)
        p->way = 1, p->target_h = 24 * atof(rest);
    else if (strcmp(word, "save") == 0)
        *saved_under(p, rest) = p->time_h;
    else if (strcmp(word, "load") == 0)
        go_to(p, *saved_under(p, rest));
    else
        return status_set(STATUS_BAD_INPUT,
                          "%s: a finished run cannot be changed; view its config to try that", word);
    return STATUS_OK;
}

void playback_pass(Playback *p, double seconds, SessionStatus *status) {
    double speed = p->speed_per_s > 0 ? p->speed_per_s : 200;
    if (p->way) go_to(p, p->time_h + p->way * speed * p->dt_h * seconds);
    if (p->way > 0 && p->time_h >= p->target_h) go_to(p, p->target_h), p->way = 0;
    if (p->way < 0 && p->time_h <= 0) p->way = 0;
    bool ended = p->time_h >= last_h(p);
    if (ended && p->way > 0) p->way = 0;
    *status = (SessionStatus){.state = p->way  ? SESSION_PLAYING
                                       : ended ? SESSION_ENDED
                                               : SESSION_PAUSED,
                              .seed = p->config->simulation.seed,
                              .bsa_m2 = p->config->patient.bsa_m2,
                              .constant = p->config->drug.pk == PK_CONSTANT,
                              .time_h = p->time_h,
                              .until_h = fmax(last_h(p), 24 * p->config->simulation.until_days),
                              .dt_h = p->dt_h,
                              .latest_h = last_h(p),
                              .branches = 1,
                              .speed_per_s = p->speed_per_s,
                              .agents = p->frame.now.agents,
                              .blast_weight = p->frame.now.blast_weight,
                              .dosing.held_since_h = NAN};
    snprintf(status->device, sizeof status->device, "played from %s", p->folder);
    for (size_t i = 0; i < p->doses; i++) status->dosing.given += p->dose[i].time_h <= p->time_h;
}

static const Observation *row_at(const Playback *p) {
    size_t lo = 0, hi = p->rows;
    while (hi - lo > 1) {
        size_t middle = (lo + hi) / 2;
        if (p->row[middle].time_h <= p->time_h + 1e-6)
            lo = middle;
        else
            hi = middle;
    }
    return &p->row[lo];
}

/* The pool with these agents, and the frame that kernels find their way by. */
static Status fill_pool(Playback *p, const Agents *agents) {
    Frame frame = {0};
    u32 used, pages = (u32)(agents->count / PAGE_FILL) + 2 * MAX_CLASSES;
    if (pages > p->backend.pages) TRY(backend_pool(&p->backend, pages + pages / 4));
    frame.seed_low = (u32)p->config->simulation.seed;
    frame.seed_high = (u32)(p->config->simulation.seed >> 32);
    frame.pages = p->backend.pages;
    frame.classes = (u32)p->classes.count;
    frame.members = 1;
    TRY(agents_write(&p->backend, agents, &used));
    return backend_write(&p->backend, POOL_FRAME, 0, sizeof frame, &frame);
}

static Status load_snapshot(Playback *p, int index) {
    Snapshot snapshot = {0};
    if (index == p->loaded) return STATUS_OK;
    p->loaded = -1;
    Status status = snapshot_read(&snapshot, p->folder, p->snapshots.entries[index].number);
    if (status == STATUS_OK) status = fill_pool(p, &snapshot.agents);
    snapshot_destroy(&snapshot);
    if (status == STATUS_OK) p->loaded = index;
    return status;
}

static Status make_picture(Playback *p, const PictureView *view, Picture *out) {
    PictureJob *job = NULL;
    Status status = picture_ask(&job, &p->backend, &p->classes, p->frame.now.agents, view);
    if (status == STATUS_OK) status = picture_take(job, out);
    picture_job_destroy(job);
    out->time_h = p->time_h;
    return status;
}

static bool differs(bool had, const PictureView *shown, const PictureView *wanted) {
    return had != (wanted != NULL) || (wanted && !camera_same_view(shown, wanted));
}

static Status make_pictures(Playback *p, const PictureView *section, const PictureView *flow) {
    if (section) TRY(make_picture(p, section, &p->frame.section));
    if (flow) TRY(make_picture(p, flow, &p->frame.flow));
    p->has_section = section != NULL, p->has_flow = flow != NULL;
    if (section) p->section = *section;
    if (flow) p->flow = *flow;
    p->pictured = p->loaded;
    return STATUS_OK;
}

Status playback_frame(Playback *p, const PictureView *section, const PictureView *flow,
                      const SessionFrame **frame) {
    int index = snapshot_list_find(&p->snapshots, p->time_h);
    bool moved = p->time_h != p->framed_h, other = index >= 0 && index != p->pictured;
    other = other || (index >= 0 && (differs(p->has_section, &p->section, section) ||
                                     differs(p->has_flow, &p->flow, flow)));
    *frame = NULL;
    if (!moved && !other) return STATUS_OK;
    p->framed_h = p->time_h;
    p->frame.now = *row_at(p);
    if (other) {
        TRY(load_snapshot(p, index));
        TRY(make_pictures(p, section, flow));
    }
    p->frame.serial++;
    playback_pass(p, 0, &p->frame.status);
    *frame = &p->frame;
    return STATUS_OK;
}

void playback_history(const Playback *p, History *history) {
    HistoryBranch *branch = &history->branch[0];
    history->branches = 1;
    history->present = 0;
    branch->left_h = NAN;
    if (branch->rows != p->rows) {
        free(branch->row);
        branch->row = malloc(p->rows * sizeof *branch->row);
        branch->room = branch->rows = branch->row ? p->rows : 0;
        if (branch->row) memcpy(branch->row, p->row, p->rows * sizeof *branch->row);
    }
    history->events = p->doses < HISTORY_EVENTS ? p->doses : HISTORY_EVENTS;
    memcpy(history->event, p->dose, history->events * sizeof *history->event);
}
