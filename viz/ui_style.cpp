/* Fonts, measures and colours of the widgets. */
#include "ui_inside.h"

namespace inside {

const float SIZES[UI_FONTS] = {17, 14, 24};

static bool file_there(const char *path) {
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

} // namespace inside

using namespace inside;

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
