/* The window: SDL's window and renderer, the one streaming texture of the population's picture, and reading
 * back what is shown. Every call of SDL is checked; no display is STATUS_UNAVAILABLE. */
#ifndef MARROW_WINDOW_H
#define MARROW_WINDOW_H

#include <SDL.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

typedef struct Window {
    SDL_Window *window;
    SDL_Renderer *renderer;
    SDL_Texture *picture; /* made anew when the picture's size changes */
    int picture_w, picture_h;
    int w, h;          /* pixels of the drawable */
    float scale;       /* pixels for one of the design: drawable over window, times what the user asked for */
    float mouse_scale; /* pixels for one unit of mouse coordinates */
    double zoom;       /* the user's part of scale, 1 usual */
    bool vsync;        /* present waits for the screen; else the loop waits itself */
    bool started;      /* SDL's video part is ours to end */
} Window;

/* `w`, `h`: size in the design's pixels. Starts zeroed; close accepts any state. STATUS_UNAVAILABLE: no
 * display, or nothing that can draw on it. */
Status window_open(Window *window, const char *title, int w, int h, double zoom);
void window_close(Window *window);

/* After the window's size, screen or zoom changed: measures again. `rescaled`: fonts must be made anew. */
Status window_measure(Window *window, bool *rescaled);

/* One picture: clear, …, present. */
Status window_clear(Window *window, uint32_t abgr);
Status window_present(Window *window);

/* `pixels`: w x h words 0xAABBGGRR, rows from the top. */
Status window_picture(Window *window, const uint32_t *pixels, int w, int h);

/* What was drawn since window_clear, as window_picture takes it: w*h words. Before window_present. */
Status window_read(Window *window, uint32_t *pixels);

#endif
