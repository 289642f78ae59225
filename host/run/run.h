/* One run from its config to its folder of files: what `marrow run` does, a step at a time, for whoever
 * drives it: the command line, a sweep, the viewer. All ranks make the same calls; rank 0 alone writes. */
#ifndef MARROW_RUN_H
#define MARROW_RUN_H

#include "base/background.h"
#include "clinic/clinic.h"
#include "files/run_folder.h"
#include "files/snapshots.h"
#include "files/writer_events.h"
#include "files/writer_run.h"
#include "run/action.h"
#include "run/options.h"
#include "run/progress.h"
#include "sim/sim.h"

/* How far the tables had come at a checkpoint. */
typedef struct RunTables {
    RunFileMark timeseries, events, labs;
    RunFileMark timeseries_regular; /* without a row that was due only because the run ended */
    int64_t events_doses;
    double time_h;
} RunTables;

/* What one run owns. Starts zeroed. */
typedef struct Run {
    Options options;
    Config config; /* as it was given: what config.yaml says */
    Config live;   /* the simulation's own: the same, and what actions have set since */
    Dosing *dosing;
    Backend backend;
    Sim *sim;
    Clinic *clinic;   /* NULL: off */
    SimRow row;       /* asked for and not written yet */
    bool row_regular; /* it would be due if the run went on */
    RunFolder folder;
    RunFile timeseries, labs;
    EventWriter events;
    Background *background; /* writes what takes long beside the simulation */
    Snapshots snapshots;
    ActionList actions; /* --actions, and what is asked for on the way */
    /* Who goes on without an action of the list that cannot be done is told why; NULL: the run ends there. */
    void (*action_dropped)(void *who, const char *why);
    void *action_dropped_who;
    Observation last; /* the latest finished row, and how many there were */
    int64_t row_count;
    bool keep_lines; /* the clinic's lines are kept in memory, too: for who shows them */
    ChartLine *line;
    size_t lines, line_room;
    Progress progress;
    RunRecord record;
    RunFileMark regular;      /* timeseries.csv after the last row that would be due if the run went on */
    bool going_on;            /* from a checkpoint, which --resume found */
    RunTables resumed;        /* where from; zeros for a run from its beginning */
    BackgroundJob checkpoint; /* the one being written */
    double checkpoint_s;      /* of the session, when the last one was taken */
} Run;

/* From run->options to cells at time zero, or where --resume finds them. Nothing is written yet, so that a
 * mistake leaves no trace; without a folder nothing is written later either. */
Status run_prepare(Run *run);

/* The folder, and the files' first rows. */
Status run_begin(Run *run);

/* Does what is asked for now, between two intervals, and writes it down: it is among the actions then.
 * STATUS_BAD_INPUT when it cannot be done (host/run/action.h); nothing has changed then. */
Status run_act(Run *run, const char *text);

/* Actions that are due now, as run_step takes them before its interval. */
Status run_actions(Run *run);

/* The same, one interval, and what is due after it. A row of timeseries.csv is asked for when it
 * is due and written after the next interval, so that the device need not wait for it. */
Status run_step(Run *run);

/* Whether there is a folder, and it is this process that writes to it. */
bool run_writes(const Run *run);

/* until_days reached, or the patient has died. */
bool run_done(const Run *run);

/* Writes the row that is still under way, if one is: before a moment is kept to go on from. */
Status run_row(Run *run);

/* doses.csv and run.json, whatever happened: `status` is how the run ended, and what is returned unless
 * writing them fails too. */
Status run_end(Run *run, Status status);

void run_destroy(Run *run); /* accepts any state */

/* A moment of a run in memory, tables included: after run_return the run goes on as it did then, and does
 * again what was done later unless actions are cut. Errors: STATUS_FAILED for memory, device or disk. */
typedef struct RunMoment {
    SimSaved *sim;
    void *clinic; /* NULL: off */
    size_t clinic_bytes;
    Config live;
    double time_h;
    size_t actions_done, lines;
    RunTables tables;
    int64_t imbalance_cells;
} RunMoment;
RunTables run_tables(const Run *run); /* as they are now */
Status run_keep(Run *run, RunMoment **out);
Status run_return(Run *run, const RunMoment *moment);
void run_moment_destroy(RunMoment *moment); /* accepts NULL */

#endif
