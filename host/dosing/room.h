/* How blasts and normal marrow share the room they have (docs/model.md section 3). */
#ifndef MARROW_ROOM_H
#define MARROW_ROOM_H

typedef struct MarrowRoom {
    double cells;            /* K: how many find room [1.2e12] */
    double regrowth_per_h;   /* of normal marrow into free room [0.12/24] */
    double suppression;      /* of it by blasts that hold more than … [3] */
    double suppression_from; /* … this share of the room [0.5] */
    double rest_per_h;       /* regrowth at which normal marrow competes half as hard [0.002/24]; 0: it always
                                competes fully */
    double lag_h;            /* how long it takes to begin or to end competing [72] */
} MarrowRoom;

/* Normal marrow: cells, and how hard it competes with blasts for room, 0-1; at time zero fully. */
typedef struct NormalMarrow {
    double cells, competition;
} NormalMarrow;

/* Slopes per hour. Cells grow into what is free, less what a packed marrow's blasts suppress; a marrow that
 * regrows competes, one at rest or in retreat yields. */
NormalMarrow room_normal_slope(const MarrowRoom *room, NormalMarrow normal, double blasts_cells);

/* Room that blasts find, 0-1, beside so many that hold it; of normal marrow those that compete. */
double room_left(const MarrowRoom *room, double holding_cells);

#endif
