/* From the session's picture to the screen: what is asked for, colours, and the one streaming texture. */
#ifndef MARROW_PAINT_H
#define MARROW_PAINT_H

#include "viewer.h"

extern const char *const paint_ramp_names[];
enum { PAINT_RAMPS = 3 };

/* viewer->palette, from the look and the colour map chosen. */
void paint_palette(Viewer *viewer);

/* The newest picture of the view that is shown into the texture; before widgets are made, which may show it.
 */
Status paint_upload(Viewer *viewer);
bool paint_ready(const Viewer *viewer); /* the texture holds a picture of the view that is shown */

bool paint_current(const Viewer *viewer); /* and it is what was asked for last, of the time shown */

/* The section, beneath all widgets. */
Status paint_section(Viewer *viewer);

#endif
