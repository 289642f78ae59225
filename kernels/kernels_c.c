/* The kernels compiled as C. The Makefile builds this file once per instruction set, each with its own
 * KERNEL_SET name; backend_cpu.c picks one at run time. */
#include "kernels_c.h"

#include "picture.h"

#define KERNEL_ROW(name, extent)                                                                           \
    static void run_##name(u32 group, u32 groups, u32 worker, const KernelPool *p) {                       \
        kernel_group = group;                                                                              \
        kernel_groups = groups;                                                                            \
        kernel_worker = worker;                                                                            \
        name(p->real, p->word, p->live, p->box, p->tally, p->rows, p->offer, p->totals, p->frame, p->view, \
             p->picture);                                                                                  \
    }
#include "kernels.def"
#undef KERNEL_ROW

const KernelEntry KERNEL_SET[] = {
#define KERNEL_ROW(name, extent) run_##name,
#include "kernels.def"
#undef KERNEL_ROW
};
