/* Frames: pictures and sums asked for between two intervals, taken after the next, and handed to the window.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "session_state.h"

static const double unseen_s = 0.1; /* a frame nobody has taken is replaced no sooner */

/* ---- status ---- */

static SessionState state_of(const Session *s) {
    if (!s->open) return SESSION_OPENING;
    if (run_done(&s->run)) return SESSION_ENDED;
    return s->playing ? SESSION_PLAYING : SESSION_PAUSED;
}

static void rates_update(Session *s, SessionStatus *status) {
    double now_s = session_now_s(), over_s = now_s - s->rate_s;
    SimCost cost = sim_cost(s->run.sim);
    if (over_s < 0.5) return;
    status->intervals_per_s = fmax(0, (double)(cost.steps - s->rate_steps) / over_s);
    status->agent_steps_per_s = fmax(0, (double)(cost.agent_steps - s->rate_agent_steps) / over_s);
    status->pictures_per_s = (double)s->rate_pictures / over_s;
    s->rate_s = now_s;
    s->rate_steps = cost.steps;
    s->rate_agent_steps = cost.agent_steps;
    s->rate_pictures = 0;
}

static void status_run(const Session *s, SessionStatus *status) {
    const Run *run = &s->run;
    snprintf(status->device, sizeof status->device, "%s", run->backend.device);
    snprintf(status->drug, sizeof status->drug, "%s", run->config.drug.name);
    status->seed = run->config.simulation.seed;
    status->bsa_m2 = run->config.patient.bsa_m2;
    status->constant = run->config.drug.pk == PK_CONSTANT;
    status->dt_h = run->config.simulation.dt_h;
    status->until_h = 24 * run->config.simulation.until_days;
    status->time_h = sim_time_h(run->sim);
    status->agents = sim_cost(run->sim).agents;
    status->blast_weight = sim_classes(run->sim)->group[0].weight;
    dosing_view(run->dosing, sim_marrow_fraction(run->sim), &status->dosing);
}

/* Under the lock: what happened so far, as a copy. */
static void events_copy(Session *s) {
    const DoseRecord *records;
    size_t count = dosing_records(s->run.dosing, &records);
    if (count > s->event_room) {
        DoseRecord *grown = realloc(s->event, 2 * count * sizeof *grown);
        if (!grown) return; /* the window then lacks the latest */
        s->event = grown;
        s->event_room = 2 * count;
    }
    if (count) memcpy(s->event, records, count * sizeof *records);
    s->events = count;
}

static SessionLine line_of(const ChartLine *from) {
    SessionLine to = {.time_h = from->time_h, .value = from->value};
    snprintf(to.kind, sizeof to.kind, "%s", from->kind);
    snprintf(to.code, sizeof to.code, "%s", from->code);
    snprintf(to.detail, sizeof to.detail, "%s", from->detail);
    return to;
}

/* Under the lock: the clinic's lines. Those before are there already, unless somebody went back. */
static void lines_copy(Session *s) {
    const Run *run = &s->run;
    size_t known = s->gone_back || run->lines < s->lines ? 0 : s->lines;
    s->gone_back = false;
    if (run->lines > s->line_room) {
        SessionLine *grown = realloc(s->line, 2 * run->lines * sizeof *grown);
        if (!grown) return; /* the window then lacks the latest */
        s->line = grown;
        s->line_room = 2 * run->lines;
    }
    for (size_t i = known; i < run->lines; i++) s->line[i] = line_of(&run->line[i]);
    s->lines = run->lines;
}

void status_publish(Session *s) {
    pthread_mutex_lock(&s->lock);
    SessionStatus *status = &s->status;
    status->state = state_of(s);
    if (s->open) {
        status_run(s, status);
        rates_update(s, status);
        events_copy(s);
        lines_copy(s);
    }
    status->latest_h = s->latest_h;
    status->branches = s->branches;
    status->speed_per_s = s->speed_per_s;
    status->moments = s->moments;
    status->moment_bytes = s->moment_bytes;
    pthread_mutex_unlock(&s->lock);
}

/* ---- when ---- */

/* While the simulation runs, pictures take a sixth of its time where that gives 30 to 60 a second, and two
 * fifths of it at most; while it stands still, none of it is lost. Frames begin between intervals, so a
 * little late. */
static double between_frames_s(const Session *s, bool seen) {
    static const double fastest_s = 1 / 60.0, usual_s = 1 / 34.0;
    if (!seen) return unseen_s;
    if (!s->playing) return fastest_s;
    double fair_s = fmin(fmax(6 * s->frame_cost_s, fastest_s), usual_s);
    return fmax(fair_s, 2.5 * s->frame_cost_s);
}

bool frame_due(Session *s, double *wait_s) {
    *wait_s = 1;
    pthread_mutex_lock(&s->lock);
    bool news = s->changes != s->framed || s->looks != s->framed_looks, seen = s->mail.ready < 0;
    bool watched = s->watched;
    pthread_mutex_unlock(&s->lock);
    if (!watched || !news || !s->open || s->frame.under_way) return false;
    *wait_s = s->frame_s + between_frames_s(s, seen) - session_now_s();
    return *wait_s <= 0;
}

/* ---- asking and taking ---- */

static Status picture_wanted(Session *s, const PictureView *view, PictureJob **job) {
    return picture_ask(job, &s->run.backend, sim_classes(s->run.sim), sim_cost(s->run.sim).agents, view);
}

