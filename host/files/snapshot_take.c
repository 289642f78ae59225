/* From the simulation to a snapshot in memory: which agents, in which order, standing for how many cells. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/ranks.h"
#include "base/version.h"
#include "files/snapshot.h"
#include "sim/pieces_ranks.h"

void snapshot_destroy(Snapshot *s) {
    agents_destroy(&s->agents);
    free(s->weight);
    free(s->config);
    *s = (Snapshot){0};
}

double snapshot_cells(const Snapshot *s, int cls, bool dying) {
    double sum = 0;
    for (size_t i = 0; i < s->agents.count; i++)
        if (s->agents.cls[i] == (u32)cls && agent_dying(&s->agents, i) == dying) sum += s->weight[i];
    return sum;
}

/* ---- the sample ---- */

/* How many agents of a class: the living and the dying are sampled apart, so that what each stands for is
 * known exactly. */
typedef struct Quotas {
    i64 agents[MAX_CLASSES][2];
} Quotas;

static i64 size_of(const Snapshot *s, int cls, bool dying) {
    return dying ? s->cls[cls].dying : s->cls[cls].living;
}

/* Half of `agents` alike, half by size. */
static void quotas(const Snapshot *s, i64 agents, Quotas *out) {
    i64 all = 0, groups = 0;
    for (int i = 0; i < 2 * s->class_count; i++) {
        i64 size = size_of(s, i / 2, i % 2);
        all += size;
        groups += size > 0;
    }
    for (int i = 0; i < 2 * s->class_count; i++) {
        i64 size = size_of(s, i / 2, i % 2);
        double by_size = 0.5 * (double)agents * (double)size / (double)(all ? all : 1);
        i64 share = groups ? agents / 2 / groups + (i64)by_size : 0;
        out->agents[i / 2][i % 2] = agents == 0 || all <= agents || share > size ? size : share;
    }
}

/* Limits that leave a few agents more than wanted, so that snapshot_finish has the lowest lots to choose from
 * and few to sort: seven standard deviations are never missed. */
static void limits_guess(const Snapshot *s, const Quotas *quota, AgentLimits *limits) {
    for (int i = 0; i < 2 * s->class_count; i++) {
        double size = (double)size_of(s, i / 2, i % 2), wanted = (double)quota->agents[i / 2][i % 2];
        double share = size > 0 ? (wanted + 7 * sqrt(wanted) + 30) / size : 1;
        limits->lot[i / 2][i % 2] = share >= 1 ? UINT64_MAX : (u64)(share * 18446744073709549568.0);
    }
}

static u64 lot_of(const Agents *a, size_t i) {
    return agent_lot(a->word[WORD_ID_LOW][i], a->word[WORD_ID_HIGH][i]);
}

static void agents_keep(Agents *a, const AgentLimits *limits) {
    size_t kept = 0;
    for (size_t i = 0; i < a->count; i++)
        if (lot_of(a, i) <= limits->lot[a->cls[i]][agent_dying(a, i)]) agents_move(a, i, kept++);
    a->count = kept;
}

static int by_value(const void *a, const void *b) {
    const u64 x = *(const u64 *)a, y = *(const u64 *)b;
    return (x > y) - (x < y);
}

/* The lot of the last agent within a quota. `lots` has room for all agents. */
static u64 limit_exact(const Snapshot *s, int cls, bool dying, i64 quota, u64 *lots) {
    size_t count = 0;
    if (quota >= size_of(s, cls, dying)) return UINT64_MAX;
    for (size_t i = 0; i < s->agents.count; i++)
        if (s->agents.cls[i] == (u32)cls && agent_dying(&s->agents, i) == dying)
            lots[count++] = lot_of(&s->agents, i);
    qsort(lots, count, sizeof *lots, by_value);
    if (quota == 0) return 0;
    return count > (size_t)quota ? lots[quota - 1] : UINT64_MAX;
}

static void limits_exact(const Snapshot *s, const Quotas *quota, u64 *lots, AgentLimits *limits) {
    for (int i = 0; i < 2 * s->class_count; i++)
        limits->lot[i / 2][i % 2] = limit_exact(s, i / 2, i % 2, quota->agents[i / 2][i % 2], lots);
}

static void weights(Snapshot *s) {
    i64 here[MAX_CLASSES][2] = {{0}};
    const Agents *a = &s->agents;
    for (size_t i = 0; i < a->count; i++) here[a->cls[i]][agent_dying(a, i)]++;
    for (size_t i = 0; i < a->count; i++) {
        bool dying = agent_dying(a, i);
        double cells = (double)(size_of(s, (int)a->cls[i], dying) * s->cls[a->cls[i]].weight);
        s->weight[i] = cells / (double)here[a->cls[i]][dying];
    }
}

