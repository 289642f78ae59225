#include "camera.h"

#include <math.h>

#include "kernels/section.h"

static const double ZOOM_MOST = 60;

void camera_reset(Camera *camera) {
    *camera = (Camera){SECTION_UM / 2.0, SECTION_UM / 2.0, 1};
}

static double held(double value, double lo, double hi) {
    return value < lo ? lo : value > hi ? hi : value;
}

/* The middle stays on the section, so that it cannot get lost. */
static void keep(Camera *camera) {
    camera->x_um = held(camera->x_um, 0, SECTION_UM);
    camera->y_um = held(camera->y_um, 0, SECTION_UM);
    camera->zoom = held(camera->zoom, 1, ZOOM_MOST);
}

void camera_pan(Camera *camera, const PictureView *view, double pixels_x, double pixels_y) {
    camera->x_um -= pixels_x / view->pixels_per_um;
    camera->y_um -= pixels_y / view->pixels_per_um;
    keep(camera);
}

void camera_zoom(Camera *camera, const PictureView *view, double factor, double x, double y) {
    double before_x, before_y, zoom = held(camera->zoom * factor, 1, ZOOM_MOST);
    double ratio = camera->zoom / zoom;
    picture_to_section(view, x, y, &before_x, &before_y);
    camera->x_um = before_x + (camera->x_um - before_x) * ratio;
    camera->y_um = before_y + (camera->y_um - before_y) * ratio;
    camera->zoom = zoom;
    if (zoom == 1) camera_reset(camera);
    keep(camera);
}

static bool same(double a, double b) {
    return a == b || (isnan(a) && isnan(b));
}

bool camera_same_view(const PictureView *a, const PictureView *b) {
    return a->mode == b->mode && a->width == b->width && a->height == b->height && a->x_um == b->x_um &&
           a->y_um == b->y_um && a->pixels_per_um == b->pixels_per_um && a->colour == b->colour &&
           same(a->lo, b->lo) && same(a->hi, b->hi) && same(a->cell_um, b->cell_um) && a->kinds == b->kinds &&
           a->across == b->across && a->up == b->up;
}

void camera_view(const Camera *camera, const Choices *choices, int w, int h, double margin,
                 PictureView *out) {
    double free_w = w - margin > 1 ? w - margin : 1;
    picture_view(out, choices->density ? PICTURE_DENSITY : PICTURE_DOTS, w, h);
    out->pixels_per_um = camera->zoom * 0.97 * (free_w < h ? free_w : h) / SECTION_UM;
    out->x_um = camera->x_um - margin / 2 / out->pixels_per_um;
    out->y_um = camera->y_um;
    out->colour = choices->colour;
    out->lo = choices->lo;
    out->hi = choices->hi;
    out->kinds = choices->kinds;
}
