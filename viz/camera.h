/* Which part of the section is looked at, and the picture that follows from it. */
#ifndef MARROW_CAMERA_H
#define MARROW_CAMERA_H

#include "viewer.h"

void camera_reset(Camera *camera);
void camera_pan(Camera *camera, const PictureView *view, double pixels_x, double pixels_y);
/* `factor` above 1: closer; the point under pixel (x, y) of the picture stays where it is. */
void camera_zoom(Camera *camera, const PictureView *view, double factor, double x, double y);

bool camera_same_view(const PictureView *a, const PictureView *b);

/* The view to ask for: `w` by `h` pixels, of which `margin` at the left are the legend's while all fits. */
void camera_view(const Camera *camera, const Choices *choices, int w, int h, double margin, PictureView *out);

#endif