Status snapshot_finish(Snapshot *s, i64 agents) {
    Quotas quota;
    AgentLimits limits;
    u64 *lots = malloc((s->agents.count + 1) * sizeof *lots);
    REQUIRE(lots, STATUS_FAILED, "snapshot: no memory for %zu agents", s->agents.count);
    quotas(s, agents, &quota);
    limits_exact(s, &quota, lots, &limits);
    free(lots);
    agents_keep(&s->agents, &limits);
    TRY(agents_sort(&s->agents));
    s->weight = malloc((s->agents.count + 1) * sizeof *s->weight);
    REQUIRE(s->weight, STATUS_FAILED, "snapshot: no memory for %zu agents", s->agents.count);
    weights(s);
    return STATUS_OK;
}

/* ---- the copy ---- */

static void classes_copy(Snapshot *s, const Sim *sim, const Config *config) {
    SimCensus census;
    sim_census(sim, &census);
    s->normal_marrow_cells = census.normal_marrow_cells;
    s->class_count = census.classes->count;
    for (int c = 0; c < s->class_count; c++) {
        const CellClass *cls = &census.classes->cls[c];
        SnapshotClass *out = &s->cls[c];
        *out = (SnapshotClass){.kind = cls->kind,
                               .clone = cls->clone,
                               .in_vessel = class_in_vessel(cls),
                               .weight = census.classes->group[cls->group].weight,
                               .living = census.living[c],
                               .dying = census.dying[c]};
        class_label(cls, config, out->label, sizeof out->label);
    }
}

static Status origin_copy(Snapshot *s, const Config *config) {
    size_t length;
    s->seed = config->simulation.seed;
    snprintf(s->version, sizeof s->version, "%s", version_number);
    snprintf(s->git, sizeof s->git, "%s", version_git);
    config_hash(config, s->config_hash);
    FILE *text = open_memstream(&s->config, &length);
    REQUIRE(text, STATUS_FAILED, "snapshot: out of memory");
    Status status = config_write(config, text, false);
    fclose(text);
    return status;
}

enum { COLUMNS = 1 + REAL_FIELDS + WORD_FIELDS };

static void **column(Agents *a, int i) {
    if (i == 0) return (void **)&a->cls;
    if (i <= REAL_FIELDS) return (void **)&a->real[i - 1];
    return (void **)&a->word[i - 1 - REAL_FIELDS];
}

static Status columns_take(Agents *a, const Pieces *pieces) {
    size_t bytes = pieces->piece[0].length;
    a->count = 0;
    TRY(agents_room(a, bytes / sizeof(u32)));
    for (int i = 0; i < COLUMNS; i++) memcpy(*column(a, i), pieces->piece[i].bytes, bytes);
    a->count = bytes / sizeof(u32);
    return STATUS_OK;
}

/* Agents of all processes to rank 0; the others have none afterwards. */
static Status gather(Agents *a, Backend *backend) {
    Pieces pieces = {0};
    char name[PIECE_NAME];
    if (ranks_count() == 1) return STATUS_OK;
    for (int i = 0; i < COLUMNS; i++) {
        snprintf(name, sizeof name, "column_%d", i);
        pieces_add_column(&pieces, name, NULL, PIECE_WORDS, *column(a, i), a->count);
    }
    Status status = pieces_gather(&pieces, backend);
    if (status == STATUS_OK && ranks_index() == 0) status = columns_take(a, &pieces);
    if (ranks_index() > 0) a->count = 0;
    pieces_free(&pieces);
    return status;
}

static Status sample_take(Snapshot *s, Backend *backend, i64 agents) {
    Quotas quota;
    AgentLimits limits;
    if (agents == 0) return agents_read(backend, &s->agents);
    quotas(s, agents, &quota);
    limits_guess(s, &quota, &limits);
    return agents_read_sample(backend, &s->agents, &limits);
}

Status snapshot_take(Snapshot *out, Sim *sim, Backend *backend, const Config *config, i64 agents,
                     int number) {
    *out = (Snapshot){.number = number, .time_h = sim_time_h(sim)};
    classes_copy(out, sim, config);
    Status status = origin_copy(out, config);
    if (status == STATUS_OK) status = sample_take(out, backend, agents);
    TRY(backend_together(backend, status));
    return gather(&out->agents, backend);
}
