/* The parts of the window. Each draws itself from the viewer's state and asks the session for what was
 * clicked. */
#ifndef MARROW_PANELS_H
#define MARROW_PANELS_H

#include "viewer.h"

/* Views: fill viewer->area. */
void view_marrow(Viewer *viewer);
void view_flow(Viewer *viewer);
void view_charts(Viewer *viewer);

/* Around them. */
void panel_top(Viewer *viewer, UiRect rect);
void panel_side(Viewer *viewer, UiRect rect);
void panel_timeline(Viewer *viewer, UiRect rect);
void panel_cell(Viewer *viewer); /* the chosen cell, if there is one */
void panel_help(Viewer *viewer);
void panel_notice(Viewer *viewer);

/* Sections of the side panel. */
void side_run(Viewer *viewer);
void side_dose(Viewer *viewer);
void side_marrow(Viewer *viewer); /* what the marrow view shows */
void side_flow(Viewer *viewer);
void side_model(Viewer *viewer); /* parameters that are live */

/* Legends, laid over the view at (x, y): width, and the height taken. */
float legend_kinds(Viewer *viewer, float x, float y, float width);
float legend_ramp(Viewer *viewer, float x, float y, float width);
float legend_clones(Viewer *viewer, float x, float y, float width);

/* 7.0·10¹¹, or 12 345 where that says it whole. */
void text_cells(double cells, char text[32]);
/* "day 12.25", with as many digits as tell intervals apart. */
void text_day(double time_h, char text[32]);

/* What cells of a kind are called, and how many there are now; NaN: not known. */
const char *kind_text(PictureKind kind);
double kind_cells(const Viewer *viewer, PictureKind kind);

#endif
