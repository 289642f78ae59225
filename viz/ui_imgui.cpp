/* Dear ImGui behind ui.h. ImGui's SDL2 platform part is Debian's; painting its lists with SDL_Renderer is
 * paint_list below, because the package has no such part. */
#include "ui.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <backends/imgui_impl_sdl.h>
#include <imgui.h>
#include <imgui_internal.h>

namespace {

const int ITEMS = 512;
const int NAME = 96;
const float SIZES[UI_FONTS] = {17, 14, 24};

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
} state;

ImVec2 corner(const UiRect &r) {
    return ImVec2(r.x, r.y);
}

ImVec2 far_corner(const UiRect &r) {
    return ImVec2(r.x + r.w, r.y + r.h);
}

UiRect rect_between(ImVec2 a, ImVec2 b) {
    return UiRect{a.x, a.y, b.x - a.x, b.y - a.y};
}

ImU32 colour_of(UiColour c) {
    return (ImU32)c;
}

ImVec4 colour_four(UiColour c) {
    return ImGui::ColorConvertU32ToFloat4(colour_of(c));
}

ImDrawList *list() {
    return ImGui::GetWindowDrawList();
}

/* "Reset##drug.kp" is shown as "Reset" and known as "Reset drug.kp"; "##Speed" as "Speed". What stands after
 * "###" is for ImGui alone: a button that changes its text stays the same button. */
void name_copy(char *to, const char *label) {
    const char *hidden = strstr(label, "##");
    if (!hidden)
        snprintf(to, NAME, "%s", label);
    else if (hidden[2] == '#')
        snprintf(to, NAME, "%.*s", (int)(hidden - label), label);
    else
        snprintf(to, NAME, "%.*s%s%s", (int)(hidden - label), label, hidden == label ? "" : " ", hidden + 2);
}

void remember(const char *label, UiRect rect, bool seen) {
    int &count = state.items[state.now];
    if (count == ITEMS) return;
    Item &item = state.item[state.now][count++];
    name_copy(item.name, label);
    item.rect = rect;
    item.seen = seen;
}

/* Every widget passes here after it was made. */
bool made(const char *label, bool result) {
    UiRect rect = rect_between(ImGui::GetItemRectMin(), ImGui::GetItemRectMax());
    ImGuiWindow *window = ImGui::GetCurrentWindow();
    ImVec2 middle(rect.x + rect.w / 2, rect.y + rect.h / 2);
    bool seen = window->ClipRect.Contains(middle);
    remember(label, rect, seen);
    char name[NAME];
    name_copy(name, label);
    if (state.reveal[0] && strcmp(name, state.reveal) == 0) {
        if (!seen) ImGui::SetScrollHereY(0.5f); /* what is in sight stays where it was found */
        state.reveal[0] = 0;
    }
    state.released = ImGui::IsItemDeactivatedAfterEdit();
    return result;
}

bool file_there(const char *path) {
    FILE *file = path ? fopen(path, "rb") : NULL;
    if (file) fclose(file);
    return file != NULL;
}

void load_fonts(const char *path) {
    static const ImWchar ranges[] = {0x20,   0xff,   0x370,  0x3ff,  0x2010, 0x2027, 0x2030, 0x203a,
                                     0x2070, 0x209c, 0x2190, 0x2193, 0x2208, 0x2208, 0x2212, 0x2212,
                                     0x2248, 0x2248, 0x2260, 0x2265, 0x25a0, 0x25a0, 0x25b2, 0x25b6,
                                     0x25bc, 0x25c0, 0x25cf, 0x25cf, 0x23ea, 0x23f8, 0};
    ImFontAtlas *atlas = ImGui::GetIO().Fonts;
    atlas->Clear();
    state.glyphs = file_there(path);
    for (int i = 0; i < UI_FONTS; i++) {
        ImFontConfig config;
        config.SizePixels = SIZES[i] * state.scale;
        config.OversampleH = 2;
        config.RasterizerMultiply = 1.1f;
        if (state.glyphs)
            state.font[i] = atlas->AddFontFromFileTTF(path, config.SizePixels, &config, ranges);
        else
            state.font[i] = atlas->AddFontDefault(&config);
    }
}

