/* From the simulation to a snapshot in memory: which agents, in which order, standing for how many cells. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pieces_ranks.h"
#include "ranks.h"
#include "snapshot.h"
#include "version.h"

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

/* The living and the dying of each class are sampled apart, so that what each stands for is known exactly. */
enum { STRATA = 2 * MAX_CLASSES };

static int stratum_of(const Agents *a, size_t i) {
    return 2 * (int)a->cls[i] + agent_dying(a, i);
}

/* The same number for an agent at every moment; those with the lowest are in the sample (the last steps of
 * splitmix64, which spread any bits over all). */
static u64 lot_of(const Agents *a, size_t i) {
    u64 x = (u64)a->word[WORD_ID_HIGH][i] << 32 | a->word[WORD_ID_LOW][i];
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return x ^ x >> 31;
}

static i64 stratum_size(const Snapshot *s, int stratum) {
    const SnapshotClass *c = &s->cls[stratum / 2];
    return stratum % 2 ? c->dying : c->living;
}

/* How many agents of each stratum: half of `agents` alike, half by size. */
static void quotas(const Snapshot *s, i64 agents, i64 quota[STRATA]) {
    i64 all = 0, strata = 0;
    for (int i = 0; i < 2 * s->class_count; i++) {
        all += stratum_size(s, i);
        strata += stratum_size(s, i) > 0;
    }
    for (int i = 0; i < 2 * s->class_count; i++) {
        i64 size = stratum_size(s, i);
        double by_size = 0.5 * (double)agents * (double)size / (double)(all ? all : 1);
        i64 share = strata ? agents / 2 / strata + (i64)by_size : 0;
        quota[i] = agents == 0 || all <= agents || share > size ? size : share;
    }
}

/* Keeps the agents whose lot is at most their stratum's limit. */
static void agents_keep(Agents *a, const u64 limit[STRATA]) {
    size_t kept = 0;
    for (size_t i = 0; i < a->count; i++) {
        if (lot_of(a, i) <= limit[stratum_of(a, i)]) agents_move(a, i, kept++);
    }
    a->count = kept;
}

/* Limits that leave a few agents more than wanted, so that snapshot_finish has the lowest lots to choose from
 * and few to sort: seven standard deviations are never missed. */
static void limits_guess(const Snapshot *s, const i64 quota[STRATA], u64 limit[STRATA]) {
    for (int i = 0; i < 2 * s->class_count; i++) {
        double size = (double)stratum_size(s, i), wanted = (double)quota[i];
        double share = size > 0 ? (wanted + 7 * sqrt(wanted) + 30) / size : 1;
        limit[i] = share >= 1 ? UINT64_MAX : (u64)(share * 18446744073709549568.0);
    }
}

static int by_value(const void *a, const void *b) {
    const u64 x = *(const u64 *)a, y = *(const u64 *)b;
    return (x > y) - (x < y);
}

/* The lot of the last agent within each quota. `lots` has room for all agents. */
static void limits_exact(const Snapshot *s, const i64 quota[STRATA], u64 *lots, u64 limit[STRATA]) {
    for (int stratum = 0; stratum < 2 * s->class_count; stratum++) {
        size_t count = 0;
        limit[stratum] = UINT64_MAX;
        if (quota[stratum] >= stratum_size(s, stratum)) continue;
        for (size_t i = 0; i < s->agents.count; i++)
            if (stratum_of(&s->agents, i) == stratum) lots[count++] = lot_of(&s->agents, i);
        qsort(lots, count, sizeof *lots, by_value);
        if (count > (size_t)quota[stratum]) limit[stratum] = lots[quota[stratum] - 1];
    }
}

static void weights(Snapshot *s) {
    i64 here[STRATA] = {0};
    for (size_t i = 0; i < s->agents.count; i++) here[stratum_of(&s->agents, i)]++;
    for (size_t i = 0; i < s->agents.count; i++) {
        int stratum = stratum_of(&s->agents, i);
        double cells = (double)(stratum_size(s, stratum) * s->cls[stratum / 2].weight);
        s->weight[i] = cells / (double)here[stratum];
    }
}

Status snapshot_finish(Snapshot *s, i64 agents) {
    i64 quota[STRATA];
    u64 limit[STRATA], *lots = malloc((s->agents.count + 1) * sizeof *lots);
    REQUIRE(lots, STATUS_FAILED, "snapshot: no memory for %zu agents", s->agents.count);
    quotas(s, agents, quota);
    limits_exact(s, quota, lots, limit);
    free(lots);
    agents_keep(&s->agents, limit);
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
    i64 quota[STRATA];
    u64 limit[STRATA];
    TRY(agents_read(backend, &s->agents));
    quotas(s, agents, quota);
    limits_guess(s, quota, limit);
    agents_keep(&s->agents, limit);
    return STATUS_OK;
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
