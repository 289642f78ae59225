/* The viewer's words for widgets and drawing: the only door to Dear ImGui (ui_*.cpp, the only C++).
 *
 * Positions and lengths are pixels of the drawable; multiply what is meant for the eye by ui_scale(). A
 * widget is known by its label: scripts click it and tours point at it by that name (ui_find). What stands
 * after "##" in a label is not shown: "##Speed" is known as "Speed", "Reset##drug.kp" as "Reset drug.kp". */
#ifndef MARROW_UI_H
#define MARROW_UI_H

#include <SDL.h>
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef uint32_t UiColour; /* 0xAABBGGRR */
#define UI_RGBA(rgb, alpha)                                                         \
    ((UiColour)((((rgb) >> 16) & 0xffu) | ((rgb)&0xff00u) | (((rgb)&0xffu) << 16) | \
                ((UiColour)(alpha) << 24)))
#define UI_RGB(rgb) UI_RGBA(rgb, 0xff)

typedef struct UiRect {
    float x, y, w, h;
} UiRect;

typedef enum UiFont { UI_BODY, UI_SMALL, UI_LARGE, UI_FONTS } UiFont;

/* What the widgets are painted with. */
typedef struct UiTheme {
    UiColour window, panel, frame, frame_hovered, accent, text, text_dim, line;
    bool light;
} UiTheme;

/* `scale`: pixels of the drawable for one of the design (1 on plain screens, 2 on most fine ones).
 * `font_path` may be NULL or missing: ImGui's own font then stands in, which lacks superscripts
 * (ui_has_glyphs). False: the fonts' texture could not be made (SDL_GetError). */
bool ui_create(SDL_Window *window, SDL_Renderer *renderer, float scale, const char *font_path);
void ui_destroy(void);                                                       /* accepts never created */
bool ui_rescale(SDL_Renderer *renderer, float scale, const char *font_path); /* between two pictures */
void ui_theme(const UiTheme *theme);
float ui_scale(void);
bool ui_has_glyphs(void);

/* One picture: events, begin, widgets, end. `ui_end` paints on the renderer's target; false: SDL_GetError. */
void ui_event(const SDL_Event *event);
void ui_begin(int width, int height, float mouse_scale, float seconds);
bool ui_end(SDL_Renderer *renderer);

/* Who the keyboard and mouse belong to just now. */
bool ui_typing(void);                      /* a text field has the keyboard */
bool ui_keyboard_mode(void);               /* arrows and space move among and press widgets */
void ui_keyboard_enter(const char *panel); /* begins it there; NULL: ends it */
bool ui_mouse_taken(void);                 /* over a widget, or dragging one */

/* Where a widget lay in the picture before; false: it was not there, or scrolled away (ui_reveal then brings
 * it into sight, from the next picture on). */
bool ui_find(const char *label, UiRect *rect);
void ui_reveal(const char *label);
void ui_name(const char *label, UiRect rect); /* something drawn, under a name of its own */
int ui_count(void);                           /* of what was there in the picture before, to walk through */
const char *ui_item(int index, UiRect *rect);

/* Panels: fixed windows. Always paired with ui_panel_end, whatever is returned. */
enum {
    UI_PANEL_CLEAR = 1,
    UI_PANEL_SCROLL = 2,
    UI_PANEL_FRONT = 4,
    UI_PANEL_AS_NEEDED = 8,
    UI_PANEL_MUTE = 16
};
bool ui_panel_begin(const char *name, UiRect rect, unsigned flags);
void ui_panel_end(void);
UiRect ui_panel_rect(void); /* of the panel being filled, or that was filled last */
float ui_width_left(void);  /* from here to the panel's edge */
bool ui_section(const char *label, bool open_at_first); /* a heading that folds */
void ui_section_next(bool open);                        /* unfolds or folds the one made next */

/* Text; all printf. */
void ui_text(const char *format, ...) __attribute__((format(printf, 1, 2)));
void ui_text_dim(const char *format, ...) __attribute__((format(printf, 1, 2)));
void ui_text_colour(UiColour colour, const char *format, ...) __attribute__((format(printf, 2, 3)));
void ui_text_wrapped(const char *format, ...) __attribute__((format(printf, 1, 2)));
void ui_heading(const char *text);
void ui_tip(const char *format, ...) __attribute__((format(printf, 1, 2))); /* of the widget before */
void ui_font_push(UiFont font);
void ui_font_pop(void);

/* Widgets: true when pressed or changed. `width` 0: as the text needs; negative: to the edge less that. */
bool ui_button(const char *label, float width);
bool ui_button_on(const char *label, float width, bool on); /* one that shows whether it is on */
bool ui_check(const char *label, bool *value);
bool ui_swatch(const char *label, UiColour colour, bool *value); /* a check with a colour before its label */
bool ui_choice(const char *label, int *index, const char *const *names, int count);
bool ui_slider(const char *label, double *value, double lo, double hi, const char *format, bool logarithmic);
bool ui_number(const char *label, double *value, double step, double lo, double hi, const char *format);
bool ui_slider_released(void); /* whether the widget before was let go after a change */
void ui_bar(double fraction, const char *text,
            UiColour colour); /* a filled bar, 0 to 1, over the width left */
void ui_same_line(void);
void ui_same_line_at(float x); /* from the panel's left edge */
void ui_space(float pixels);
void ui_at(float x, float y); /* where the next widget goes, in pixels of the window */
void ui_rule(void);
void ui_width(float width); /* of the next widget */
void ui_disabled_begin(bool disabled);
void ui_disabled_end(void);

/* A place to draw in, with mouse: fills `rect` of the panel being filled, under a name. */
typedef struct UiCanvas {
    UiRect rect;
    bool hovered, held, pressed, released, double_pressed;
    float x, y;           /* of the mouse, from the rectangle's corner */
    float drag_x, drag_y; /* since the picture before, while held */
    float moved;          /* how far the mouse went since it was pressed, at most */
    float wheel;          /* notches, while hovered */
    bool right_held;
} UiCanvas;
UiCanvas ui_canvas(const char *label, UiRect rect);
UiRect ui_room(const char *label,
               float height); /* room to draw in, as wide as the panel, where widgets go next */

/* Drawing, in the panel being filled. */
void ui_clip_push(UiRect rect);
void ui_clip_pop(void);
void ui_line(float x0, float y0, float x1, float y1, UiColour colour, float thickness);
void ui_lines(const float *xy, int points, UiColour colour, float thickness); /* x0 y0 x1 y1 … */
void ui_rect(UiRect rect, UiColour colour, float rounding);
void ui_frame(UiRect rect, UiColour colour, float rounding, float thickness);
void ui_disc(float x, float y, float radius, UiColour colour);
void ui_ring(float x, float y, float radius, UiColour colour, float thickness);
void ui_triangle(float x0, float y0, float x1, float y1, float x2, float y2, UiColour colour);
void ui_image(SDL_Texture *texture, UiRect rect);

/* `across`, `down`: which point of the text lies at (x, y): 0 left/top, 0.5 middle, 1 right/bottom. */
void ui_label(UiFont font, float x, float y, float across, float down, UiColour colour, const char *text);
float ui_text_width(UiFont font, const char *text);
float ui_text_height(UiFont font);
float ui_wrapped_height(UiFont font, const char *text, float width);
void ui_label_wrapped(UiFont font, float x, float y, float width, UiColour colour, const char *text);

#ifdef __cplusplus
}
#endif
#endif
