/* The clinic's part in a run: steps it, and writes what it leaves: lines of events.csv, labs.csv,
 * outcome.json. With the clinic off all of it does nothing. */
#ifndef MARROW_RUN_CLINIC_H
#define MARROW_RUN_CLINIC_H

#include "run/run.h"

/* labs.csv, new or as it was. */
Status run_clinic_begin(Run *run);
Status run_clinic_continue(Run *run);

/* At time zero and after every interval, before a row is asked for. */
Status run_clinic_step(Run *run);
Status run_clinic_end(Run *run);

/* The piece of a checkpoint. */
Status run_clinic_keep(Run *run, Pieces *pieces);
Status run_clinic_restore(Run *run, const Pieces *pieces);

#endif
