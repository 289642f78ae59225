/* How the host reaches the kernels compiled as C. */
#ifndef MARROW_KERNELS_C_H
#define MARROW_KERNELS_C_H

#include "types.h"

typedef struct KernelPool {
    f32 *real;
    u32 *word, *live, *box;
    i64 *tally;
    PageRow *rows;
    u32 *offer;
    Totals *totals;
    const Frame *frame;
    const View *view;
    u32 *picture;
} KernelPool;

/* Runs item `group` of `groups`. No two of one `worker` run at the same time. */
typedef void (*KernelEntry)(u32 group, u32 groups, u32 worker, const KernelPool *pool);

extern const KernelEntry kernels_x86_64_v4[], kernels_x86_64_v3[], kernels_native[];

#endif
