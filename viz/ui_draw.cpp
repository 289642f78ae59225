/* Drawing, with and without the mouse. */
#include "ui_inside.h"

using namespace inside;

static ImDrawList *list() {
    return ImGui::GetWindowDrawList();
}

UiCanvas ui_canvas(const char *label, UiRect rect) {
    UiCanvas c = {};
    ImGuiIO &io = ImGui::GetIO();
    c.rect = rect;
    ImGui::SetCursorScreenPos(corner(rect));
    ImGui::InvisibleButton(label, ImVec2(rect.w, rect.h),
                           ImGuiButtonFlags_MouseButtonLeft | ImGuiButtonFlags_MouseButtonRight);
    made(label, false);
    c.hovered = ImGui::IsItemHovered();
    bool active = ImGui::IsItemActive();
    c.held = active && io.MouseDown[0];
    c.right_held = active && io.MouseDown[1];
    c.pressed = ImGui::IsItemActivated() && io.MouseClicked[0];
    c.released = ImGui::IsItemDeactivated() && io.MouseReleased[0];
    c.double_pressed = c.hovered && ImGui::IsMouseDoubleClicked(0);
    c.x = io.MousePos.x - rect.x;
    c.y = io.MousePos.y - rect.y;
    c.drag_x = active ? io.MouseDelta.x : 0;
    c.drag_y = active ? io.MouseDelta.y : 0;
    c.moved = sqrtf(io.MouseDragMaxDistanceSqr[0]);
    c.wheel = c.hovered ? io.MouseWheel : 0;
    return c;
}

UiRect ui_room(const char *label, float height) {
    ImVec2 at = ImGui::GetCursorScreenPos();
    UiRect rect = {at.x, at.y, ImGui::GetContentRegionAvail().x, height};
    ImGui::Dummy(ImVec2(rect.w, rect.h));
    made(label, false);
    return rect;
}

void ui_clip_push(UiRect rect) {
    list()->PushClipRect(corner(rect), far_corner(rect), true);
}

void ui_clip_pop(void) {
    list()->PopClipRect();
}

void ui_line(float x0, float y0, float x1, float y1, UiColour colour, float thickness) {
    if (x0 == x1 || y0 == y1) { /* along an axis: a rectangle is sharper and cheaper */
        float half = thickness / 2;
        ImVec2 a(x0 == x1 ? floorf(x0 - half + 0.5f) : x0, y0 == y1 ? floorf(y0 - half + 0.5f) : y0);
        ImVec2 b(x0 == x1 ? a.x + thickness : x1, y0 == y1 ? a.y + thickness : y1);
        list()->AddRectFilled(a, b, colour_of(colour));
        return;
    }
    list()->AddLine(ImVec2(x0, y0), ImVec2(x1, y1), colour_of(colour), thickness);
}

void ui_lines(const float *xy, int points, UiColour colour, float thickness) {
    if (points > 1) list()->AddPolyline((const ImVec2 *)xy, points, colour_of(colour), 0, thickness);
}

void ui_rect(UiRect rect, UiColour colour, float rounding) {
    list()->AddRectFilled(corner(rect), far_corner(rect), colour_of(colour), rounding);
}

void ui_frame(UiRect r, UiColour colour, float rounding, float thickness) {
    float t = thickness;
    if (rounding > 0) {
        list()->AddRect(corner(r), far_corner(r), colour_of(colour), rounding, 0, thickness);
        return;
    }
    ui_rect(UiRect{r.x, r.y, r.w, t}, colour, 0);
    ui_rect(UiRect{r.x, r.y + r.h - t, r.w, t}, colour, 0);
    ui_rect(UiRect{r.x, r.y + t, t, r.h - 2 * t}, colour, 0);
    ui_rect(UiRect{r.x + r.w - t, r.y + t, t, r.h - 2 * t}, colour, 0);
}

void ui_disc(float x, float y, float radius, UiColour colour) {
    list()->AddCircleFilled(ImVec2(x, y), radius, colour_of(colour));
}

void ui_ring(float x, float y, float radius, UiColour colour, float thickness) {
    list()->AddCircle(ImVec2(x, y), radius, colour_of(colour), 0, thickness);
}

void ui_triangle(float x0, float y0, float x1, float y1, float x2, float y2, UiColour colour) {
    list()->AddTriangleFilled(ImVec2(x0, y0), ImVec2(x1, y1), ImVec2(x2, y2), colour_of(colour));
}

void ui_image(SDL_Texture *texture, UiRect rect) {
    list()->AddImage((ImTextureID)texture, corner(rect), far_corner(rect));
}

void ui_label(UiFont font, float x, float y, float across, float down, UiColour colour, const char *text) {
    ImFont *face = state.font[font];
    ImVec2 size = face->CalcTextSizeA(face->FontSize, FLT_MAX, 0, text);
    ImVec2 at(floorf(x - across * size.x + 0.5f), floorf(y - down * size.y + 0.5f));
    list()->AddText(face, face->FontSize, at, colour_of(colour), text);
}

float ui_text_width(UiFont font, const char *text) {
    ImFont *face = state.font[font];
    return face->CalcTextSizeA(face->FontSize, FLT_MAX, 0, text).x;
}

float ui_text_height(UiFont font) {
    return state.font[font]->FontSize;
}

/* Lines break at blanks only: ImGui would break "6.0" too. Calls for each line, and returns their number. */
static int each_line(UiFont font, const char *text, float width,
                     void (*line)(const char *, const char *, int, void *), void *data) {
    ImFont *face = state.font[font];
    int lines = 0;
    while (*text) {
        const char *end = text + strcspn(text, " \n");
        for (const char *more = end; *more == ' ';) {
            more += 1 + strcspn(more + 1, " \n");
            if (face->CalcTextSizeA(face->FontSize, FLT_MAX, 0, text, more).x > width) break;
            end = more;
        }
        if (line) line(text, end, lines, data);
        lines++;
        text = *end ? end + 1 : end;
    }
    return lines > 0 ? lines : 1;
}

float ui_wrapped_height(UiFont font, const char *text, float width) {
    return (float)each_line(font, text, width, NULL, NULL) * state.font[font]->FontSize * 1.15f;
}

struct Wrapped {
    UiFont font;
    float x, y;
    UiColour colour;
};

static void draw_line(const char *from, const char *to, int number, void *data) {
    const Wrapped *w = (const Wrapped *)data;
    ImFont *face = state.font[w->font];
    ImVec2 at(floorf(w->x), floorf(w->y + (float)number * face->FontSize * 1.15f));
    list()->AddText(face, face->FontSize, at, colour_of(w->colour), from, to);
}

void ui_label_wrapped(UiFont font, float x, float y, float width, UiColour colour, const char *text) {
    Wrapped wrapped = {font, x, y, colour};
    each_line(font, text, width, draw_line, &wrapped);
}
