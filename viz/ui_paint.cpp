/* Painting what ImGui drew, with SDL_Renderer. */
#include "ui_inside.h"

namespace inside {

/* ImGui gives triangles that all look into the fonts' texture, plain ones at its one white point.
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

static bool is_plain(const Painter &p, int at) {
    for (int i = 0; i < 3; i++) {
        const ImVec2 &uv = p.vertex[p.index[at + i]].uv;
        if (uv.x != p.white.x || uv.y != p.white.y) return false;
    }
    return true;
}

/* Two triangles a b c, a c d that are a rectangle of one colour, from its corner on, as ImGui makes them. */
static bool is_rectangle(const Painter &p, int at) {
    if (at + 6 > p.count || !is_plain(p, at) || !is_plain(p, at + 3)) return false;
    const ImDrawIdx *i = p.index + at;
    if (i[3] != i[0] || i[4] != i[2]) return false;
    const ImDrawVert &a = p.vertex[i[0]], &b = p.vertex[i[1]], &c = p.vertex[i[2]], &d = p.vertex[i[5]];
    bool square = a.pos.y == b.pos.y && b.pos.x == c.pos.x && c.pos.y == d.pos.y && d.pos.x == a.pos.x;
    return square && a.col == b.col && a.col == c.col && a.col == d.col;
}

static bool fill_rectangle(const Painter &p, int at) {
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
static bool paint_triangles(const Painter &p, int from, int to, SDL_Texture *texture) {
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

static bool paint_run(const Painter &p) {
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

} // namespace inside
