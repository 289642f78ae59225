/* A run kept in memory and gone back to: the simulation, the clinic, the keys that were set, and how far its
 * tables had come. */
#include <stdlib.h>
#include <string.h>

#include "run/run.h"
#include "run/run_checkpoint.h"

static Status clinic_keep(Run *run, RunMoment *m) {
    const void *state = clinic_state(run->clinic, &m->clinic_bytes);
    if (!state) return STATUS_OK;
    m->clinic = malloc(m->clinic_bytes);
    REQUIRE(m->clinic, STATUS_FAILED, "run: no memory to keep this moment");
    memcpy(m->clinic, state, m->clinic_bytes);
    return STATUS_OK;
}

static Status moment_fill(Run *run, RunMoment *m) {
    m->live = run->live;
    m->time_h = sim_time_h(run->sim);
    m->actions_done = run->actions.done;
    m->lines = run->lines;
    m->tables = run_tables(run);
    m->imbalance_cells = run->record.imbalance_cells;
    TRY(clinic_keep(run, m));
    return sim_save(run->sim, &m->sim);
}

Status run_keep(Run *run, RunMoment **out) {
    *out = NULL;
    TRY(run_row(run));
    RunMoment *moment = calloc(1, sizeof *moment);
    REQUIRE(moment, STATUS_FAILED, "run: no memory to keep this moment");
    Status status = moment_fill(run, moment);
    if (status == STATUS_OK)
        *out = moment;
    else
        run_moment_destroy(moment);
    return status;
}

/* Checkpoints and snapshots of what is no longer to come go: they would be of another past. */
static Status tables_return(Run *run, const RunTables *to) {
    run_checkpoint_settle(run, true);
    TRY(snapshots_collect(&run->snapshots, run->background));
    TRY(run_file_cut(&run->timeseries, to->timeseries));
    TRY(run_file_cut(&run->events.file, to->events));
    if (run->labs.handle) TRY(run_file_cut(&run->labs, to->labs));
    run->regular = to->timeseries_regular;
    run->events.doses = (size_t)to->events_doses;
    TRY(run_folder_drop_checkpoints(&run->folder));
    return snapshots_clear(&run->folder, &run->config, to->time_h);
}

Status run_return(Run *run, const RunMoment *m) {
    backend_forget(&run->backend, &run->row.fetch);
    run->row = (SimRow){0};
    TRY(sim_restore(run->sim, m->sim));
    TRY(clinic_restore(run->clinic, m->clinic, m->clinic_bytes));
    run->live = m->live;
    TRY(sim_configure(run->sim));
    run->actions.done = m->actions_done;
    run->record.imbalance_cells = m->imbalance_cells;
    run->lines = m->lines;
    return run->folder.path ? tables_return(run, &m->tables) : STATUS_OK;
}

void run_moment_destroy(RunMoment *moment) {
    if (!moment) return;
    sim_saved_destroy(moment->sim);
    free(moment->clinic);
    free(moment);
}
