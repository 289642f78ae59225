/* Panels, text and widgets. */
#include "ui_inside.h"

using namespace inside;

static const char *format_text(const char *format, va_list arguments) {
    static char text[1024];
    vsnprintf(text, sizeof text, format, arguments);
    return text;
}

#define FORMATTED(text)                                \
    va_list arguments;                                 \
    va_start(arguments, format);                       \
    const char *text = format_text(format, arguments); \
    va_end(arguments)

static void panel_measure() {
    ImVec2 at = ImGui::GetWindowPos(), size = ImGui::GetWindowSize();
    state.panel = UiRect{at.x, at.y, size.x, size.y};
}

bool ui_panel_begin(const char *name, UiRect rect, unsigned flags) {
    ImGuiWindowFlags kind = ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoResize |
                            ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoCollapse |
                            ImGuiWindowFlags_NoSavedSettings;
    if (!(flags & UI_PANEL_SCROLL)) kind |= ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse;
    if (flags & UI_PANEL_CLEAR) kind |= ImGuiWindowFlags_NoBackground;
    if (!(flags & UI_PANEL_FRONT)) kind |= ImGuiWindowFlags_NoBringToFrontOnFocus;
    if (flags & UI_PANEL_AS_NEEDED) kind |= ImGuiWindowFlags_AlwaysAutoResize;
    if (flags & UI_PANEL_MUTE)
        kind |= ImGuiWindowFlags_NoInputs | ImGuiWindowFlags_NoNav | ImGuiWindowFlags_NoFocusOnAppearing;
    bool entering = false;
    ImGui::SetNextWindowPos(corner(rect));
    if (!(flags & UI_PANEL_AS_NEEDED)) ImGui::SetNextWindowSize(ImVec2(rect.w, rect.h));
    if (state.focus_wanted && strcmp(name, state.focus) == 0) {
        ImGui::SetNextWindowFocus();
        state.focus_wanted = false;
        entering = true;
    }
    bool open = ImGui::Begin(name, NULL, kind);
    if (entering) { /* its first widget is marked at once */
        ImGui::NavInitWindow(ImGui::GetCurrentWindow(), true);
        ImGui::GetCurrentContext()->NavDisableHighlight = false;
    }
    if ((flags & UI_PANEL_FRONT) && ImGui::IsWindowAppearing()) ImGui::SetWindowFocus();
    panel_measure();
    remember(name, state.panel, true);
    return open;
}

void ui_panel_end(void) {
    panel_measure();
    ImGui::End();
}

UiRect ui_panel_rect(void) {
    return state.panel;
}

float ui_width_left(void) {
    return ImGui::GetContentRegionAvail().x;
}

bool ui_section(const char *label, bool open_at_first) {
    return made(label, ImGui::CollapsingHeader(label, open_at_first ? ImGuiTreeNodeFlags_DefaultOpen : 0));
}

void ui_section_next(bool open) {
    ImGui::SetNextItemOpen(open);
}

void ui_text(const char *format, ...) {
    FORMATTED(text);
    ImGui::TextUnformatted(text);
}

void ui_text_dim(const char *format, ...) {
    FORMATTED(text);
    ImGui::TextDisabled("%s", text);
}

void ui_text_colour(UiColour colour, const char *format, ...) {
    FORMATTED(text);
    ImGui::TextColored(colour_four(colour), "%s", text);
}

void ui_text_wrapped(const char *format, ...) {
    FORMATTED(text);
    ImGui::TextWrapped("%s", text);
}

void ui_heading(const char *text) {
    ImGui::PushFont(state.font[UI_LARGE]);
    ImGui::TextUnformatted(text);
    ImGui::PopFont();
}

void ui_tip(const char *format, ...) {
    if (!ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenDisabled)) return;
    FORMATTED(text);
    ImGui::BeginTooltip();
    ImGui::PushTextWrapPos(340 * state.scale);
    ImGui::TextUnformatted(text);
    ImGui::PopTextWrapPos();
    ImGui::EndTooltip();
}

void ui_font_push(UiFont font) {
    ImGui::PushFont(state.font[font]);
}

void ui_font_pop(void) {
    ImGui::PopFont();
}

static float button_width(float width) {
    return width < 0 ? ImGui::GetContentRegionAvail().x + width : width;
}

bool ui_button(const char *label, float width) {
    return made(label, ImGui::Button(label, ImVec2(button_width(width), 0)));
}

bool ui_button_on(const char *label, float width, bool on) {
    if (on) {
        ImVec4 accent = ImGui::GetStyle().Colors[ImGuiCol_CheckMark];
        accent.w = 0.55f;
        ImGui::PushStyleColor(ImGuiCol_Button, accent);
        ImGui::PushStyleColor(ImGuiCol_ButtonHovered, accent);
    }
    bool pressed = ui_button(label, width);
    if (on) ImGui::PopStyleColor(2);
    return pressed;
}

bool ui_check(const char *label, bool *value) {
    return made(label, ImGui::Checkbox(label, value));
}

bool ui_swatch(const char *label, UiColour colour, bool *value) {
    ImGui::PushStyleColor(ImGuiCol_CheckMark, *value ? colour_of(colour) : 0);
    bool changed = made(label, ImGui::Checkbox(label, value));
    ImGui::PopStyleColor();
    return changed;
}

bool ui_choice(const char *label, int *index, const char *const *names, int count) {
    int before = *index;
    bool open = ImGui::BeginCombo(label, names[before], ImGuiComboFlags_HeightLarge);
    if (!open) return made(label, false);
    for (int i = 0; i < count; i++)
        if (made(names[i], ImGui::Selectable(names[i], i == before))) *index = i;
    ImGui::EndCombo();
    return made(label, *index != before);
}

bool ui_slider(const char *label, double *value, double lo, double hi, const char *format, bool logarithmic) {
    ImGuiSliderFlags flags = ImGuiSliderFlags_AlwaysClamp | (logarithmic ? ImGuiSliderFlags_Logarithmic : 0);
    return made(label, ImGui::SliderScalar(label, ImGuiDataType_Double, value, &lo, &hi, format, flags));
}

bool ui_number(const char *label, double *value, double step, double lo, double hi, const char *format) {
    double before = *value;
    bool changed = made(label, ImGui::InputDouble(label, value, step, 0, format));
    if (!(*value >= lo)) *value = *value < lo ? lo : before;
    if (*value > hi && hi > lo) *value = hi;
    return changed;
}

bool ui_slider_released(void) {
    return state.released;
}

void ui_bar(double fraction, const char *text, UiColour colour) {
    ImGui::PushStyleColor(ImGuiCol_PlotHistogram, colour_of(colour));
    ImGui::ProgressBar((float)fraction, ImVec2(-1, 0), text);
    ImGui::PopStyleColor();
}

void ui_same_line(void) {
    ImGui::SameLine();
}

void ui_same_line_at(float x) {
    ImGui::SameLine(x);
}

void ui_space(float pixels) {
    ImGui::Dummy(ImVec2(0, pixels));
}

void ui_at(float x, float y) {
    ImGui::SetCursorScreenPos(ImVec2(x, y));
}

void ui_rule(void) {
    ImGui::Separator();
}

void ui_width(float width) {
    ImGui::SetNextItemWidth(width);
}

void ui_disabled_begin(bool disabled) {
    ImGui::BeginDisabled(disabled);
}

void ui_disabled_end(void) {
    ImGui::EndDisabled();
}
