/* Luck is looked up, never drawn: Philox4x32-10 (Salmon et al. 2011) of (seed; cell, event, purpose).
 * Who asks and why decides the number; when, where and on which thread does not. */
#ifndef MARROW_RNG_H
#define MARROW_RNG_H

#include "num.h"

enum {
    PURPOSE_FOUNDER = 1,
    PURPOSE_NEWCOMER,
    PURPOSE_TRAITS,
    PURPOSE_FATE_BUDGET,
    PURPOSE_FATE,
    PURPOSE_DAUGHTER,
    PURPOSE_COPY,
    PURPOSE_THIN,
    PURPOSE_MUTANT,
    PURPOSE_PLACE, /* from here on for pictures and assays */
    PURPOSE_INSTRUMENT,
    PURPOSE_ASSAY,
    PURPOSE_APPOINTMENT,
    PURPOSE_CYCLE = 0x100
};

typedef struct Luck {
    u32 a, b, c, d;
} Luck;

/* The identity of an agent and how many events it has been through. */
typedef struct Who {
    u32 low, high, events;
} Who;

DEVICE_FN Luck philox(u32 k0, u32 k1, u32 c0, u32 c1, u32 c2, u32 c3) {
    for (u32 round = 0; round < 10u; round++) {
        u32 h0 = high_product(0xD2511F53u, c0), l0 = 0xD2511F53u * c0;
        u32 h1 = high_product(0xCD9E8D57u, c2), l1 = 0xCD9E8D57u * c2;
        c0 = h1 ^ c1 ^ k0;
        c1 = l1;
        c2 = h0 ^ c3 ^ k1;
        c3 = l0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    Luck luck;
    luck.a = c0;
    luck.b = c1;
    luck.c = c2;
    luck.d = c3;
    return luck;
}

DEVICE_FN Luck luck_of(GLOBAL_MEM const Frame *frame, Who who, u32 purpose) {
    return philox(frame->seed_low, frame->seed_high, who.low, who.high, who.events, purpose);
}

/* 23 bits, centred: never 0, never 1, so that log(u) and log(1 - u) are finite. */
DEVICE_FN f32 luck_unit(u32 bits) {
    return ((f32)(bits >> 9) + 0.5f) * (1.0f / 8388608.0f);
}

DEVICE_FN f32 luck_exponential(u32 bits) {
    return -num_log(luck_unit(bits));
}

/* Sum of `stages` exponentials, 1 to 4 of one look-up. Products of four stay far above underflow. */
DEVICE_FN f32 luck_stages(Luck luck, u32 stages) {
    f32 product = luck_unit(luck.a);
    if (stages > 1u) product = product * luck_unit(luck.b);
    if (stages > 2u) product = product * luck_unit(luck.c);
    if (stages > 3u) product = product * luck_unit(luck.d);
    return -num_log(product);
}

/* Erlang(remaining of k stages), in units of the whole cycle's mean. */
DEVICE_FN f32 luck_cycle(GLOBAL_MEM const Frame *frame, Who who, u32 remaining, u32 k) {
    f32 sum = 0.0f;
    for (u32 done = 0; done < remaining; done += 4u) {
        u32 left = remaining - done;
        sum = sum + luck_stages(luck_of(frame, who, PURPOSE_CYCLE + done), left < 4u ? left : 4u);
    }
    return sum / (f32)k;
}

#endif
