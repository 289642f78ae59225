/* marrow bench --view: what watching costs. */
#ifndef MARROW_BENCH_VIEW_H
#define MARROW_BENCH_VIEW_H

#include "run/options.h"

/* Pictures by themselves, then a session that runs as fast as it can while its frames are coloured as a
 * window would, beside the same intervals without anybody looking on one thread; at 1 and 4 million agents.
 */
Status bench_view(const Options *options);

#endif
