#include "paint.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "camera.h"

const char *const paint_ramp_names[PAINT_RAMPS] = {"viridis", "cividis", "grey"};

/* Nine stops of cividis (Nunez, Anderton and Renslow 2018, PLoS ONE 13:e0199239), made to look the same with
 * and without red-green blindness. */
static const uint32_t cividis[9] = {0x00224e, 0x1c3b6e, 0x40506d, 0x5b656f, 0x7d7c78,
                                    0x958f78, 0xb5a971, 0xdac764, 0xfee838};

static uint32_t mixed(uint32_t a, uint32_t b, double part) {
    uint32_t out = 0xff000000u;
    for (int shift = 0; shift < 24; shift += 8) {
        double from = a >> shift & 255, to = b >> shift & 255;
        out |= (uint32_t)lround(from + (to - from) * part) << shift;
    }
    return out;
}

static uint32_t between(const uint32_t *stops, int count, double part) {
    double at = part * (count - 1);
    int i = at >= count - 1 ? count - 2 : (int)at;
    return mixed(stops[i], stops[i + 1], at - i) & 0xffffffu;
}

void paint_palette(Viewer *viewer) {
    static const uint32_t grey_dark[2] = {0x303030, 0xffffff}, grey_light[2] = {0xd8d8d8, 0x000000};
    PicturePalette *palette = &viewer->palette;
    int ramp = viewer->choices.ramp % PAINT_RAMPS;
    picture_palette(palette);
    static const LookRole roles[PICTURE_KINDS] = {LOOK_BLAST, LOOK_BLOOD, LOOK_B_PRECURSOR, LOOK_B_MATURE,
                                                  LOOK_DYING};
    palette->background = viewer->look->plot;
    for (int i = 0; i < PICTURE_KINDS; i++) palette->kind[i] = viewer->look->role[roles[i]];
    for (int i = 0; ramp > 0 && i < 256; i++) {
        double part = i / 255.0;
        const uint32_t *grey = viewer->choices.light ? grey_light : grey_dark;
        palette->ramp[i] = UI_RGB(ramp == 1 ? between(cividis, 9, part) : between(grey, 2, part));
    }
    viewer->painted_how_wanted = 16u * (unsigned)viewer->choices.view + 8u * viewer->choices.density +
                                 2u * (unsigned)ramp + viewer->choices.light + 1;
}

static Status make_pixels(Viewer *viewer, size_t count) {
    if (count <= viewer->pixels_room) return STATUS_OK;
    uint32_t *grown = realloc(viewer->pixels, count * sizeof *grown);
    REQUIRE(grown, STATUS_FAILED, "window: out of memory for a picture of %zu pixels", count);
    viewer->pixels = grown;
    viewer->pixels_room = count;
    return STATUS_OK;
}

/* Agents of all kinds, along the ramp by the logarithm of their number. */
static void paint_flow_density(const Viewer *viewer, const Picture *picture) {
    size_t bins = (size_t)picture->view.width * (size_t)picture->view.height;
    uint64_t most = 1;
    for (size_t i = 0; i < bins; i++) {
        uint64_t agents = 0;
        for (size_t kind = 0; kind < PICTURE_KINDS; kind++) agents += picture->pixel[kind * bins + i];
        viewer->pixels[i] = agents > UINT32_MAX ? UINT32_MAX : (uint32_t)agents;
        if (agents > most) most = agents;
    }
    double per_log = 255 / log(1 + (double)most);
    for (size_t i = 0; i < bins; i++) {
        uint32_t agents = viewer->pixels[i];
        viewer->pixels[i] = agents ? viewer->palette.ramp[(int)(per_log * log(1 + (double)agents))]
                                   : viewer->palette.background;
    }
}

/* Each bin in the colour of the kind it holds most of, brighter with their number; one cell is well to be
 * seen. */
static void paint_flow_dots(const Viewer *viewer, const Picture *picture) {
    size_t bins = (size_t)picture->view.width * (size_t)picture->view.height;
    for (size_t i = 0; i < bins; i++) {
        uint32_t most = 0, colour = viewer->palette.background;
        for (size_t kind = 0; kind < PICTURE_KINDS; kind++) {
            uint32_t agents = picture->pixel[kind * bins + i];
            if (agents > most) most = agents, colour = viewer->palette.kind[kind];
        }
        double part = 0.6 + 0.1 * log2(1 + (double)most);
        viewer->pixels[i] = most ? mixed(viewer->palette.background, colour, part < 1 ? part : 1) : colour;
    }
}

