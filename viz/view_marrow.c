/* The marrow view: the section as the session's picture, legend, scale, and the followed cells. */
#include <math.h>
#include <stdio.h>

#include "camera.h"
#include "charts.h"
#include "kernels/section.h"
#include "panels.h"

static const float LEGEND_WIDTH = 262;

/* The followed cell whose ring was pressed; 0: none. */
static uint64_t followed_at(const Viewer *viewer, const PictureView *view, float x, float y) {
    for (size_t i = 0; i < viewer->traces; i++) {
        double pixel_x, pixel_y;
        picture_from_section(view, viewer->trace[i].x_um, viewer->trace[i].y_um, &pixel_x, &pixel_y);
        if (isnan(viewer->trace[i].gone_h) &&
            hypot(pixel_x - (double)x, pixel_y - (double)y) < 9 * (double)ui_scale())
            return viewer->trace[i].identity;
    }
    return 0;
}

static bool is_there(const Picture *picture, int x, int y) {
    if (x < 0 || y < 0 || x >= picture->view.width || y >= picture->view.height) return false;
    uint32_t pixel = picture->pixel[(size_t)y * (size_t)picture->view.width + (size_t)x];
    return picture->view.mode == PICTURE_DENSITY ? pixel > 0 : pixel != PICTURE_NOBODY;
}

/* The cell nearest to where was pressed: nobody hits one pixel. */
static void follow_near(Viewer *viewer, const Picture *picture, float x, float y) {
    int reach = (int)(8 * ui_scale()), best_x = (int)x, best_y = (int)y, best = reach * reach + 1;
    for (int dy = -reach; dy <= reach; dy++)
        for (int dx = -reach; dx <= reach; dx++)
            if (dx * dx + dy * dy < best && is_there(picture, (int)x + dx, (int)y + dy)) {
                best = dx * dx + dy * dy;
                best_x = (int)x + dx, best_y = (int)y + dy;
            }
    viewer_ask(viewer, "follow %d %d", best_x, best_y);
}

static void move_camera(Viewer *viewer, const UiCanvas *canvas) {
    const PictureView *view = &viewer->asked;
    if (!viewer->asked_any) return;
    if (canvas->held || canvas->right_held) camera_pan(&viewer->camera, view, canvas->drag_x, canvas->drag_y);
    if (canvas->wheel != 0)
        camera_zoom(&viewer->camera, view, pow(1.25, canvas->wheel), canvas->x, canvas->y);
    if (!canvas->released || canvas->moved >= 4 * ui_scale()) return;
    uint64_t followed = followed_at(viewer, view, canvas->x, canvas->y);
    if (followed)
        viewer->chosen = followed;
    else if (viewer->frame && viewer->frame->section.pixel)
        follow_near(viewer, &viewer->frame->section, canvas->x, canvas->y);
}

/* A bar of round length. */
static void draw_scale(const Viewer *viewer, const PictureView *view) {
    static const double lengths_um[] = {1, 2, 5, 10, 20, 50, 100};
    float s = ui_scale();
    int best = 0;
    for (int i = 0; i < 7; i++)
        if (lengths_um[i] * view->pixels_per_um < 130 * s) best = i;
    float length = (float)(lengths_um[best] * view->pixels_per_um);
    float right = viewer->area.x + viewer->area.w - 16 * s, y = viewer->area.y + viewer->area.h - 16 * s;
    char text[32];
    snprintf(text, sizeof text, "%g \u00b5m", lengths_um[best]);
    ui_rect((UiRect){right - length - 8 * s, y - 28 * s, length + 16 * s, 36 * s}, viewer->look->overlay,
            4 * s);
    ui_line(right - length, y, right, y, viewer->look->theme.text, 3 * s);
    ui_label(UI_SMALL, right - length / 2, y - 6 * s, 0.5f, 1, viewer->look->theme.text, text);
}

static void section_point(const Viewer *viewer, const PictureView *view, double x_um, double y_um, float *x,
                          float *y) {
    double pixel_x, pixel_y;
    picture_from_section(view, x_um, y_um, &pixel_x, &pixel_y);
    *x = viewer->area.x + (float)pixel_x;
    *y = viewer->area.y + (float)pixel_y;
}

/* Walls of the vessels: faint lines over the picture, so that lanes are seen as such. */
static void draw_vessels(const Viewer *viewer, const PictureView *view) {
    enum { PARTS = 48 };
    UiColour colour = viewer->look->theme.light ? UI_RGBA(0x505b69, 0x60) : UI_RGBA(0xa9b3c0, 0x50);
    for (unsigned lane = 0; lane < LANES; lane++)
        for (int side = -1; side <= 1; side += 2) {
            float xy[2 * (PARTS + 1)];
            for (int i = 0; i <= PARTS; i++) {
                float x_um = SECTION_UM * (float)i / PARTS;
                float inside = fminf(x_um, SECTION_UM * 0.99999f);
                float y_um = LANE_SPACING_UM * ((float)lane + 0.5f) + lane_sway_um(inside) +
                             (float)side * LANE_RADIUS_UM;
                section_point(viewer, view, x_um, y_um, &xy[2 * i], &xy[2 * i + 1]);
            }
            ui_lines(xy, PARTS + 1, colour, ui_scale());
        }
}

