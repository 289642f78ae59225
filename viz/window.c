#include "window.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static Status sdl_failed(Status code, const char *what) {
    return status_set(code, "window: %s: %s", what, SDL_GetError());
}

/* With the screen's pace where it can be had; software and virtual screens have none. */
static Status open_renderer(Window *window) {
    SDL_RendererInfo info;
    window->renderer = SDL_CreateRenderer(window->window, -1, SDL_RENDERER_PRESENTVSYNC);
    if (!window->renderer) window->renderer = SDL_CreateRenderer(window->window, -1, 0);
    if (!window->renderer) window->renderer = SDL_CreateRenderer(window->window, -1, SDL_RENDERER_SOFTWARE);
    if (!window->renderer) return sdl_failed(STATUS_UNAVAILABLE, "nothing can draw on this display");
    if (SDL_GetRendererInfo(window->renderer, &info) != 0) return sdl_failed(STATUS_FAILED, "renderer");
    window->vsync = (info.flags & SDL_RENDERER_PRESENTVSYNC) && !(info.flags & SDL_RENDERER_SOFTWARE);
    return STATUS_OK;
}

/* Whether people see what this driver shows: not memory, nor the console of a machine that may be far away.
 */
static bool is_seen(const char *driver) {
    static const char *const unseen[] = {"offscreen", "dummy", "evdev", "KMSDRM"};
    for (size_t i = 0; i < sizeof unseen / sizeof unseen[0]; i++)
        if (strcmp(driver, unseen[i]) == 0) return false;
    return strcmp(driver, "wayland") != 0 ||
           getenv("XDG_RUNTIME_DIR"); /* which it would complain of by itself */
}

/* Without a display SDL would take a driver that shows nothing. SDL_VIDEODRIVER in the environment has the
 * last word. */
static void choose_driver(void) {
    char list[256] = "";
    size_t used = 0;
    for (int i = 0; i < SDL_GetNumVideoDrivers(); i++) {
        const char *driver = SDL_GetVideoDriver(i);
        if (!is_seen(driver) || used + strlen(driver) + 2 > sizeof list) continue;
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", used ? "," : "", driver);
    }
    SDL_SetHint(SDL_HINT_VIDEODRIVER, list);
}

Status window_open(Window *window, const char *title, int w, int h, double zoom) {
    bool rescaled;
    *window = (Window){.zoom = zoom > 0 ? zoom : 1};
    w = (int)(w * window->zoom), h = (int)(h * window->zoom);
    SDL_SetHint(SDL_HINT_RENDER_SCALE_QUALITY, "nearest");
    SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "1");
    choose_driver();
    REQUIRE(SDL_InitSubSystem(SDL_INIT_VIDEO) == 0, STATUS_UNAVAILABLE,
            "view: no display (%s); start it on a desktop or through ssh -X, or see a run's files with "
            "marrow report",
            SDL_GetError());
    window->started = true;
    window->window = SDL_CreateWindow(title, SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED, w, h,
                                      SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI);
    if (!window->window) return sdl_failed(STATUS_UNAVAILABLE, "cannot be opened");
    SDL_SetWindowMinimumSize(window->window, (int)(960 * window->zoom), (int)(600 * window->zoom));
    TRY(open_renderer(window));
    return window_measure(window, &rescaled);
}

void window_close(Window *window) {
    if (window->picture) SDL_DestroyTexture(window->picture);
    if (window->renderer) SDL_DestroyRenderer(window->renderer);
    if (window->window) SDL_DestroyWindow(window->window);
    if (window->started) SDL_QuitSubSystem(SDL_INIT_VIDEO);
    *window = (Window){0};
}

Status window_measure(Window *window, bool *rescaled) {
    int points_w, points_h;
    float before = window->scale;
    SDL_GetWindowSize(window->window, &points_w, &points_h);
    if (SDL_GetRendererOutputSize(window->renderer, &window->w, &window->h) != 0)
        return sdl_failed(STATUS_FAILED, "size");
    window->mouse_scale = points_w > 0 ? (float)window->w / (float)points_w : 1;
    window->scale = window->mouse_scale * (float)window->zoom;
    *rescaled = fabsf(window->scale - before) > 0.01f;
    return STATUS_OK;
}

Status window_clear(Window *window, uint32_t abgr) {
    SDL_Renderer *renderer = window->renderer;
    if (SDL_SetRenderDrawColor(renderer, abgr & 255, abgr >> 8 & 255, abgr >> 16 & 255, 255) != 0 ||
        SDL_RenderClear(renderer) != 0)
        return sdl_failed(STATUS_FAILED, "cannot be cleared");
    return STATUS_OK;
}

Status window_present(Window *window) {
    SDL_RenderPresent(window->renderer);
    return STATUS_OK;
}

static Status new_picture(Window *window, int w, int h) {
    if (window->picture) SDL_DestroyTexture(window->picture);
    window->picture =
        SDL_CreateTexture(window->renderer, SDL_PIXELFORMAT_ABGR8888, SDL_TEXTUREACCESS_STREAMING, w, h);
    window->picture_w = window->picture ? w : 0;
    window->picture_h = window->picture ? h : 0;
    if (!window->picture || SDL_SetTextureBlendMode(window->picture, SDL_BLENDMODE_NONE) != 0)
        return sdl_failed(STATUS_FAILED, "no room for the picture");
    return STATUS_OK;
}

Status window_picture(Window *window, const uint32_t *pixels, int w, int h) {
    if (w != window->picture_w || h != window->picture_h) TRY(new_picture(window, w, h));
    if (SDL_UpdateTexture(window->picture, NULL, pixels, 4 * w) != 0)
        return sdl_failed(STATUS_FAILED, "picture");
    return STATUS_OK;
}

Status window_read(Window *window, uint32_t *pixels) {
    if (SDL_RenderReadPixels(window->renderer, NULL, SDL_PIXELFORMAT_ABGR8888, pixels, 4 * window->w) != 0)
        return sdl_failed(STATUS_FAILED, "cannot be read back");
    return STATUS_OK;
}
