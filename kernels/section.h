/* Where a cell is drawn while the marrow is well mixed (simulation.space: mixed): a fixed point of a made-up
 * section, looked up by identity alone. Scenery, not a result: nothing of the simulation hangs on it.
 *
 * The section is SECTION_UM wide and high and SECTION_DEEP_UM thick. Sinusoids run through it from left to
 * right, LANE_SPACING_UM apart and LANE_RADIUS_UM in radius (spacing and radius as in marrow), winding a
 * little. Cells of the marrow lie between them, cells of the blood inside. */
#ifndef MARROW_SECTION_H
#define MARROW_SECTION_H

#include "rng.h"

#define SECTION_UM 540.0f
#define SECTION_DEEP_UM 12.0f
#define LANES 6u
#define LANE_SPACING_UM 90.0f
#define LANE_RADIUS_UM 12.0f
#define LANE_WAVES 2.0f
#define LANE_SWAY_UM 9.0f

typedef struct Spot {
    f32 x_um, y_um, z_um;
} Spot;

/* How far lanes have wound from straight at x: two parabolas a wave, which look like a sine. */
DEVICE_FN f32 lane_sway_um(f32 x_um) {
    f32 waves = x_um * (LANE_WAVES / SECTION_UM);
    f32 t = waves - (f32)(u32)waves;
    f32 part = t < 0.5f ? t : t - 0.5f;
    f32 hump = 16.0f * part * (0.5f - part);
    return LANE_SWAY_UM * (t < 0.5f ? hump : -hump);
}

/* Every bit hangs on every bit (the finaliser of MurmurHash3, Appleby). Scenery needs no better luck, and a
 * picture has to look up every cell's. */
DEVICE_FN u32 section_mix(u32 h) {
    h = (h ^ h >> 16) * 0x85ebca6bu;
    h = (h ^ h >> 13) * 0xc2b2ae35u;
    return h ^ h >> 16;
}

/* How far from a sinusoid's middle cells lie: inside, or from its wall to the next one's. */
typedef struct Strip {
    f32 from_um, wide_um;
} Strip;

DEVICE_FN Strip section_strip(u32 in_blood) {
    Strip strip;
    strip.from_um = in_blood ? -LANE_RADIUS_UM : LANE_RADIUS_UM;
    strip.wide_um = in_blood ? 2.0f * LANE_RADIUS_UM : LANE_SPACING_UM - 2.0f * LANE_RADIUS_UM;
    return strip;
}

DEVICE_FN Spot section_spot_in(u32 id_low, u32 id_high, Strip strip) {
    u32 a = section_mix(id_low ^ id_high * 0x9e3779b9u), b = section_mix(id_high ^ a);
    u32 c = section_mix(a + b * 0x9e3779b9u);
    f32 lane = (f32)high_product(c << 16, LANES) + 0.5f;
    Spot spot;
    spot.x_um = SECTION_UM * luck_unit(a);
    f32 y_um =
        LANE_SPACING_UM * lane + lane_sway_um(spot.x_um) + strip.from_um + strip.wide_um * luck_unit(b);
    spot.y_um = y_um < SECTION_UM ? y_um : y_um - SECTION_UM;
    spot.z_um = SECTION_DEEP_UM * luck_unit(c);
    return spot;
}

/* The same for every run: two runs of one seed, or of two, show a cell of one identity at one point. */
DEVICE_FN Spot section_spot(u32 id_low, u32 id_high, u32 in_blood) {
    return section_spot_in(id_low, id_high, section_strip(in_blood));
}

#endif
