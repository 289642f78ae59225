/* All keys, from the table of shortcuts, over the view. */
#include <string.h>

#include "panels.h"
#include "shortcuts.h"

static void draw_group(const Viewer *viewer, const char *group, float x, float *y) {
    float s = ui_scale(), line = ui_text_height(UI_BODY) + 5 * s;
    ui_label(UI_BODY, x, *y, 0, 0, viewer->look->theme.accent, group);
    *y += line;
    for (int i = 0; i < shortcut_count; i++) {
        const Shortcut *shortcut = &shortcuts[i];
        if (strcmp(shortcut->group, group) != 0 || !*shortcut->text) continue;
        ui_label(UI_BODY, x + 8 * s, *y, 0, 0, viewer->look->theme.text, shortcut->keys);
        ui_label(UI_BODY, x + 100 * s, *y, 0, 0, viewer->look->theme.text_dim, shortcut->text);
        *y += line;
    }
    *y += 8 * s;
}

void panel_help(Viewer *viewer) {
    float s = ui_scale();
    UiRect rect = {20 * s, 56 * s, (float)viewer->window.w - 40 * s, (float)viewer->window.h - 76 * s};
    ui_panel_begin("Help", rect, UI_PANEL_FRONT);
    ui_frame(rect, viewer->look->theme.line, 0, s);
    float left = rect.y + 16 * s, middle = left, right = left, x = rect.x + 24 * s,
          third = (rect.w - 48 * s) / 3;
    draw_group(viewer, "Views", x, &left);
    draw_group(viewer, "Time", x, &left);
    draw_group(viewer, "Doses", x + third, &middle);
    draw_group(viewer, "Window", x + third, &middle);
    draw_group(viewer, "Picture", x + 2 * third, &right);
    ui_panel_end();
}
