/* The only file that knows C, OpenCL C and CUDA exist.
 *
 *   word            C                       OpenCL C              CUDA
 *   KERNEL          static                  __kernel              extern "C" __global__
 *   DEVICE_FN       static inline           (nothing)             static __device__ inline
 *   GLOBAL_MEM      (nothing)               __global              (nothing)
 *   LOCAL_MEM       (nothing)               __local               (nothing)
 *   SHARED          (automatic)             __local               __shared__
 *   RESTRICT        restrict                restrict              __restrict__
 *   GROUP_ID        set by the launcher     get_group_id(0)       blockIdx.x
 *   GROUP_COUNT     set by the launcher     get_num_groups(0)     gridDim.x
 *   WORKER_ID       set by the launcher     0                     0
 *   LANE_ID         0                       get_local_id(0) *     threadIdx.x
 *   LANE_COUNT      1                       get_local_size(0) *   blockDim.x
 *   BARRIER()       (nothing)               barrier(local+global) __syncthreads()
 *   VECTOR_LOOP     ivdep                   vectorise *           (nothing)
 *   fused(a,b,c)    __builtin_fmaf          fma                   __fmaf_rn
 *   bits_of(f)      reinterpret             as_uint               __float_as_uint
 *   float_of(u)     reinterpret             as_float              __uint_as_float
 *   high_product    64-bit multiply         mul_hi                __umulhi
 *   count_bits      __builtin_popcount      popcount              __popc
 *   shared_add      +=                      atomic_add            atomicAdd
 *   global_add      __atomic_fetch_add      atomic_add            atomicAdd
 *   global_least    compare and exchange    atomic_min            atomicMin
 *   fetch_ahead(p)  __builtin_prefetch      (nothing)             (nothing)
 *   PACK            1                       4 *                   4
 *   BATCH           256                     4, 256 in pages       4
 *
 * A kernel is a strided loop over pages (GROUP_ID, in steps of GROUP_COUNT), and inside a page a
 * strided loop over places (FOR_LANES), so that neither launch width is ever part of a result.
 * (*) OpenCL has two shapes from this one text: lanes, and with -DSHAPE_PAGE one item per page whose
 * loops the compiler vectorises (LANE_ID 0 of 1, PACK 1), which is what a CPU wants.
 *
 * A lane of a GPU reads and writes four neighbouring places at once, 16 bytes, which is one instruction
 * instead of four and keeps more bytes on their way: FOR_PACKS goes over places PACK by PACK, pack_read and
 * pack_write move them, EACH_OF_PACK goes over the places of a pack.
 *
 * WORKER_ID tells groups apart that may be at work at the same time, from 0, where there are few of them:
 * threads of a processor may have memory each to write to. On a GPU it does not.
 *
 * Where places are first computed with and then scattered, FOR_BATCHES goes over them BATCH by BATCH: enough
 * for a processor to compute with vectors into small arrays, as few as a lane of a GPU keeps in registers.
 *
 * global_add and global_least change a word that other groups change at the same time. The order is
 * anybody's, so only what does not hang on it may be made of them: sums and minima of integers. A minimum
 * looks first: most words are low enough already.
 *
 * The target is named out loud, never guessed. */
#ifndef MARROW_DIALECT_H
#define MARROW_DIALECT_H

#if defined(TARGET_C)

#include <stdint.h>
#include <string.h>
typedef uint8_t u8;
typedef uint32_t u32;
typedef int32_t i32;
typedef int64_t i64;
typedef uint64_t u64;
typedef float f32;

