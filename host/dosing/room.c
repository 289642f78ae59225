#include "dosing/room.h"

#include <math.h>

/* Relative growth of normal marrow, 1/h. */
static double growth_per_h(const MarrowRoom *room, double normal_cells, double blasts_cells) {
    double packed = fmax(0, blasts_cells / room->cells - room->suppression_from);
    double free = 1 - (normal_cells + blasts_cells) / room->cells;
    return room->regrowth_per_h * (free - room->suppression * packed);
}

/* What competition tends to: 1 while normal marrow regrows, 0 once it does not. */
static double competition(const MarrowRoom *room, double growth_per_h) {
    if (room->rest_per_h == 0) return 1;
    double growth = fmax(0, growth_per_h) / room->rest_per_h;
    return growth * growth / (1 + growth * growth);
}

NormalMarrow room_normal_slope(const MarrowRoom *room, NormalMarrow normal, double blasts_cells) {
    double growth = growth_per_h(room, normal.cells, blasts_cells);
    return (NormalMarrow){
        .cells = normal.cells * growth,
        .competition = (competition(room, growth) - normal.competition) / room->lag_h,
    };
}

double room_left(const MarrowRoom *room, double holding_cells) {
    return fmax(0, 1 - holding_cells / room->cells);
}
