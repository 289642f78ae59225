/* Dear ImGui behind ui.h: its life, events, one picture, and where widgets lie. ImGui's SDL2 platform part is
 * Debian's; painting its lists with SDL_Renderer is ui_paint.cpp, because the package has no such part. */
#include "ui_inside.h"

#include <backends/imgui_impl_sdl.h>

namespace inside {

State state;

static UiRect rect_between(ImVec2 a, ImVec2 b) {
    return UiRect{a.x, a.y, b.x - a.x, b.y - a.y};
}

/* "Reset##drug.kp" is shown as "Reset" and known as "Reset drug.kp"; "##Speed" as "Speed". What stands after
 * "###" is for ImGui alone: a button that changes its text stays the same button. */
static void name_copy(char *to, const char *label) {
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

} // namespace inside

using namespace inside;

/* ImGui asks SDL for the mouse's whereabouts; scripted events move no mouse, so they are followed here. */
static void follow_mouse(const SDL_Event *event) {
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

static void hand_over_input(int width, int height, float mouse_scale, float seconds) {
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
