/* Random hands: mouse, wheel, keys, text and sizes by a seed, one event a picture, for a test that nothing a
 * user does brings the window down. --record writes them down, and the record played as a script does the
 * same. */
#ifndef MARROW_FUZZ_H
#define MARROW_FUZZ_H

#include "viewer.h"

/* Once a picture, before events are handled: pushes the next event; when the seconds are over, the window
 * closes. */
Status fuzz_step(Viewer *viewer);

#endif
