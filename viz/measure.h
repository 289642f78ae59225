/* What the window costs while somebody only looks: pictures shown, time, and how far the simulation came. */
#ifndef MARROW_MEASURE_H
#define MARROW_MEASURE_H

#include "viewer.h"

/* Starts zeroed. */
typedef struct Measure {
    char path[256];
    double start_s, end_s; /* end 0: none under way */
    double from_h, cpu_s;
    uint64_t pictures, news;
} Measure;

/* From now on, for so many seconds; then `path` gets the result as one JSON object. */
void measure_start(Measure *measure, const Viewer *viewer, const char *path, double seconds);

/* Once a turn while it is under way. STATUS_FAILED: the file cannot be written. */
Status measure_step(Measure *measure, Viewer *viewer);

#endif
