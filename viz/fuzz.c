#include "fuzz.h"

#include <string.h>

#include "kernels/rng.h"
#include "shortcuts.h"

typedef struct Dice {
    const Viewer *viewer;
    Luck luck; /* of this picture: a function of the seed and its number */
} Dice;

static Dice throw_dice(const Viewer *viewer) {
    u32 seed = (u32)viewer->config.simulation.seed, number = (u32)viewer->pictures;
    return (Dice){viewer, philox(seed, 0u, number, 0u, 0u, 1u)};
}

static int up_to(u32 luck, int count) {
    return (int)(luck % (u32)count);
}

/* Half of the time somewhere on a widget, else anywhere. */
static void random_place(const Dice *dice, Sint32 *x, Sint32 *y) {
    UiRect r = {0, 0, (float)dice->viewer->window.w, (float)dice->viewer->window.h};
    if ((dice->luck.b & 1) && ui_count() > 0) ui_item(up_to(dice->luck.b >> 1, ui_count()), &r);
    *x = (Sint32)((r.x + r.w * (float)up_to(dice->luck.c, 1000) / 1000) / dice->viewer->window.mouse_scale);
    *y = (Sint32)((r.y + r.h * (float)up_to(dice->luck.d, 1000) / 1000) / dice->viewer->window.mouse_scale);
}

static void random_button(const Dice *dice, SDL_Event *event, bool down) {
    event->type = down ? SDL_MOUSEBUTTONDOWN : SDL_MOUSEBUTTONUP;
    event->button.button = dice->luck.a & 0x10000 ? SDL_BUTTON_RIGHT : SDL_BUTTON_LEFT;
    if (dice->luck.a & 0x60000) event->button.button = SDL_BUTTON_LEFT;
    random_place(dice, &event->button.x, &event->button.y);
}

/* Not those that end the window or fill the disk. */
static bool is_barred(const Shortcut *shortcut) {
    return strcmp(shortcut->name, "quit") == 0 || strcmp(shortcut->name, "video") == 0 ||
           strcmp(shortcut->name, "screenshot") == 0;
}

static void random_key(const Dice *dice, SDL_Event *event, bool down) {
    static const SDL_Keycode others[] = {SDLK_BACKSPACE, SDLK_DELETE, SDLK_TAB, SDLK_RETURN,
                                         SDLK_ESCAPE,    SDLK_a,      SDLK_F12};
    const Shortcut *shortcut = &shortcuts[up_to(dice->luck.b, shortcut_count)];
    bool other = (dice->luck.c & 7) == 0 || is_barred(shortcut);
    event->type = down ? SDL_KEYDOWN : SDL_KEYUP;
    event->key.keysym.sym = other ? others[up_to(dice->luck.d, 7)] : shortcut->key;
    event->key.keysym.mod = down && !other ? (Uint16)shortcut->mod : 0;
    event->key.keysym.scancode = SDL_GetScancodeFromKey(event->key.keysym.sym);
}

static void random_text(const Dice *dice, SDL_Event *event) {
    static const char *const texts[] = {"0", "-1", "1e9", "21", "nan", ".", "5", "inf", "1e-300", "\u00b5"};
    event->type = SDL_TEXTINPUT;
    strcpy(event->text.text, texts[up_to(dice->luck.b, 10)]);
}

static void random_event(const Dice *dice, SDL_Event *event) {
    int what = up_to(dice->luck.a, 100);
    if (what < 30) {
        event->type = SDL_MOUSEMOTION;
        random_place(dice, &event->motion.x, &event->motion.y);
    } else if (what < 60)
        random_button(dice, event, what < 45);
    else if (what < 85)
        random_key(dice, event, what < 75);
    else if (what < 93)
        random_text(dice, event);
    else {
        event->type = SDL_MOUSEWHEEL;
        event->wheel.y = dice->luck.b & 1 ? 1 : -1;
    }
}

Status fuzz_step(Viewer *viewer) {
    SDL_Event event = {0};
    Dice dice = throw_dice(viewer);
    if (viewer->options->fuzz_s == 0) return STATUS_OK;
    if (viewer->now_s - viewer->started_s > viewer->options->fuzz_s) {
        viewer->quit = true;
        return STATUS_OK;
    }
    if (viewer->pictures % 500 == 499) {
        SDL_SetWindowSize(viewer->window.window, 960 + up_to(dice.luck.a, 900),
                          600 + up_to(dice.luck.b, 500));
        if (viewer->hands)
            fprintf(viewer->hands, "resize %d %d\n", 960 + up_to(dice.luck.a, 900),
                    600 + up_to(dice.luck.b, 500));
        return STATUS_OK;
    }
    random_event(&dice, &event);
    REQUIRE(SDL_PushEvent(&event) >= 0, STATUS_FAILED, "fuzz: %s", SDL_GetError());
    return STATUS_OK;
}
