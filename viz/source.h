/* Where the viewer gets what it shows: a session that simulates, or a finished run's folder. The only place
 * that knows there are two. */
#ifndef MARROW_SOURCE_H
#define MARROW_SOURCE_H

#include "viewer.h"

/* Reads the config and opens what the command line names; the config comes first, so that a mistake in it
 * opens no window. */
Status source_config(Viewer *viewer);
Status source_open(Viewer *viewer);
Status source_close(Viewer *viewer);

/* Status, newest frame, rows, followed cells: into the viewer. */
Status source_follow(Viewer *viewer);

/* The newest frame is of the time the status tells, or time goes on anyway. */
bool source_settled(const Viewer *viewer);

/* One command (session.h); `serial` unless NULL: done when status.taken has reached it. */
Status source_ask(Viewer *viewer, const char *command, uint64_t *serial);

/* Tells what pictures shall show, when that has changed. */
Status source_look(Viewer *viewer);

/* Points of the followed cell `identity`, into viewer->point. */
Status source_points(Viewer *viewer, uint64_t identity);

#endif
