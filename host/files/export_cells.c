/* One row a cell: FCS 3.1, and CSV. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "files/cytometry.h"
#include "files/export.h"
#include "files/fcs.h"
#include "kernels/section.h"

/* ---- FCS ---- */

/* The first four are what an instrument shows, glow and uneven staining included; the others are exact. */
static const FcsParameter parameters[] = {
    {"FSC-A", "forward scatter, proxy", 262144, 0, 0},
    {"SSC-A", "side scatter, proxy", 262144, 0, 0},
    {"CD22-A", "CD22 on the surface, stained, molecules", 1048576, 5, 10},
    {"IgG-A", "conjugate on the surface, stained, molecules", 1048576, 5, 10},
    {"CD22", "CD22 on the surface, free and bound, molecules", 262144, 5, 1},
    {"bound", "conjugate on the surface, molecules", 262144, 5, 1},
    {"inside", "conjugate taken in, molecules", 262144, 5, 1},
    {"payload", "free calicheamicin, molecules", 4194304, 6, 1},
    {"breaks", "DNA double-strand breaks", 65536, 4, 1},
    {"class", "number of the class, see MARROW_CLASSES", 32, 0, 0},
    {"dying", "1: committed to apoptosis", 2, 0, 0},
    {"weight", "real cells the event stands for", 1099511627776, 12, 1},
};
enum { PARAMETERS = sizeof parameters / sizeof parameters[0] };

static void event(const Snapshot *s, size_t i, float out[PARAMETERS]) {
    const Agents *a = &s->agents;
    const CellSignals e = cytometry_signals(s, i);
    const double values[PARAMETERS] = {e.fsc,
                                       e.ssc,
                                       e.cd22,
                                       e.bound,
                                       a->real[REAL_CD22][i] + a->real[REAL_BOUND][i],
                                       a->real[REAL_BOUND][i],
                                       a->real[REAL_INSIDE][i],
                                       a->real[REAL_PAYLOAD][i],
                                       a->real[REAL_BREAKS][i],
                                       a->cls[i],
                                       agent_dying(a, i),
                                       s->weight[i]};
    for (int p = 0; p < PARAMETERS; p++) out[p] = (float)values[p];
}

/* "0 blast_marrow:main, 1 blast_blood:main, …" */
static void class_list(const Snapshot *s, char *out, size_t room) {
    size_t used = 0;
    out[0] = '\0';
    for (int c = 0; c < s->class_count && used < room; c++)
        used += (size_t)snprintf(out + used, room - used, "%s%d %s", c ? ", " : "", c, s->cls[c].label);
}

Status export_fcs(const Snapshot *s, FILE *out) {
    char time_h[TEXT_NUMBER], seed[24], classes[MAX_CLASSES * (SNAPSHOT_LABEL + 8)];
    float *values = malloc((s->agents.count + 1) * PARAMETERS * sizeof *values);
    REQUIRE(values, STATUS_FAILED, "export: no memory for %zu events", s->agents.count);
    for (size_t i = 0; i < s->agents.count; i++) event(s, i, values + i * PARAMETERS);
    class_list(s, classes, sizeof classes);
    snprintf(seed, sizeof seed, "%lld", (long long)s->seed);
    const FcsKeyword keywords[] = {
        {"$CYT", "simulated"},
        {"$COM", "Simulated cells, one event an agent. Research and teaching; not for treating patients"},
        {"MARROW_VERSION", s->version},
        {"MARROW_GIT_ID", s->git},
        {"MARROW_CONFIG_HASH", s->config_hash},
        {"MARROW_SEED", seed},
        {"MARROW_TIME_H", text_number(s->time_h, time_h)},
        {"MARROW_CLASSES", classes},
    };
    const FcsTable table = {parameters,      PARAMETERS, keywords, sizeof keywords / sizeof keywords[0],
                            s->agents.count, values};
    fcs_write(&table, out);
    free(values);
    return STATUS_OK;
}

/* ---- CSV ---- */

static const char csv_header[] =
    "identity,class,clone,dying,weight_cells,cd22_free_molecules,cd22_bound_molecules,"
    "conjugate_inside_molecules,payload_molecules,dna_breaks,cd22_setpoint_molecules,d50_breaks,fate_budget,"
    "cycle_left,events,x_um,y_um,z_um,fsc,ssc,cd22_signal_molecules,bound_signal_molecules\n";

/* Nine digits give back every 32-bit float. */
static void csv_row(const Snapshot *s, size_t i, FILE *out) {
    const Agents *a = &s->agents;
    const SnapshotClass *cls = &s->cls[a->cls[i]];
    u32 low = a->word[WORD_ID_LOW][i], high = a->word[WORD_ID_HIGH][i];
    bool dying = agent_dying(a, i);
    const CellSignals e = cytometry_signals(s, i);
    const Spot spot = section_spot(low, high, cls->in_vessel);
    char weight[TEXT_NUMBER];
    fprintf(out, "%08x%08x,", high, low);
    text_csv(out, cls->label);
    fprintf(out, ",%d,%d,%s", cls->clone, dying, text_number(s->weight[i], weight));
    for (int f = REAL_CD22; f <= REAL_BREAKS; f++) fprintf(out, ",%.9g", a->real[f][i]);
    fprintf(out, ",%.9g,%.9g,%.9g,%.9g,%u", a->real[REAL_SETPOINT][i],
            dying ? 0 : 1 / (double)a->real[REAL_SENSITIVITY][i], dying ? 0 : (double)a->real[REAL_FATE][i],
            a->real[REAL_CLOCK][i], a->word[WORD_EVENTS][i]);
    fprintf(out, ",%.9g,%.9g,%.9g,%.9g,%.9g,%.9g,%.9g\n", spot.x_um, spot.y_um, spot.z_um, e.fsc, e.ssc,
            e.cd22, e.bound);
}

Status export_csv(const Snapshot *s, FILE *out) {
    fputs(csv_header, out);
    for (size_t i = 0; i < s->agents.count; i++) csv_row(s, i, out);
    return STATUS_OK;
}
