/* One picture drawn by gnuplot, as SVG that stands inline in a page of HTML. */
#ifndef MARROW_GNUPLOT_H
#define MARROW_GNUPLOT_H

#include <stdio.h>

#include "base/status.h"

/* Starts zeroed; close accepts any state. */
typedef struct Gnuplot {
    FILE *script;   /* what gnuplot is told: numbers and words of ours, no text of a folder */
    FILE *files[3]; /* script, picture, complaints */
} Gnuplot;

Status gnuplot_open(Gnuplot *plot);

/* Writes the <figure>; `title` is HTML. The script's terminal must be svg with a `name` of its own, which ids
 * in the picture begin with. STATUS_UNAVAILABLE if there is no gnuplot, STATUS_FAILED with its words if it
 * fails. */
Status gnuplot_figure(Gnuplot *plot, FILE *out, const char *title);
void gnuplot_close(Gnuplot *plot);

#endif