bool make_texture(SDL_Renderer *renderer) {
    unsigned char *pixels;
    int width, height;
    ImFontAtlas *atlas = ImGui::GetIO().Fonts;
    atlas->GetTexDataAsRGBA32(&pixels, &width, &height);
    if (state.texture) SDL_DestroyTexture(state.texture);
    state.texture =
        SDL_CreateTexture(renderer, SDL_PIXELFORMAT_RGBA32, SDL_TEXTUREACCESS_STATIC, width, height);
    if (!state.texture || SDL_UpdateTexture(state.texture, NULL, pixels, 4 * width) != 0 ||
        SDL_SetTextureBlendMode(state.texture, SDL_BLENDMODE_BLEND) != 0)
        return false;
    atlas->SetTexID((ImTextureID)state.texture);
    return true;
}

void set_style() {
    ImGuiStyle style;
    style.WindowPadding = ImVec2(12, 10);
    style.FramePadding = ImVec2(8, 4);
    style.ItemSpacing = ImVec2(8, 6);
    style.ItemInnerSpacing = ImVec2(7, 4);
    style.ScrollbarSize = 11;
    style.GrabMinSize = 6;
    style.WindowRounding = 0;
    style.FrameRounding = style.GrabRounding = style.PopupRounding = style.ScrollbarRounding = 4;
    style.WindowBorderSize = 0;
    /* what a softened edge costs in triangles is dear without a GPU, and breaks up there */
    style.AntiAliasedFill = false;
    style.AntiAliasedLinesUseTex = style.AntiAliasedLines = false;
    style.ScaleAllSizes(state.scale);
    for (int i = 0; i < ImGuiCol_COUNT; i++) style.Colors[i] = ImGui::GetStyle().Colors[i];
    ImGui::GetStyle() = style;
}

/* Painting. ImGui gives triangles that all look into the fonts' texture, plain ones at its one white point.
 * Without a GPU that is dear: so plain rectangles are filled as such, and plain triangles go without a
 * texture. */
struct Painter {
    SDL_Renderer *renderer;
    const ImDrawVert *vertex;
    const ImDrawIdx *index; /* three a triangle */
    int count;              /* of indices */
    ImVec2 white;
    SDL_Texture *texture;
};

bool is_plain(const Painter &p, int at) {
    for (int i = 0; i < 3; i++) {
        const ImVec2 &uv = p.vertex[p.index[at + i]].uv;
        if (uv.x != p.white.x || uv.y != p.white.y) return false;
    }
    return true;
}

/* Two triangles a b c, a c d that are a rectangle of one colour, from its corner on, as ImGui makes them. */
bool is_rectangle(const Painter &p, int at) {
    if (at + 6 > p.count || !is_plain(p, at) || !is_plain(p, at + 3)) return false;
    const ImDrawIdx *i = p.index + at;
    if (i[3] != i[0] || i[4] != i[2]) return false;
    const ImDrawVert &a = p.vertex[i[0]], &b = p.vertex[i[1]], &c = p.vertex[i[2]], &d = p.vertex[i[5]];
    bool square = a.pos.y == b.pos.y && b.pos.x == c.pos.x && c.pos.y == d.pos.y && d.pos.x == a.pos.x;
    return square && a.col == b.col && a.col == c.col && a.col == d.col;
}

