/* Chosen cells: looked up by identity after every interval, with the daughters they leave.
 *
 * A cell that divides goes on under its own identity; the other daughter's follows from it and its count of
 * events, as the kernels make it (kernels/fate.h). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/rng.h"
#include "kernels/section.h"
#include "session_state.h"
#include "sim/picture.h"

static const double slack_h = 1e-9;

static uint64_t identity_of(const Found *f) {
    return (uint64_t)f->high << 32 | f->low;
}

static Trace *trace_find(Session *s, uint64_t identity) {
    for (int i = 0; i < s->traces; i++)
        if (s->trace[i].info.identity == identity) return &s->trace[i];
    return NULL;
}

/* Under the lock, as all below. */
static void trace_describe(const Session *s, Trace *t, const Found *f) {
    const CellClass *cls = &sim_classes(s->run.sim)->cls[f->cls];
    PictureKind kind = picture_kind(cls);
    Spot spot = section_spot(f->low, f->high, kind == PICTURE_BLAST_BLOOD || kind == PICTURE_MATURE);
    t->events = f->events;
    t->place = f->place;
    t->info.there = true;
    t->info.kind = (int)kind;
    t->info.clone = cls->clone;
    t->info.dying = f->real[REAL_FATE] >= 0.5f * FOREVER;
    t->info.x_um = spot.x_um, t->info.y_um = spot.y_um;
}

static void point_add(Session *s, Trace *t, const Found *f) {
    double now_h = sim_time_h(s->run.sim);
    if (t->points > 0 && t->point[t->points - 1].time_h >= now_h - slack_h) return;
    if (t->points == t->room) {
        size_t room = t->room ? 2 * t->room : 256;
        SessionPoint *grown = realloc(t->point, room * sizeof *grown);
        if (!grown) return; /* the curve ends here */
        t->point = grown;
        t->room = room;
    }
    SessionPoint *p = &t->point[t->points++];
    p->time_h = now_h;
    memcpy(p->real, f->real, sizeof p->real);
}

static Trace *trace_new(Session *s, const Found *f, uint64_t mother) {
    if (s->traces == SESSION_TRACES || trace_find(s, identity_of(f))) return NULL;
    Trace *t = &s->trace[s->traces++];
    *t = (Trace){
        .info = {
            .identity = identity_of(f), .mother = mother, .from_h = sim_time_h(s->run.sim), .gone_h = NAN}};
    trace_describe(s, t, f);
    point_add(s, t, f);
    return t;
}

static void trace_drop(Session *s, int i) {
    free(s->trace[i].point);
    memmove(&s->trace[i], &s->trace[i + 1], (size_t)(--s->traces - i) * sizeof s->trace[0]);
}

/* ---- after an interval ---- */

/* Daughters a traced cell may have left: one for each event since it was last seen. */
static int daughters_of(const Session *s, const Trace *t, u32 events, uint64_t *out, uint64_t *mother,
                        int room) {
    uint64_t seed = (uint64_t)s->run.config.simulation.seed;
    int count = 0;
    if (sim_time_h(s->run.sim) <= t->info.from_h + slack_h) return 0; /* before it was chosen */
    for (u32 e = t->events; e < events && count < room; e++) {
        Luck name = philox((u32)seed, (u32)(seed >> 32), (u32)t->info.identity, (u32)(t->info.identity >> 32),
                           e, PURPOSE_DAUGHTER);
        mother[count] = t->info.identity;
        out[count++] = (uint64_t)name.b << 32 | name.a;
    }
    return count;
}

static Status daughters_take(Session *s, const uint64_t *wanted, const uint64_t *mother, int count) {
    Found found[FIND_MOST];
    int n;
    if (count == 0) return STATUS_OK;
    TRY(picture_find(&s->run.backend, wanted, count, found, &n));
    pthread_mutex_lock(&s->lock);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < count; k++)
            if (wanted[k] == identity_of(&found[i])) trace_new(s, &found[i], mother[k]);
    pthread_mutex_unlock(&s->lock);
    return STATUS_OK;
}

/* What was found of the traced cells; the others are gone, or, where somebody has gone back, not there yet.
 */
static int traces_update(Session *s, const Found *found, int n, uint64_t *wanted, uint64_t *mother) {
    int count = 0;
    for (int i = 0; i < s->traces; i++) {
        Trace *t = &s->trace[i];
        const Found *f = NULL;
        for (int k = 0; k < n; k++)
            if (identity_of(&found[k]) == t->info.identity) f = &found[k];
        bool ended = !f && t->info.there && isnan(t->info.gone_h);
        t->info.there = f != NULL;
        if (ended) t->info.gone_h = sim_time_h(s->run.sim);
        if (!f && t->points > 0) t->info.dying = t->point[t->points - 1].real[REAL_FATE] >= 0.5f * FOREVER;
        if (!f) continue;
        count += daughters_of(s, t, f->events, wanted + count, mother + count, FIND_MOST - count);
        trace_describe(s, t, f);
        point_add(s, t, f);
    }
    return count;
}

