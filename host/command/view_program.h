/* Where marrow-view is: the window is a program of its own, so that `marrow` never loads a display library.
 */
#ifndef MARROW_VIEW_PROGRAM_H
#define MARROW_VIEW_PROGRAM_H

#include "base/status.h"

enum { VIEW_PROGRAM_PATH = 4096 };

/* Beside this program, or where it is installed. STATUS_UNAVAILABLE: in neither place. */
Status view_program_find(char path[VIEW_PROGRAM_PATH]);

#endif
