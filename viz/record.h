/* A video of the window: through ffmpeg where it is, else as numbered PNG files. */
#ifndef MARROW_RECORD_H
#define MARROW_RECORD_H

#include "viewer.h"

typedef struct Record Record;

/* Begins; the file or folder gets the next free number: marrow-0001.mp4, marrow-0001/. */
Status record_start(Record **out, Viewer *viewer);
/* After each picture was drawn: as many copies of it as its time on the screen asks for. */
Status record_picture(Record *record, Viewer *viewer);
/* Ends it and says where it is. Accepts NULL. */
Status record_stop(Record *record, Viewer *viewer);

/* The first of marrow-0001ENDING … that is not there yet. */
void record_free_name(char path[256], const char *ending);

#endif