static void draw_edge(const Viewer *viewer, const PictureView *view) {
    float x0, y0, x1, y1;
    section_point(viewer, view, 0, 0, &x0, &y0);
    section_point(viewer, view, SECTION_UM, SECTION_UM, &x1, &y1);
    ui_frame((UiRect){x0, y0, x1 - x0, y1 - y0}, viewer->look->theme.line, 0, ui_scale());
}

static void draw_followed(const Viewer *viewer, const PictureView *view) {
    float s = ui_scale();
    for (size_t i = 0; i < viewer->traces; i++) {
        const SessionTrace *trace = &viewer->trace[i];
        bool chosen = trace->identity == viewer->chosen;
        float x, y;
        if (!isnan(trace->gone_h)) continue;
        section_point(viewer, view, trace->x_um, trace->y_um, &x, &y);
        ui_ring(x, y, (chosen ? 13 : 9) * s, viewer->look->theme.light ? UI_RGB(0xffffff) : UI_RGB(0x000000),
                5 * s);
        ui_ring(x, y, (chosen ? 13 : 9) * s, viewer->look->theme.text, 2 * s);
    }
}

/* The course so far, in what room is left between legend and caption. */
static void draw_small_charts(Viewer *viewer, float x, float y, float width) {
    static const int which[] = {CHART_SHARE, CHART_CONJUGATE};
    float s = ui_scale(), height = 120 * s, foot = viewer->area.y + viewer->area.h - 90 * s;
    for (int i = 0; i < 2 && y + height < foot; i++, y += height + 8 * s) {
        ui_rect((UiRect){x, y, width, height}, viewer->look->overlay, 4 * s);
        charts_draw(viewer, which[i], (UiRect){x, y + 4 * s, width, height - 4 * s}, true, NAN);
    }
}

static void draw_legend(Viewer *viewer) {
    float s = ui_scale(), x = viewer->area.x + 10 * s, top = viewer->area.y + 10 * s, y = top,
          width = LEGEND_WIDTH * s;
    Quantity colour = viewer->choices.colour;
    bool ramp = viewer->choices.density || !picture_quantities[colour].label;
    if (ramp)
        y += legend_ramp(viewer, x, y, width) + 10 * s;
    else if (colour == QUANTITY_CLONE)
        y += legend_clones(viewer, x, y, width) + 10 * s;
    y += legend_kinds(viewer, x, y, width);
    ui_name("Legend", (UiRect){x, top, width, y - top});
    draw_small_charts(viewer, x, y + 10 * s, width);
}

/* What an agent is, at the picture's foot: nobody should take a dot for a cell while it stands for a million.
 */
static void draw_caption(const Viewer *viewer) {
    float s = ui_scale(), width = LEGEND_WIDTH * s;
    char weight[32], agents[32], text[160];
    text_cells((double)viewer->status.blast_weight, weight);
    text_cells((double)viewer->status.agents, agents);
    bool single = viewer->status.blast_weight <= 1;
    if (single)
        snprintf(text, sizeof text, "%s agents. A blast here is one single cell.", agents);
    else
        snprintf(text, sizeof text,
                 "%s agents. A blast here stands for %s cells, a healthy cell for another number.", agents,
                 weight);
    float height = ui_wrapped_height(UI_BODY, text, width - 20 * s) + 16 * s;
    UiRect rect = {viewer->area.x + 10 * s, viewer->area.y + viewer->area.h - height - 10 * s, width, height};
    ui_rect(rect, viewer->look->overlay, 4 * s);
    ui_label_wrapped(UI_BODY, rect.x + 10 * s, rect.y + 8 * s, width - 20 * s, viewer->look->theme.text,
                     text);
    ui_name("Caption", rect);
}

static void look_here(Viewer *viewer) {
    PictureView view;
    int w = (int)viewer->area.w, h = (int)viewer->area.h;
    camera_view(&viewer->camera, &viewer->choices, w, h, LEGEND_WIDTH * ui_scale() + 10 * ui_scale(), &view);
    viewer->asked = view;
    viewer->asked_any = true;
}

void view_marrow(Viewer *viewer) {
    look_here(viewer);
    ui_panel_begin("Population", viewer->area, UI_PANEL_CLEAR);
    UiCanvas canvas = ui_canvas("Section", viewer->area);
    move_camera(viewer, &canvas);
    const PictureView *view = &viewer->asked;
    ui_clip_push(viewer->area);
    draw_vessels(viewer, view);
    draw_edge(viewer, view);
    draw_followed(viewer, view);
    ui_clip_pop();
    draw_legend(viewer);
    draw_caption(viewer);
    draw_scale(viewer, view);
    ui_panel_end();
}
