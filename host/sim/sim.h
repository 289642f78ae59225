/* The simulation: its clock, its pool of agents, and one interval as an ordered list of kernels.
 *
 *   sim_create, then sim_advance until sim_done, with sim_observe wherever numbers are wanted, or
 * sim_row_start and, an interval later, sim_row_finish where the device should not be waited for.
 *
 * Everything here is a function of (config, dosing): the backend only makes it faster. */
#ifndef MARROW_SIM_H
#define MARROW_SIM_H

#include "base/pieces.h"
#include "config/config.h"
#include "device/backend.h"
#include "dosing/dosing.h"
#include "dosing/drugs.h"
#include "sim/classes.h"
#include "sim/observe.h"

typedef struct Sim Sim;

/* What a run cost, for run.json and the progress line. */
typedef struct SimCost {
    int64_t steps;       /* intervals */
    int64_t agent_steps; /* agents in the pool, dying ones included, summed over intervals */
    int64_t place_steps; /* the same for places of pages in use: what a pass over memory touches */
    int64_t agents, peak_agents;
    size_t bytes; /* of the pool */
} SimCost;

/* Founders in place, time zero. `config`, `dosing` and `backend` must outlive the simulation. Errors:
 * STATUS_BAD_INPUT for a config that cannot be (fractions, capacity too small), STATUS_FAILED for memory or
 * solver. */
Status sim_create(Sim **out, const Config *config, Dosing *dosing, Backend *backend);
void sim_destroy(Sim *sim); /* accepts NULL */

/* One interval of dt_h. STATUS_FAILED: solver, or no place left for agents (message names
 * simulation.capacity). */
Status sim_advance(Sim *sim);

/* Takes the keys of its config that are live (config_keys.c) again, between two intervals. STATUS_BAD_INPUT
 * for values that cannot be; the simulation then stays as it was. */
Status sim_configure(Sim *sim);

double sim_marrow_fraction(const Sim *sim); /* blasts over nucleated marrow cells */
double sim_time_h(const Sim *sim);
bool sim_done(const Sim *sim);       /* until_days reached */
bool sim_output_due(const Sim *sim); /* a row of timeseries.csv is due now (time zero and the end included) */
bool sim_output_regular(const Sim *sim); /* … and would be, were this not the end */

/* What the host knows of the patient now without asking the device; cells are uncommitted ones. */
typedef struct SimGlance {
    double time_h;
    double marrow_blasts_cells, blood_blasts_cells, normal_marrow_cells;
    double marrow_blast_fraction, blasts_blood_per_ul, b_mature_per_ul;
    double adc_ng_ml, adc_auc_ng_h_ml; /* conjugate in plasma: now, and integrated since time zero */
} SimGlance;
SimGlance sim_glance(const Sim *sim);

/* What other treatments do to cells from now on, until it is said anew: hazards of dying beside the
 * conjugate's, 1/h. Deaths by them are counted with the natural ones. All ranks say the same. */
typedef struct SimHarm {
    double blast_per_h, blood_blast_per_h; /* of all blasts; of those in blood besides */
    double b_cell_per_h;
} SimHarm;
void sim_harm(Sim *sim, SimHarm harm);

/* Other drugs (chemo.regimens): what acted on average over the last interval; what they are (NULL: none), and
 * how far they have come, to be changed by drugs_… between two intervals. */
DrugAction sim_drug_action(const Sim *sim);
const OtherDrugs *sim_other_drugs(const Sim *sim);
DrugsCourse *sim_other_course(Sim *sim);

/* An observation under way: what the host knew when it was asked for, and the device's sums, which come
 * later. Starts zeroed; stays where it is while it is under way. */
typedef struct SimRow {
    Observation seen;
    i64 weight[MAX_CLASSES], cells[MAX_CLASSES]; /* per class: cells an agent stands for, uncommitted cells */
    Totals totals;
    Fetch fetch;
    bool under_way;
} SimRow;

/* Asks for the cells as they are now, and waits for nothing. */
Status sim_row_start(Sim *sim, SimRow *row);
/* The row that was asked for, however many intervals ago. On many ranks all make these calls, in the same
 * order. */
Status sim_row_finish(Sim *sim, SimRow *row, Observation *out);

/* Sums over all agents now: both in one. */
Status sim_observe(Sim *sim, Observation *out);

/* What a list of agents needs to be understood. */
typedef struct SimCensus {
    const CellClasses *classes;                  /* the simulation's own; weights as they are now */
    i64 living[MAX_CLASSES], dying[MAX_CLASSES]; /* agents of all processes: uncommitted, and committed */
    double normal_marrow_cells;
} SimCensus;
void sim_census(const Sim *sim, SimCensus *out);

/* Digest of every agent's every bit, independent of where it sits: equal digests, equal populations. */
Status sim_digest(Sim *sim, uint64_t *digest);

SimCost sim_cost(const Sim *sim);

/* What the pages' class numbers mean, and the weights as they are now. */
const CellClasses *sim_classes(const Sim *sim);

/* Everything that decides a simulation's future, in memory of its own. What follows sim_restore is, bit for
 * bit, what followed sim_save, on any back end, list of devices and number of threads; no row may be under
 * way. The two simulations must have the same config (until_days may differ). On several processes each keeps
 * its own agents and all make the same calls. Errors: STATUS_FAILED for memory, the device, or another
 * config.
 */
typedef struct SimSaved SimSaved;
Status sim_save(Sim *sim, SimSaved **out);
Status sim_restore(Sim *sim, const SimSaved *saved);
void sim_saved_destroy(SimSaved *saved);       /* accepts NULL */
size_t sim_saved_bytes(const SimSaved *saved); /* for who keeps several within a budget */

/* The same moment as pieces, for who writes it down: "state", dosing's, and the agents column by column,
 * which belong to `saved`. Going back checks everything first, since files can hold anything. STATUS_FAILED
 * as above, or: pieces are missing or cannot be of such a simulation. */
Status sim_saved_pieces(const SimSaved *saved, Pieces *pieces);
Status sim_restore_pieces(Sim *sim, const Pieces *pieces);

#endif
