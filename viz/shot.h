/* What the window shows as a PNG file, with text chunks that say what made it: version, config hash, seed,
 * time, and that it is not for treating patients. */
#ifndef MARROW_SHOT_H
#define MARROW_SHOT_H

#include "viewer.h"

/* The picture drawn last, before it is presented. STATUS_FAILED: "PATH: cannot be written: ...". */
Status shot_write(Viewer *viewer, const char *path);

/* Pixels as in window_read. `viewer` for the text chunks; NULL: none. */
Status shot_png(const Viewer *viewer, const char *path, const uint32_t *pixels, int w, int h);

/* A PNG file's pixels; the caller frees them. STATUS_BAD_INPUT: not there, or no PNG. */
Status shot_read_png(const char *path, uint32_t **pixels, int *w, int *h);

/* Share of pixels that differ by more than `tolerance` of 255 in a channel; 1 when the sizes differ. */
double shot_difference(const uint32_t *a, int aw, int ah, const uint32_t *b, int bw, int bh, int tolerance);

#endif
