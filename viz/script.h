/* A script works the window as a hand would: it moves the mouse, presses keys, waits for values, expects
 * them. Tests, recordings of what was done, and tours are written in it (docs/view.md lists the words).
 *
 * Events go through SDL's own queue, one a picture, so that widgets see them as they see a person's. */
#ifndef MARROW_SCRIPT_H
#define MARROW_SCRIPT_H

#include <stdio.h>

#include "viewer.h"

typedef struct Script Script;

/* Reads the file; NULL: an empty script, for script_say. STATUS_BAD_INPUT: it cannot be read. */
Status script_open(Script **out, const char *path);
void script_close(Script *script); /* accepts NULL */

/* Once a picture, before events are handled: the next event, or the next lines. At the end of a file the
 * window closes. STATUS_FAILED, "FILE:LINE: …": an expectation was not met; STATUS_BAD_INPUT: no such word.
 */
Status script_step(Script *script, Viewer *viewer);

/* Does one line; `place` is for messages. */
Status script_say(Script *script, Viewer *viewer, const char *place, const char *line);
bool script_busy(const Script *script);     /* events or a wait are still under way */
bool script_waits(const Script *script);    /* for the simulation, not for pictures */
bool script_measures(const Script *script); /* the window goes at the pace it has for hands */

/* "day >= 3": whether it holds now. STATUS_BAD_INPUT: no such value. */
Status script_holds(const Viewer *viewer, const char *place, const char *condition, bool *holds);

/* After the picture was drawn: `shot` and `golden` want what is on the screen. */
Status script_drawn(Script *script, Viewer *viewer);

/* Writes events as lines of a script that does the same. */
void script_record(FILE *out, const SDL_Event *event, uint64_t picture);

#endif