/* The cytometer's picture says little more thirty times a second than ten, and costs more. */
static bool flow_due(const Session *s, bool looked) {
    static const double flow_every_s = 0.1;
    return looked || !s->playing || s->frame_s - s->flow_s >= flow_every_s;
}

static void frame_begin(Session *s, bool *looked) {
    status_publish(s);
    pthread_mutex_lock(&s->lock);
    *looked = s->framed_looks != s->looks;
    s->framed_looks = s->looks;
    s->frame.section_on = s->section_on, s->frame.flow_on = s->flow_on;
    s->frame.section_view = s->section, s->frame.flow_view = s->flow;
    s->frame.status = s->status;
    pthread_mutex_unlock(&s->lock);
    s->framed = s->changes;
    s->frame_s = session_now_s();
    s->frame.under_way = true;
}

Status frame_ask(Session *s) {
    bool looked;
    frame_begin(s, &looked);
    s->frame.flow_new = s->frame.flow_on && flow_due(s, looked);
    if (s->frame.section_on) TRY(picture_wanted(s, &s->frame.section_view, &s->frame.section));
    if (s->frame.flow_new) {
        s->flow_s = s->frame_s;
        TRY(picture_wanted(s, &s->frame.flow_view, &s->frame.flow));
    }
    TRY(sim_row_start(s->run.sim, &s->frame.row));
    s->frame_asked_s = session_now_s() - s->frame_s;
    return STATUS_OK;
}

static Status section_take(Session *s, Picture *out, double time_h) {
    if (!s->frame.section_on) {
        picture_destroy(out);
        return STATUS_OK;
    }
    TRY(picture_take(s->frame.section, out));
    out->time_h = time_h;
    return STATUS_OK;
}

static Status picture_copy(const Picture *from, Picture *to) {
    bool fits = to->room >= from->pixels;
    size_t room = fits ? to->room : from->pixels;
    u32 *pixel = fits ? to->pixel : realloc(to->pixel, room * sizeof *pixel);
    REQUIRE(pixel, STATUS_FAILED, "view: no memory for a picture");
    memcpy(pixel, from->pixel, from->pixels * sizeof *pixel);
    *to = *from;
    to->pixel = pixel, to->room = room;
    return STATUS_OK;
}

/* The latest there is: of this moment, or up to a tenth of a second older. */
static Status flow_take(Session *s, Picture *out, double time_h) {
    if (!s->frame.flow_on) {
        picture_destroy(out);
        return STATUS_OK;
    }
    if (s->frame.flow_new) {
        TRY(picture_take(s->frame.flow, &s->latest_flow));
        s->latest_flow.time_h = time_h;
    }
    return picture_copy(&s->latest_flow, out);
}

/* The slot that is neither looked at nor ready. */
static int slot_free(const Mailbox *mail) {
    int slot = 0;
    while (slot == mail->ready || slot == mail->front) slot++;
    return slot;
}

static void frame_hand_over(Session *s, int slot) {
    pthread_mutex_lock(&s->lock);
    s->mail.slot[slot].serial = ++s->frames;
    s->mail.ready = slot;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
    s->rate_pictures++;
}

Status frame_take(Session *s) {
    double start_s = session_now_s();
    pthread_mutex_lock(&s->lock);
    int slot = slot_free(&s->mail);
    pthread_mutex_unlock(&s->lock);
    SessionFrame *frame = &s->mail.slot[slot];
    s->frame.under_way = false;
    frame->status = s->frame.status;
    TRY(section_take(s, &frame->section, frame->status.time_h));
    TRY(flow_take(s, &frame->flow, frame->status.time_h));
    TRY(sim_row_finish(s->run.sim, &s->frame.row, &frame->now));
    frame_hand_over(s, slot);
    s->frame_cost_s = s->frame_asked_s + session_now_s() - start_s;
    return STATUS_OK;
}

/* What is under way is of a moment that is left. */
void frame_forget(Session *s) {
    picture_job_destroy(s->frame.section);
    picture_job_destroy(s->frame.flow);
    if (s->frame.under_way) backend_forget(&s->run.backend, &s->frame.row.fetch);
    s->frame = (FrameJob){0};
}

void frames_destroy(Session *s) {
    for (int i = 0; i < 3; i++) {
        picture_destroy(&s->mail.slot[i].section);
        picture_destroy(&s->mail.slot[i].flow);
    }
    picture_destroy(&s->latest_flow);
}

/* ---- to files ---- */

void picture_view_usual(PictureView *view, bool flow) {
    picture_view(view, flow ? PICTURE_FLOW : PICTURE_DOTS, flow ? 256 : 800, flow ? 256 : 800);
}

Status frame_write(Session *s, bool flow, const char *path) {
    PictureView view;
    PictureJob *job = NULL;
    Picture picture = {0};
    PicturePalette palette;
    if (!(flow ? session_flow(s, &view) : session_section(s, &view))) picture_view_usual(&view, flow);
    picture_palette(&palette);
    Status status = picture_wanted(s, &view, &job);
    if (status == STATUS_OK) status = picture_take(job, &picture);
    picture_job_destroy(job);
    picture.time_h = sim_time_h(s->run.sim);
    if (status == STATUS_OK) status = picture_write_png(&picture, &palette, path);
    picture_destroy(&picture);
    return status;
}
