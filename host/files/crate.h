/* ro-crate-metadata.json: what is in a folder, what made it, from what and when, for machines: RO-Crate 1.1
 * with the profile Process Run Crate 0.5 (w3id.org/ro/crate/1.1, w3id.org/ro/wfrun/process/0.5). */
#ifndef MARROW_CRATE_H
#define MARROW_CRATE_H

#include "base/status.h"

#define CRATE "ro-crate-metadata.json"

/* Writes the one of a run's folder, from run.json and the files that are there. STATUS_FAILED: disk or
 * memory; STATUS_BAD_INPUT: there is no run.json. */
Status crate_of_run(const char *folder);

/* The same of a sweep's folder, from sweep.json; each run that is there is a part, with a crate of its own.
 */
Status crate_of_sweep(const char *folder);

/* After a file was added: the crate that is there, if there is one, made anew. */
Status crate_refresh(const char *folder);

#endif