bool fill_rectangle(const Painter &p, int at) {
    const ImDrawVert &a = p.vertex[p.index[at]], &c = p.vertex[p.index[at + 2]];
    int x = (int)floorf(a.pos.x + 0.5f), y = (int)floorf(a.pos.y + 0.5f);
    SDL_Rect rect = {x, y, (int)floorf(c.pos.x + 0.5f) - x, (int)floorf(c.pos.y + 0.5f) - y};
    Uint8 alpha = (Uint8)(a.col >> 24);
    return SDL_SetRenderDrawBlendMode(p.renderer, alpha == 255 ? SDL_BLENDMODE_NONE : SDL_BLENDMODE_BLEND) ==
               0 &&
           SDL_SetRenderDrawColor(p.renderer, (Uint8)a.col, (Uint8)(a.col >> 8), (Uint8)(a.col >> 16),
                                  alpha) == 0 &&
           SDL_RenderFillRect(p.renderer, &rect) == 0;
}

/* Triangles from..to; only the vertices they use are handed on, because SDL looks through all it is given. */
bool paint_triangles(const Painter &p, int from, int to, SDL_Texture *texture) {
    static ImVector<ImDrawIdx> own;
    ImDrawIdx least = p.index[from], most = least;
    for (int i = from; i < to; i++) {
        if (p.index[i] < least) least = p.index[i];
        if (p.index[i] > most) most = p.index[i];
    }
    own.resize(to - from);
    for (int i = from; i < to; i++) own[i - from] = (ImDrawIdx)(p.index[i] - least);
    if (SDL_SetRenderDrawBlendMode(p.renderer, SDL_BLENDMODE_BLEND) != 0) return false;
    const ImDrawVert *first = p.vertex + least;
    const int stride = (int)sizeof *first;
    return SDL_RenderGeometryRaw(p.renderer, texture, &first->pos.x, stride,
                                 (const SDL_Color *)(const void *)&first->col, stride, &first->uv.x, stride,
                                 most - least + 1, own.Data, to - from, (int)sizeof(ImDrawIdx)) == 0;
}

bool paint_run(const Painter &p) {
    for (int at = 0; at < p.count;) {
        if (is_rectangle(p, at)) {
            if (!fill_rectangle(p, at)) return false;
            at += 6;
            continue;
        }
        bool plain = is_plain(p, at);
        int to = at + 3;
        while (to < p.count && is_plain(p, to) == plain && !is_rectangle(p, to)) to += 3;
        if (!paint_triangles(p, at, to, plain ? NULL : p.texture)) return false;
        at = to;
    }
    return true;
}

/* One ImGui list: runs of triangles that share a texture and a clip. */
bool paint_list(SDL_Renderer *renderer, const ImDrawList *draw) {
    ImVec2 white = ImGui::GetIO().Fonts->TexUvWhitePixel;
    for (int i = 0; i < draw->CmdBuffer.Size; i++) {
        const ImDrawCmd &run = draw->CmdBuffer[i];
        SDL_Rect clip = {(int)run.ClipRect.x, (int)run.ClipRect.y, (int)(run.ClipRect.z - run.ClipRect.x),
                         (int)(run.ClipRect.w - run.ClipRect.y)};
        if (run.UserCallback || run.ElemCount == 0 || clip.w <= 0 || clip.h <= 0) continue;
        SDL_Texture *texture = (SDL_Texture *)run.GetTexID();
        if (texture != state.texture) white = ImVec2(-1, -1); /* a picture has no plain parts */
        Painter painter = {renderer,
                           draw->VtxBuffer.Data + run.VtxOffset,
                           draw->IdxBuffer.Data + run.IdxOffset,
                           (int)run.ElemCount,
                           white,
                           texture};
        if (SDL_RenderSetClipRect(renderer, &clip) != 0 || !paint_run(painter)) return false;
        white = ImGui::GetIO().Fonts->TexUvWhitePixel;
    }
    return SDL_RenderSetClipRect(renderer, NULL) == 0;
}

