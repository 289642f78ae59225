/* The table of calls a device must answer, and the one way the rest of the host talks to it.
 *
 * A backend owns one pool of pages (kernels/types.h). Work is launched in order; only backend_read,
 * backend_fetched and backend_finish wait. Results are the same bytes on every backend, for any number of
 * threads and any launch width. */
#ifndef MARROW_BACKEND_H
#define MARROW_BACKEND_H

#include <stdbool.h>
#include <stdio.h>

#include "base/status.h"
#include "kernels/types.h"

typedef enum KernelId {
#define KERNEL_ROW(name, extent) KERNEL_##name,
#include "kernels/kernels.def"
#undef KERNEL_ROW
    KERNEL_COUNT
} KernelId;

typedef enum KernelExtent { EXTENT_PAGES, EXTENT_ONE, EXTENT_CLASSES } KernelExtent;
extern const char *const kernel_names[KERNEL_COUNT];
extern const KernelExtent kernel_extents[KERNEL_COUNT];

/* The pool's buffers, in the order of POOL in kernels/types.h. */
typedef enum PoolPart {
    POOL_REAL,
    POOL_WORD,
    POOL_LIVE,
    POOL_BOX,
    POOL_TALLY,
    POOL_ROWS,
    POOL_OFFER,
    POOL_TOTALS,
    POOL_FRAME,
    POOL_VIEW,
    POOL_PICTURE,
    POOL_PARTS
} PoolPart;
size_t pool_part_bytes(PoolPart part, u32 pages); /* the picture's: its least, which no picture needs */
size_t pool_bytes(u32 pages);                     /* all parts */

typedef enum KernelShape { SHAPE_AUTO, SHAPE_OF_PAGES, SHAPE_OF_LANES } KernelShape;

typedef struct BackendOptions {
    char name[16];     /* auto, cpu, opencl, cuda; "" is auto */
    int device;        /* number in `marrow devices`; -1: the backend's first */
    char devices[64];  /* the same as a list, "0" or "0,1,3"; "" leaves it to `device` */
    int threads;       /* cpu: 0 is one per processor */
    char isa[16];      /* cpu: "" picks at run time; x86-64-v3 or x86-64-v4 forces the object */
    KernelShape shape; /* opencl: loops over pages (CPU devices) or lanes (GPUs) */
    int lanes;         /* opencl lanes, cuda: width of a group, 1-4096 or 1-1024; 0 picks */
} BackendOptions;

typedef struct Backend Backend;

/* A copy on its way from the pool to the host. Starts zeroed; may be moved in memory. */
typedef struct Fetch {
    u64 ticket; /* the backend's own number for it; 0: nothing is on its way */
} Fetch;

typedef struct BackendCalls {
    const char *name;
    /* Opens a device; `out` is freshly zeroed but for `calls`. STATUS_UNAVAILABLE says why and what to do. */
    Status (*open)(Backend *out, const BackendOptions *options);
    void (*close)(Backend *b); /* any half-built state */
    /* One line per device: usable or not, and why. Never fails. */
    void (*list)(FILE *out);
    /* (Re)allocates the pool; contents undefined. STATUS_FAILED: out of memory, says how much was asked. */
    Status (*pool)(Backend *b, u32 pages);
    /* (Re)allocates the pool's picture alone; contents undefined. */
    Status (*picture)(Backend *b, size_t bytes);
    Status (*launch)(Backend *b, KernelId kernel, u32 groups);
    Status (*read)(Backend *b, PoolPart part, size_t offset, size_t bytes, void *to);
    Status (*write)(Backend *b, PoolPart part, size_t offset, size_t bytes, const void *from);
    Status (*finish)(Backend *b);
    Status (*fetch)(Backend *b, PoolPart part, size_t offset, size_t bytes, void *to, Fetch *f);
    Status (*fetched)(Backend *b, Fetch *f);
    void (*forget)(Backend *b, Fetch *f);
} BackendCalls;

struct Backend {
    const BackendCalls *calls;
    char device[160]; /* for the first line and run.json: "cpu: 2 threads, x86-64-v4" */
    int threads;
    int members, ranks; /* pools the population is spread over; processes they are in */
    u32 pages;          /* of one pool */
    size_t picture_bytes;
    int workers; /* threads that pictures may have memory each for; 0: there are none that are told apart */
    void *own;   /* the backend's private state */
};

/* Of backend_many.c. */
int many_pools(const Backend *b);
Backend *many_pool_of(Backend *b, int pool);
Status many_together(Backend *b, Status mine);

extern const BackendCalls backend_many, backend_cpu, backend_opencl, backend_cuda;

/* Opens by name; auto is the fastest usable one (CUDA, a GPU through OpenCL, cpu). A device other than the
 * processor has to pass the self-test first. STATUS_BAD_INPUT for a name nobody has, STATUS_UNAVAILABLE for a
 * device this machine does not have, or one that computes wrongly. */
Status backend_open(Backend *out, const BackendOptions *options);
Status backend_open_one(Backend *out,
                        const BackendOptions *options); /* one device, whatever `devices` says */
void backend_close(Backend *b);                         /* accepts a zeroed one */
void backend_list(FILE *out);

Status backend_pool(Backend *b, u32 pages);
Status backend_picture(Backend *b, size_t bytes); /* room for a picture of so many; never shrinks */
Status backend_launch(Backend *b, KernelId kernel, u32 classes);
Status backend_read(Backend *b, PoolPart part, size_t offset, size_t bytes, void *to);
Status backend_write(Backend *b, PoolPart part, size_t offset, size_t bytes, const void *from);
Status backend_finish(Backend *b);

/* This process's pools, for who wants the agents themselves: one, or as many as there are devices. */
int backend_pools(Backend *b);
Backend *backend_pool_of(Backend *b, int pool);

/* Where a failure of one process must become one of all, before they wait for each other: all make this call.
 * `mine` if it is a failure; STATUS_FAILED if another process has one, or has gone another way. */
Status backend_together(Backend *b, Status mine);

/* The same as backend_read without its wait: starts to copy what the part holds after all work launched so
 * far, whatever is launched later. `to` is the backend's until backend_fetched says that the bytes are there,
 * or backend_forget that they are not wanted. At most FETCH_BYTES are kept on their way: beyond that,
 * backend_fetch waits until older bytes have arrived. Several fetches may be under way, and are finished in
 * any order. On many ranks all make the same calls in the same order; only totals can be fetched there. */
enum { FETCH_BYTES = 8 << 20 };
Status backend_fetch(Backend *b, PoolPart part, size_t offset, size_t bytes, void *to, Fetch *f);
Status backend_fetched(Backend *b, Fetch *f);
void backend_forget(Backend *b, Fetch *f); /* accepts a zeroed or finished one */

#endif
