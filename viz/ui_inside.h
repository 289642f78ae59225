/* What the ui_*.cpp share: ImGui's own types, and what there is beside its context. For them alone. */
#ifndef MARROW_UI_INSIDE_H
#define MARROW_UI_INSIDE_H

#include "ui.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <imgui.h>
#include <imgui_internal.h>

namespace inside {

const int ITEMS = 512;
const int NAME = 96;

struct Item {
    char name[NAME];
    UiRect rect;
    bool seen; /* not scrolled away */
};

/* All there is beside ImGui's own context, which is global too. */
struct State {
    bool alive, glyphs;
    float scale;
    SDL_Texture *texture;
    ImFont *font[UI_FONTS];
    Item item[2][ITEMS]; /* the picture being made, and the one before */
    int items[2];
    int now;
    char reveal[NAME];
    char focus[NAME];
    bool focus_wanted, focus_off;
    bool released;
    UiRect panel;
    float mouse_x, mouse_y;
    bool down[3], pressed[3]; /* pressed: since the picture before, even if let go already */
};
extern State state;

inline ImVec2 corner(const UiRect &r) {
    return ImVec2(r.x, r.y);
}

inline ImVec2 far_corner(const UiRect &r) {
    return ImVec2(r.x + r.w, r.y + r.h);
}

inline ImU32 colour_of(UiColour c) {
    return (ImU32)c;
}

inline ImVec4 colour_four(UiColour c) {
    return ImGui::ColorConvertU32ToFloat4(colour_of(c));
}

/* Every widget passes here after it was made; drawn things only under a name. */
bool made(const char *label, bool result);
void remember(const char *label, UiRect rect, bool seen);

/* ui_style.cpp */
void load_fonts(const char *path);
bool make_texture(SDL_Renderer *renderer);
void set_style();

/* ui_paint.cpp: one of ImGui's lists. */
bool paint_list(SDL_Renderer *renderer, const ImDrawList *draw);

} // namespace inside

#endif
