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

/* The same for every run: two runs of one seed, or of two, show a cell of one identity at one point. */
DEVICE_FN Spot section_spot(u32 id_low, u32 id_high, u32 in_blood) {
    Luck luck = philox(0u, 0u, id_low, id_high, 0u, PURPOSE_PLACE);
    f32 across = luck_unit(luck.b), edge = LANE_RADIUS_UM;
    f32 from = in_blood ? -edge : edge, wide = in_blood ? 2.0f * edge : LANE_SPACING_UM - 2.0f * edge;
    Spot spot;
    spot.x_um = SECTION_UM * luck_unit(luck.a);
    f32 y_um =
        LANE_SPACING_UM * ((f32)(luck.d % LANES) + 0.5f) + lane_sway_um(spot.x_um) + from + wide * across;
    spot.y_um = y_um < SECTION_UM ? y_um : y_um - SECTION_UM;
    spot.z_um = SECTION_DEEP_UM * luck_unit(luck.c);
    return spot;
}

#endif