/* ImGui asks SDL for the mouse's whereabouts; scripted events move no mouse, so they are followed here. */
void follow_mouse(const SDL_Event *event) {
    if (event->type == SDL_MOUSEMOTION) {
        state.mouse_x = (float)event->motion.x;
        state.mouse_y = (float)event->motion.y;
    }
    if (event->type != SDL_MOUSEBUTTONDOWN && event->type != SDL_MOUSEBUTTONUP) return;
    int button = event->button.button == SDL_BUTTON_LEFT    ? 0
                 : event->button.button == SDL_BUTTON_RIGHT ? 1
                                                            : 2;
    state.mouse_x = (float)event->button.x;
    state.mouse_y = (float)event->button.y;
    state.down[button] = event->type == SDL_MOUSEBUTTONDOWN;
    if (state.down[button]) state.pressed[button] = true;
}

void hand_over_input(int width, int height, float mouse_scale, float seconds) {
    ImGuiIO &io = ImGui::GetIO();
    io.DisplaySize = ImVec2((float)width, (float)height);
    io.DisplayFramebufferScale = ImVec2(1, 1);
    io.DeltaTime = seconds > 1e-4f ? seconds : 1e-4f;
    io.MousePos = ImVec2(state.mouse_x * mouse_scale, state.mouse_y * mouse_scale);
    for (int i = 0; i < 3; i++) {
        io.MouseDown[i] = state.down[i] || state.pressed[i];
        state.pressed[i] = false;
    }
}

const char *format_text(const char *format, va_list arguments) {
    static char text[1024];
    vsnprintf(text, sizeof text, format, arguments);
    return text;
}

} // namespace

#define FORMATTED(text)                                \
    va_list arguments;                                 \
    va_start(arguments, format);                       \
    const char *text = format_text(format, arguments); \
    va_end(arguments)

bool ui_create(SDL_Window *window, SDL_Renderer *renderer, float scale, const char *font_path) {
    state = State();
    state.alive = true;
    state.scale = scale;
    ImGui::CreateContext();
    ImGuiIO &io = ImGui::GetIO();
    io.IniFilename = NULL; /* nothing is written behind the user's back */
    io.LogFilename = NULL;
    io.ConfigInputTextCursorBlink = false;
    io.BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
    state.mouse_x = state.mouse_y = -1e6f;
    ImGui_ImplSDL2_InitForSDLRenderer(window);
    set_style();
    load_fonts(font_path);
    return make_texture(renderer);
}

void ui_destroy(void) {
    if (!state.alive) return;
    ImGui_ImplSDL2_Shutdown();
    ImGui::DestroyContext();
    if (state.texture) SDL_DestroyTexture(state.texture);
    state = State();
}

bool ui_rescale(SDL_Renderer *renderer, float scale, const char *font_path) {
    state.scale = scale;
    set_style();
    load_fonts(font_path);
    return make_texture(renderer);
}

void ui_theme(const UiTheme *theme) {
    ImVec4 *c = ImGui::GetStyle().Colors;
    if (theme->light)
        ImGui::StyleColorsLight();
    else
        ImGui::StyleColorsDark();
    ImVec4 frame = colour_four(theme->frame), hovered = colour_four(theme->frame_hovered);
    ImVec4 accent = colour_four(theme->accent), faint = accent;
    faint.w = 0.55f;
    c[ImGuiCol_WindowBg] = colour_four(theme->panel);
    c[ImGuiCol_PopupBg] = colour_four(theme->panel);
    c[ImGuiCol_Text] = colour_four(theme->text);
    c[ImGuiCol_TextDisabled] = colour_four(theme->text_dim);
    c[ImGuiCol_FrameBg] = c[ImGuiCol_Button] = c[ImGuiCol_Header] = frame;
    c[ImGuiCol_FrameBgHovered] = c[ImGuiCol_ButtonHovered] = c[ImGuiCol_HeaderHovered] = hovered;
    c[ImGuiCol_FrameBgActive] = c[ImGuiCol_ButtonActive] = c[ImGuiCol_HeaderActive] = faint;
    c[ImGuiCol_CheckMark] = c[ImGuiCol_SliderGrabActive] = accent;
    c[ImGuiCol_SliderGrab] = faint;
    c[ImGuiCol_NavHighlight] = c[ImGuiCol_PlotHistogram] = accent;
    c[ImGuiCol_Border] = c[ImGuiCol_Separator] = colour_four(theme->line);
    c[ImGuiCol_ScrollbarBg] = ImVec4(0, 0, 0, 0);
    c[ImGuiCol_ScrollbarGrab] = hovered;
}

