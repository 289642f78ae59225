/* All keys, from the table of shortcuts, over the view. */
#include <string.h>

#include "panels.h"
#include "shortcuts.h"

static void draw_group(const Viewer *viewer, UiFont font, const char *group, float x, float *y) {
    float s = ui_scale(), line = ui_text_height(font) + 5 * s,
          keys = ui_text_width(font, "Shift+Space") + 16 * s;
    ui_label(font, x, *y, 0, 0, viewer->look->theme.accent, group);
    *y += line;
    for (int i = 0; i < shortcut_count; i++) {
        const Shortcut *shortcut = &shortcuts[i];
        if (strcmp(shortcut->group, group) != 0 || !*shortcut->text) continue;
        ui_label(font, x + 8 * s, *y, 0, 0, viewer->look->theme.text, shortcut->keys);
        ui_label(font, x + 8 * s + keys, *y, 0, 0, viewer->look->theme.text_dim, shortcut->text);
        *y += line;
    }
    *y += 8 * s;
}

static void draw_mouse(const Viewer *viewer, UiFont font, float x, float *y, float width) {
    static const char *const lines[] = {
        "Picture: drag to move it, wheel to come closer, press a cell to follow it and its daughters.",
        "Flow: drag to move the gates. Charts: point to read values, press twice to go to that day.",
        "Time: drag the bar at the foot. What is done in the past is a branch; what was left is dashed.",
        "Numbers: press Ctrl and click a slider to type one.",
    };
    float s = ui_scale();
    ui_label(font, x, *y, 0, 0, viewer->look->theme.accent, "Mouse");
    *y += ui_text_height(font) + 5 * s;
    for (int i = 0; i < 4; i++) {
        ui_label_wrapped(font, x + 8 * s, *y, width, viewer->look->theme.text_dim, lines[i]);
        *y += ui_wrapped_height(font, lines[i], width) + 6 * s;
    }
}

void panel_help(Viewer *viewer) {
    float s = ui_scale();
    UiRect rect = {16 * s, 54 * s, (float)viewer->window.w - 32 * s, (float)viewer->window.h - 62 * s};
    ui_panel_begin("Help", rect, UI_PANEL_FRONT);
    ui_frame((UiRect){rect.x + s, rect.y + s, rect.w - 2 * s, rect.h - 2 * s}, viewer->look->theme.accent, 0,
             s);
    UiFont font = rect.w < 1150 * s || rect.h < 660 * s ? UI_SMALL : UI_BODY;
    float first = rect.y + 18 * s, second = first, third = first, x = rect.x + 24 * s,
          width = (rect.w - 36 * s) / 3;
    draw_group(viewer, font, "Time", x, &first);
    draw_group(viewer, font, "Doses", x, &first);
    draw_group(viewer, font, "Views", x + width, &second);
    draw_group(viewer, font, "Window", x + width, &second);
    draw_mouse(viewer, font, x + width, &second, width - 40 * s);
    draw_group(viewer, font, "Picture", x + 2 * width, &third);
    const char *close = "Esc closes this";
    ui_label(UI_BODY, rect.x + rect.w - 20 * s, rect.y + rect.h - 16 * s, 1, 1, viewer->look->theme.text_dim,
             close);
    ui_panel_end();
}