#define KERNEL static
#define DEVICE_FN static inline __attribute__((unused))
#define GLOBAL_MEM
#define LOCAL_MEM
#define SHARED
#define RESTRICT restrict
static _Thread_local u32 kernel_group __attribute__((unused)), kernel_groups __attribute__((unused));
static _Thread_local u32 kernel_worker __attribute__((unused));
#define GROUP_ID kernel_group
#define GROUP_COUNT kernel_groups
#define WORKER_ID kernel_worker
#define LANE_ID 0u
#define LANE_COUNT 1u
#define BARRIER()
#if defined(__clang__)
#define VECTOR_LOOP _Pragma("clang loop vectorize(assume_safety)")
#else
#define VECTOR_LOOP _Pragma("GCC ivdep")
#endif
#define UNROLLED
#if !defined(PACK)
#define PACK 1u
#endif
#define fused(a, b, c) __builtin_fmaf((a), (b), (c))
#define square_root(a) __builtin_sqrtf(a)
DEVICE_FN u32 bits_of(f32 x) {
    u32 u;
    memcpy(&u, &x, sizeof u);
    return u;
}
DEVICE_FN f32 float_of(u32 u) {
    f32 x;
    memcpy(&x, &u, sizeof x);
    return x;
}
#define high_product(a, b) ((u32)(((u64)(a) * (b)) >> 32))
#define count_bits(a) ((u32)__builtin_popcount(a))
#define fetch_ahead(p) __builtin_prefetch((p), 1)
#define BATCH 256u
#define shared_add(p, v) shared_add_plain((p), (v))
#define global_add(p, v) __atomic_fetch_add((p), (v), __ATOMIC_RELAXED)
#define global_least(p, v) global_least_plain((p), (v))
DEVICE_FN void global_least_plain(u32 *p, u32 v) {
    u32 seen = __atomic_load_n(p, __ATOMIC_RELAXED);
    while (v < seen && !__atomic_compare_exchange_n(p, &seen, v, 1, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
    }
}
DEVICE_FN u32 shared_add_plain(u32 *p, u32 v) {
    u32 old = *p;
    *p = old + v;
    return old;
}

#elif defined(TARGET_OPENCL)

#pragma OPENCL FP_CONTRACT OFF
typedef uchar u8;
typedef uint u32;
typedef int i32;
typedef long i64;
typedef ulong u64;
typedef float f32;

#define KERNEL __kernel
#define DEVICE_FN inline static __attribute__((unused))
#define GLOBAL_MEM __global
#define LOCAL_MEM __local
#define SHARED __local
#define RESTRICT restrict
#define GROUP_ID ((u32)get_group_id(0))
#define GROUP_COUNT ((u32)get_num_groups(0))
#define WORKER_ID 0u
#if defined(SHAPE_PAGE)
#define LANE_ID 0u
#define LANE_COUNT 1u
#define PACK 1u
#define BATCH 256u
#define BARRIER()
#define VECTOR_LOOP _Pragma("clang loop vectorize(assume_safety) vectorize_width(16)")
#else
#define LANE_ID ((u32)get_local_id(0))
#define LANE_COUNT ((u32)get_local_size(0))
#define PACK 4u
#define BATCH 4u
#define BARRIER() barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)
#define VECTOR_LOOP
#endif
#define UNROLLED _Pragma("unroll")
#define fused(a, b, c) fma((a), (b), (c))
#define square_root(a) sqrt(a)
#define bits_of(x) as_uint(x)
#define float_of(u) as_float(u)
#define high_product(a, b) mul_hi((u32)(a), (u32)(b))
#define count_bits(a) ((u32)popcount((u32)(a)))
#define fetch_ahead(p)
#define shared_add(p, v) atomic_add((p), (v))
#define global_add(p, v) atomic_add((p), (v))
#define global_least(p, v) ((v) < *(volatile __global u32 *)(p) ? atomic_min((p), (v)) : (v))

#elif defined(TARGET_CUDA)

typedef unsigned char u8;
typedef unsigned int u32;
typedef int i32;
typedef long long i64;
typedef unsigned long long u64;
typedef float f32;

#define KERNEL extern "C" __global__
#define DEVICE_FN static __device__ inline
#define GLOBAL_MEM
#define LOCAL_MEM
#define SHARED __shared__
#define RESTRICT __restrict__
#define GROUP_ID ((u32)blockIdx.x)
#define GROUP_COUNT ((u32)gridDim.x)
#define WORKER_ID 0u
#define LANE_ID ((u32)threadIdx.x)
#define LANE_COUNT ((u32)blockDim.x)
#define BARRIER() __syncthreads()
#define VECTOR_LOOP
#define UNROLLED _Pragma("unroll")
#define PACK 4u
#define BATCH 4u
#define fused(a, b, c) __fmaf_rn((a), (b), (c))
#define square_root(a) __fsqrt_rn(a)
#define bits_of(x) __float_as_uint(x)
#define float_of(u) __uint_as_float(u)
#define high_product(a, b) __umulhi((a), (b))
#define count_bits(a) ((u32)__popc(a))
#define fetch_ahead(p)
#define shared_add(p, v) atomicAdd((p), (v))
#define global_add(p, v) atomicAdd((p), (v))
#define global_least(p, v) ((v) < *(volatile u32 *)(p) ? atomicMin((p), (v)) : (v))

#else
#error "name the target: -DTARGET_C, -DTARGET_OPENCL or -DTARGET_CUDA"
#endif

#define FOR_LANES(i, n) for (u32 i = LANE_ID; i < (n); i += LANE_COUNT)

/* `n` is a multiple of PACK. */
#define FOR_PACKS(i, n) for (u32 i = LANE_ID * PACK; i < (n); i += LANE_COUNT * PACK)
#define EACH_OF_PACK(k) UNROLLED for (u32 k = 0; k < PACK; k++)

/* `n` is a multiple of BATCH. The places of a batch do not depend on each other. */
#define FOR_BATCHES(i, n) for (u32 i = LANE_ID * BATCH; i < (n); i += LANE_COUNT * BATCH)
#if defined(TARGET_C) || defined(SHAPE_PAGE)
#define EACH_OF_BATCH(k) VECTOR_LOOP for (u32 k = 0; k < BATCH; k++)
#define ONE_OF_BATCH(k) for (u32 k = 0; k < BATCH; k++)
#else
#define EACH_OF_BATCH(k) UNROLLED for (u32 k = 0; k < BATCH; k++)
#define ONE_OF_BATCH(k) UNROLLED for (u32 k = 0; k < BATCH; k++)
#endif

typedef struct Pack {
    f32 v[PACK];
} Pack;

/* `p` is aligned to a pack. */
#if defined(TARGET_CUDA) || (defined(TARGET_OPENCL) && !defined(SHAPE_PAGE))
DEVICE_FN Pack pack_read(GLOBAL_MEM const f32 *p) {
    float4 f = *(GLOBAL_MEM const float4 *)p;
    Pack x;
    x.v[0] = f.x, x.v[1] = f.y, x.v[2] = f.z, x.v[3] = f.w;
    return x;
}
DEVICE_FN void pack_write(GLOBAL_MEM f32 *p, Pack x) {
    float4 f;
    f.x = x.v[0], f.y = x.v[1], f.z = x.v[2], f.w = x.v[3];
    *(GLOBAL_MEM float4 *)p = f;
}
#else
DEVICE_FN Pack pack_read(GLOBAL_MEM const f32 *p) {
    Pack x;
    EACH_OF_PACK(k) x.v[k] = p[k];
    return x;
}
DEVICE_FN void pack_write(GLOBAL_MEM f32 *p, Pack x) {
    EACH_OF_PACK(k) p[k] = x.v[k];
}
#endif

#endif
