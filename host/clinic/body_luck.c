#include "clinic/body_luck.h"

#include <math.h>

#include "kernels/rng.h"

double body_luck_unit(uint64_t seed, uint32_t event, uint32_t index, BodyPurpose purpose) {
    Luck luck = philox((u32)seed, (u32)(seed >> 32), event, index, 0, (u32)purpose);
    uint64_t bits = ((uint64_t)luck.a << 32 | luck.b) >> 12;
    return ((double)bits + 0.5) * 0x1p-52;
}

double body_luck_exponential(uint64_t seed, uint32_t event, uint32_t index, BodyPurpose purpose) {
    return -log(body_luck_unit(seed, event, index, purpose));
}

double body_luck_normal(uint64_t seed, uint32_t event, uint32_t index, BodyPurpose purpose) {
    return normal_quantile(body_luck_unit(seed, event, index, purpose));
}

static double ratio(const double p[8], const double q[8], double r) {
    double above = p[7], below = q[7];
    for (int i = 6; i >= 0; i--) above = above * r + p[i], below = below * r + q[i];
    return above / below;
}

static double middle(double r) {
    const double p[8] = {3.3871328727963666080e0,  1.3314166789178437745e+2, 1.9715909503065514427e+3,
                         1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
                         3.3430575583588128105e+4, 2.5090809287301226727e+3};
    const double q[8] = {1.0,
                         4.2313330701600911252e+1,
                         6.8718700749205790830e+2,
                         5.3941960214247511077e+3,
                         2.1213794301586595867e+4,
                         3.9307895800092710610e+4,
                         2.8729085735721942674e+4,
                         5.2264952788528545610e+3};
    return ratio(p, q, r);
}

static double shoulder(double r) {
    const double p[8] = {1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                         3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                         2.27238449892691845833e-2, 7.74545014278341407640e-4};
    const double q[8] = {1.0,
                         2.05319162663775882187e0,
                         1.67638483018380384940e0,
                         6.89767334985100004550e-1,
                         1.48103976427480074590e-1,
                         1.51986665636164571966e-2,
                         5.47593808499534494600e-4,
                         1.05075007164441684324e-9};
    return ratio(p, q, r);
}

static double tail(double r) {
    const double p[8] = {6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
                         2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                         2.71155556874348757815e-5, 2.01033439929228813265e-7};
    const double q[8] = {1.0,
                         5.99832206555887937690e-1,
                         1.36929880922735805310e-1,
                         1.48753612908506148525e-2,
                         7.86869131145613259100e-4,
                         1.84631831751005468180e-5,
                         1.42151175831644588870e-7,
                         2.04426310338993978564e-15};
    return ratio(p, q, r);
}

double normal_quantile(double u) {
    double q = u - 0.5;
    if (fabs(q) <= 0.425) return q * middle(0.180625 - q * q);
    double r = sqrt(-log(q < 0 ? u : 1 - u));
    double z = r <= 5 ? shoulder(r - 1.6) : tail(r - 5);
    return q < 0 ? -z : z;
}
