/* exp, log, powers and normal quantiles: our own, from + - x / sqrt and fused multiply-add only, so
 * that every device gives the same bits. Within 1-2 ulp over the ranges the simulation uses. */
#ifndef MARROW_NUM_H
#define MARROW_NUM_H

#include "types.h"

/* exp(x) for |x| < 87. Cody-Waite reduction by ln 2 in two parts, Taylor to degree 7 on |r| <= 0.35. */
DEVICE_FN f32 num_exp(f32 x) {
    f32 scaled = x * 1.44269504f;
    i32 n = (i32)(scaled + (scaled < 0.0f ? -0.5f : 0.5f));
    f32 r = fused((f32)n, -0.693359375f, x);
    r = fused((f32)n, 2.12194440e-4f, r);
    f32 p = fused(r, 1.0f / 5040.0f, 1.0f / 720.0f);
    p = fused(p, r, 1.0f / 120.0f);
    p = fused(p, r, 1.0f / 24.0f);
    p = fused(p, r, 1.0f / 6.0f);
    p = fused(p, r, 0.5f);
    p = fused(p, r, 1.0f);
    p = fused(p, r, 1.0f);
    return p * float_of((u32)(n + 127) << 23);
}

/* log(x) for normal x > 0: x = 2^e m with m in [0.7071, 1.4143), log m = 2 atanh(s), s = (m-1)/(m+1). */
DEVICE_FN f32 num_log(f32 x) {
    u32 bits = bits_of(x) - 0x3f3504f3u;
    f32 e = (f32)((i32)bits >> 23);
    f32 f = float_of((bits & 0x007fffffu) + 0x3f3504f3u) - 1.0f;
    f32 s = f / (2.0f + f);
    f32 z = s * s;
    f32 p = fused(z, 1.0f / 9.0f, 1.0f / 7.0f);
    p = fused(p, z, 0.2f);
    p = fused(p, z, 1.0f / 3.0f);
    f32 tail = fused(e, -2.12194440e-4f, 2.0f * s * z * p);
    return fused(e, 0.693359375f, tail + 2.0f * s);
}

/* x^y for x >= 0; x below 1e-18 counts as 1e-18. */
DEVICE_FN f32 num_power(f32 x, f32 y) {
    f32 safe = x < 1e-18f ? 1e-18f : x;
    f32 t = y * num_log(safe);
    t = t < -80.0f ? -80.0f : t;
    return num_exp(t > 80.0f ? 80.0f : t);
}

/* Standard normal quantile of u in (0, 1): sqrt 2 erfinv(2u - 1), with the single-precision polynomials
 * of Giles 2010 (Approximating the erfinv function, GPU Computing Gems). */
DEVICE_FN f32 num_normal(f32 u) {
    f32 x = fused(2.0f, u, -1.0f);
    f32 w = -num_log((1.0f - x) * (1.0f + x));
    f32 p;
    if (w < 5.0f) {
        w = w - 2.5f;
        p = fused(2.81022636e-08f, w, 3.43273939e-07f);
        p = fused(p, w, -3.5233877e-06f);
        p = fused(p, w, -4.39150654e-06f);
        p = fused(p, w, 0.00021858087f);
        p = fused(p, w, -0.00125372503f);
        p = fused(p, w, -0.00417768164f);
        p = fused(p, w, 0.246640727f);
        p = fused(p, w, 1.50140941f);
    } else {
        w = square_root(w) - 3.0f;
        p = fused(-0.000200214257f, w, 0.000100950558f);
        p = fused(p, w, 0.00134934322f);
        p = fused(p, w, -0.00367342844f);
        p = fused(p, w, 0.00573950773f);
        p = fused(p, w, -0.0076224613f);
        p = fused(p, w, 0.00943887047f);
        p = fused(p, w, 1.00167406f);
        p = fused(p, w, 2.83297682f);
    }
    return p * x * 1.41421356f;
}

#endif