static void paint_pixels(const Viewer *viewer, const Picture *picture) {
    if (picture->view.mode == PICTURE_FLOW && viewer->choices.density)
        paint_flow_density(viewer, picture);
    else if (picture->view.mode == PICTURE_FLOW)
        paint_flow_dots(viewer, picture);
    else
        picture_rgba(picture, &viewer->palette, viewer->pixels, (size_t)picture->view.width);
}

/* New pixels only for a new picture or new colours. */
static Status upload(Viewer *viewer, const Picture *picture) {
    size_t w = (size_t)picture->view.width, h = (size_t)picture->view.height;
    if (viewer->painted == viewer->frame->serial && viewer->painted_how == viewer->painted_how_wanted)
        return STATUS_OK;
    TRY(make_pixels(viewer, w * h));
    paint_pixels(viewer, picture);
    viewer->painted = viewer->frame->serial;
    viewer->painted_how = viewer->painted_how_wanted;
    return window_picture(&viewer->window, viewer->pixels, (int)w, (int)h);
}

/* Where the picture's part of the section lies now: the camera may have moved since it was asked for. */
static SDL_FRect place(const Viewer *viewer, const PictureView *view) {
    double x0_um, y0_um, x1_um, y1_um, x0, y0, x1, y1;
    picture_to_section(view, 0, 0, &x0_um, &y0_um);
    picture_to_section(view, view->width, view->height, &x1_um, &y1_um);
    picture_from_section(&viewer->asked, x0_um, y0_um, &x0, &y0);
    picture_from_section(&viewer->asked, x1_um, y1_um, &x1, &y1);
    return (SDL_FRect){viewer->area.x + (float)x0, viewer->area.y + (float)y0, (float)(x1 - x0),
                       (float)(y1 - y0)};
}

static Status copy_section(Viewer *viewer, const Picture *picture) {
    SDL_Renderer *renderer = viewer->window.renderer;
    SDL_Rect clip = {(int)viewer->area.x, (int)viewer->area.y, (int)viewer->area.w, (int)viewer->area.h};
    SDL_FRect to = place(viewer, &picture->view);
    SDL_Rect whole = {(int)lroundf(to.x), (int)lroundf(to.y), (int)lroundf(to.w), (int)lroundf(to.h)};
    REQUIRE(SDL_RenderSetClipRect(renderer, &clip) == 0 &&
                SDL_RenderCopy(renderer, viewer->window.picture, NULL, &whole) == 0 &&
                SDL_RenderSetClipRect(renderer, NULL) == 0,
            STATUS_FAILED, "window: picture: %s", SDL_GetError());
    return STATUS_OK;
}

Status paint_upload(Viewer *viewer) {
    bool marrow = viewer->choices.view == VIEW_MARROW, flow = viewer->choices.view == VIEW_FLOW;
    if (!viewer->frame || (!marrow && !flow)) return STATUS_OK;
    const Picture *picture = marrow ? &viewer->frame->section : &viewer->frame->flow;
    if (!picture->pixel) return STATUS_OK;
    TRY(upload(viewer, picture));
    viewer->in_texture = viewer->choices.view;
    return STATUS_OK;
}

bool paint_current(const Viewer *viewer) {
    if (!viewer->frame || viewer->frame->now.time_h != viewer->status.time_h) return false;
    if (viewer->choices.view == VIEW_MARROW)
        return paint_ready(viewer) && camera_same_view(&viewer->frame->section.view, &viewer->asked);
    if (viewer->choices.view == VIEW_FLOW)
        return paint_ready(viewer) && camera_same_view(&viewer->frame->flow.view, &viewer->asked_flow);
    return true;
}

bool paint_ready(const Viewer *viewer) {
    return viewer->frame && viewer->window.picture && viewer->in_texture == viewer->choices.view;
}

Status paint_section(Viewer *viewer) {
    if (viewer->choices.view != VIEW_MARROW || !paint_ready(viewer)) return STATUS_OK;
    return copy_section(viewer, &viewer->frame->section);
}
