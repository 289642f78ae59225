/* Colours of the window: one dark theme and one light one for bright rooms, and a palette that colour-blind
 * eyes can tell apart (Okabe and Ito, Color Universal Design, 2008). */
#ifndef MARROW_LOOK_H
#define MARROW_LOOK_H

#include "ui.h"

/* Roles, so that a thing has the same colour in every view. */
typedef enum LookRole {
    LOOK_BLAST, /* blasts in the marrow */
    LOOK_BLOOD, /* blasts in the blood */
    LOOK_B_PRECURSOR,
    LOOK_B_MATURE,
    LOOK_DYING,
    LOOK_PLASMA, /* drug in plasma */
    LOOK_MARROW, /* drug in the marrow */
    LOOK_DOSE,
    LOOK_LIMIT,  /* thresholds of definitions */
    LOOK_NORMAL, /* normal marrow */
    LOOK_ROLES
} LookRole;

typedef struct Look {
    UiTheme theme;
    UiColour role[LOOK_ROLES];
    UiColour plot, grid, overlay; /* ground of charts, their lines, ground of text laid over pictures */
    UiColour warning;
} Look;

extern const Look look_dark, look_light;

#endif
