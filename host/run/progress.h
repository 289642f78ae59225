/* What a run says while it runs, all on stderr: a first line, a bar on a terminal, a summary; or JSON lines.
 */
#ifndef MARROW_PROGRESS_H
#define MARROW_PROGRESS_H

#include <cjson/cJSON.h>

#include "config/config.h"
#include "run/options.h"
#include "sim/sim.h"

typedef enum ProgressStyle { PROGRESS_QUIET, PROGRESS_LINES, PROGRESS_BAR, PROGRESS_JSON } ProgressStyle;

typedef struct Progress {
    ProgressStyle style;
    bool colour;
    double until_days, started_s, shown_s;
    SimCost before; /* of sessions before this one */
    double before_days;
} Progress;

/* Chooses the style: --json, -q, a terminal that can move its cursor, or plain lines. NO_COLOR is respected.
 */
void progress_start(Progress *progress, const Options *options, const Config *config);

/* The first line: program, device, agents, seed. */
void progress_device(const Progress *progress, const Config *config, const Backend *backend,
                     const Observation *first);

/* This session goes on from here: what came before has taken none of its time. */
void progress_resumed(Progress *progress, const Sim *sim);

/* After every interval; shows something a few times a second at most. */
void progress_step(Progress *progress, const Sim *sim);

/* The last line. `result` as in run.json. */
void progress_end(const Progress *progress, const Sim *sim, const char *folder, const char *result);

double progress_seconds(const Progress *progress); /* since the start */

/* What progress_start chooses by; for who shows something else than one run. */
ProgressStyle progress_style(const Options *options);
bool progress_colour(void);
double progress_now_s(void);     /* a clock that never goes back */
void progress_json(cJSON *json); /* on one line, and deleted; NULL is nothing */

#endif