float ui_scale(void) {
    return state.scale;
}

bool ui_has_glyphs(void) {
    return state.glyphs;
}

void ui_event(const SDL_Event *event) {
    follow_mouse(event);
    ImGui_ImplSDL2_ProcessEvent(event);
    if (event->type == SDL_KEYDOWN || event->type == SDL_KEYUP) {
        ImGuiIO &io = ImGui::GetIO(); /* the event's own: scripted keys leave SDL's state as it is */
        io.KeyShift = (event->key.keysym.mod & KMOD_SHIFT) != 0;
        io.KeyCtrl = (event->key.keysym.mod & KMOD_CTRL) != 0;
        io.KeyAlt = (event->key.keysym.mod & KMOD_ALT) != 0;
    }
}

void ui_begin(int width, int height, float mouse_scale, float seconds) {
    state.items[state.now] = 0;
    ImGui_ImplSDL2_NewFrame();
    hand_over_input(width, height, mouse_scale, seconds);
    ImGui::NewFrame();
}

bool ui_end(SDL_Renderer *renderer) {
    if (state.focus_off) ImGui::SetWindowFocus(NULL);
    state.focus_off = false;
    ImGui::Render();
    ImDrawData *data = ImGui::GetDrawData();
    bool fine = true;
    for (int i = 0; i < data->CmdListsCount && fine; i++) fine = paint_list(renderer, data->CmdLists[i]);
    state.now = !state.now; /* between two pictures, the one before is the one just made */
    return SDL_SetRenderDrawBlendMode(renderer, SDL_BLENDMODE_NONE) == 0 && fine;
}

bool ui_typing(void) {
    return ImGui::GetIO().WantTextInput;
}

bool ui_keyboard_mode(void) {
    return (ImGui::GetIO().ConfigFlags & ImGuiConfigFlags_NavEnableKeyboard) != 0;
}

/* ImGui would take arrows and space whenever a panel was clicked; here only when it is asked to. */
void ui_keyboard_enter(const char *panel) {
    ImGuiIO &io = ImGui::GetIO();
    state.focus_off = panel == NULL;
    state.focus_wanted = panel != NULL;
    if (panel) {
        snprintf(state.focus, sizeof state.focus, "%s", panel);
        io.ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
    } else {
        io.ConfigFlags &= ~ImGuiConfigFlags_NavEnableKeyboard;
        ImGui::GetCurrentContext()->NavDisableHighlight = true;
    }
}

bool ui_mouse_taken(void) {
    return ImGui::IsAnyItemActive() || ImGui::IsPopupOpen((ImGuiID)0, ImGuiPopupFlags_AnyPopupId);
}

bool ui_find(const char *label, UiRect *rect) {
    const int before = !state.now;
    char name[NAME];
    name_copy(name, label);
    for (int i = 0; i < state.items[before]; i++) {
        const Item &item = state.item[before][i];
        if (strcmp(item.name, name) != 0) continue;
        *rect = item.rect;
        return item.seen;
    }
    return false;
}

void ui_reveal(const char *label) {
    name_copy(state.reveal, label);
}

void ui_name(const char *label, UiRect rect) {
    remember(label, rect, true);
}

int ui_count(void) {
    return state.items[!state.now];
}

const char *ui_item(int index, UiRect *rect) {
    const Item &item = state.item[!state.now][index];
    *rect = item.rect;
    return item.name;
}

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
