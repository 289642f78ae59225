/* marrow bench --view: what watching costs. */
#ifndef MARROW_BENCH_VIEW_H
#define MARROW_BENCH_VIEW_H

#include "run/options.h"

/* Pictures by themselves, then the whole window (bench_window.h), at 1 and 4 million agents. */
Status bench_view(const Options *options);

#endif