/* Who was there, or is to come: not those that are gone, nor, where somebody has gone back, those not chosen
 * yet. */
static bool may_be_there(const Trace *t, double now_h) {
    bool gone = t->info.gone_h <= now_h + slack_h;
    return t->info.there || (!gone && now_h >= t->info.from_h - slack_h);
}

Status traces_step(Session *s) {
    uint64_t wanted[FIND_MOST], mother[FIND_MOST];
    u32 place[FIND_MOST];
    Found found[FIND_MOST];
    int count = 0, n;
    for (int i = 0; i < s->traces; i++) {
        if (!may_be_there(&s->trace[i], sim_time_h(s->run.sim))) continue;
        place[count] = s->trace[i].place;
        wanted[count++] = s->trace[i].info.identity;
    }
    s->traced_h = fmax(s->traced_h, sim_time_h(s->run.sim));
    if (count == 0) return STATUS_OK;
    TRY(picture_find_again(&s->run.backend, wanted, place, count, found, &n));
    pthread_mutex_lock(&s->lock);
    count = traces_update(s, found, n, wanted, mother);
    pthread_mutex_unlock(&s->lock);
    return daughters_take(s, wanted, mother, count);
}

/* ---- going back ---- */

/* Curves stay, as rows do: the same will come again. */
Status traces_return(Session *s) {
    pthread_mutex_lock(&s->lock);
    for (int i = 0; i < s->traces; i++) {
        s->trace[i].info.there = false;
        s->trace[i].events = 0xffffffffu; /* known again when it is seen */
    }
    pthread_mutex_unlock(&s->lock);
    return traces_step(s);
}

/* What was later than now is no more; daughters born later may not be born. */
void traces_branch(Session *s) {
    double now_h = sim_time_h(s->run.sim);
    pthread_mutex_lock(&s->lock);
    for (int i = s->traces - 1; i >= 0; i--) {
        Trace *t = &s->trace[i];
        while (t->points > 0 && t->point[t->points - 1].time_h > now_h + slack_h) t->points--;
        if (t->info.gone_h > now_h + slack_h) t->info.gone_h = NAN;
        if (t->info.mother && t->info.from_h > now_h + slack_h) trace_drop(s, i);
    }
    s->traced_h = now_h;
    pthread_mutex_unlock(&s->lock);
}

/* ---- choosing ---- */

Status traces_follow(Session *s, const Found *f) {
    pthread_mutex_lock(&s->lock);
    bool known = trace_find(s, identity_of(f)) != NULL;
    bool added = known || trace_new(s, f, 0);
    if (!known && added) s->traced_h = sim_time_h(s->run.sim);
    pthread_mutex_unlock(&s->lock);
    REQUIRE(added, STATUS_BAD_INPUT, "follow: %d cells are traced already; unfollow one",
            (int)SESSION_TRACES);
    return STATUS_OK;
}

Status traces_unfollow(Session *s, uint64_t identity) {
    bool found = identity == 0;
    pthread_mutex_lock(&s->lock);
    for (int i = s->traces - 1; i >= 0; i--) {
        if (identity != 0 && s->trace[i].info.identity != identity) continue;
        trace_drop(s, i);
        found = true;
    }
    pthread_mutex_unlock(&s->lock);
    REQUIRE(found, STATUS_BAD_INPUT, "unfollow: no such cell is traced");
    return STATUS_OK;
}

/* ---- the window's side ---- */

size_t session_traces(Session *s, SessionTrace out[SESSION_TRACES]) {
    pthread_mutex_lock(&s->lock);
    for (int i = 0; i < s->traces; i++) out[i] = s->trace[i].info;
    size_t count = (size_t)s->traces;
    pthread_mutex_unlock(&s->lock);
    return count;
}

size_t session_points(Session *s, uint64_t identity, size_t from, SessionPoint *out, size_t room,
                      size_t *total) {
    pthread_mutex_lock(&s->lock);
    const Trace *t = trace_find(s, identity);
    size_t count = t ? t->points : 0, left = from < count ? count - from : 0, n = left < room ? left : room;
    if (n) memcpy(out, t->point + from, n * sizeof *out);
    pthread_mutex_unlock(&s->lock);
    if (total) *total = count;
    return n;
}
