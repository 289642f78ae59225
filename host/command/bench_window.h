/* The window at work: marrow-view on SDL's dummy driver and software renderer, 1280 x 800, going as it does
 * for hands, while an untreated patient is simulated as fast as possible (so that agents stay as many);
 * beside it the same intervals with nobody looking, on one processor. */
#ifndef MARROW_BENCH_WINDOW_H
#define MARROW_BENCH_WINDOW_H

#include <cjson/cJSON.h>

#include "device/backend.h"

enum { BENCH_VIEWS = 3 };

/* Of one view. `pictures_per_s` are drawn ones that showed a new moment; `window_ms` is the window's own
 * share of the processor for one drawn picture. */
typedef struct BenchLook {
    int64_t agents;
    double pictures_per_s, window_ms;
    double from_h, to_h, seconds;
    double alone_s; /* from from_h to to_h on one processor */
} BenchLook;

typedef struct BenchWindow {
    double least_per_s; /* wanted pictures */
    BenchLook look[BENCH_VIEWS];
} BenchWindow;

/* STATUS_UNAVAILABLE: marrow-view is not built. */
Status bench_window(const BackendOptions *backend, int64_t agents, double least_per_s, BenchWindow *out);
void bench_window_print(const BenchWindow *windows, int count);
cJSON *bench_window_json(const BenchWindow *windows, int count);

#endif
