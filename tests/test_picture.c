/* Pictures: every pixel as painted anew here from a list of all cells, on every backend; counts that add up
 * to the cells; the cell of a pixel; colours and files; and that a run which is looked at is the same run. */
#include "sim_case.h"

#include <png.h>

#include "kernels/cytometer.h"
#include "kernels/section.h"
#include "sim/agents.h"
#include "sim/picture.h"

enum { SIDE = 300, TALL = 200 };

/* A patient of a few thousand agents in treatment: all kinds of cells, dying ones among them. */
static void some_cells(SimCase *c, Backend *backend) {
    Config config;
    config_default(&config);
    config.simulation.agents = 20000;
    config.simulation.b_agent_share = 0.3;
    case_start(c, &config, backend);
    case_until(c, 1.5);
}

static Picture take(SimCase *c, const PictureView *view) {
    Picture picture = {0};
    PictureJob *job = NULL;
    assert_ok(picture_ask(&job, c->backend, sim_classes(c->sim), sim_cost(c->sim).agents, view));
    assert_ok(picture_take(job, &picture));
    picture_job_destroy(job);
    return picture;
}

static u32 kind_of(const SimCase *c, const Agents *a, size_t i) {
    return agent_dying(a, i) ? PICTURE_DYING : picture_kind(&sim_classes(c->sim)->cls[a->cls[i]]);
}

/* ---- every pixel ------------------------------------------------------------------------------- */

/* One cell in a picture, by the formulas of the text (host/sim/picture.h), in double precision where rounding
 * cannot matter: pixels nearer to an edge than that are left out of the comparison. */
typedef struct Painter {
    const SimCase *c;
    const PictureView *view;
    double cell_px;
    double *depth; /* of the cell in front; 2: nobody */
    u32 *cls;
    bool *unsure; /* within rounding of an edge, or of another cell's depth */
} Painter;

static void paint_pixel(Painter *p, long x, long y, double depth, u32 cls, bool unsure) {
    if (x < 0 || y < 0 || x >= p->view->width || y >= p->view->height) return;
    size_t at = (size_t)y * (size_t)p->view->width + (size_t)x;
    if (unsure) {
        p->unsure[at] = true;
        return;
    }
    if (fabs(depth - p->depth[at]) < 1e-5) p->unsure[at] = true;
    if (depth < p->depth[at]) p->depth[at] = depth, p->cls[at] = cls;
}

static void paint_cell(Painter *p, const Agents *a, size_t i) {
    u32 kind = kind_of(p->c, a, i), living = picture_kind(&sim_classes(p->c->sim)->cls[a->cls[i]]);
    if (!(p->view->kinds >> kind & 1u)) return;
    Spot spot = section_spot(a->word[WORD_ID_LOW][i], a->word[WORD_ID_HIGH][i],
                             living == PICTURE_BLAST_BLOOD || living == PICTURE_MATURE);
    double x, y, depth = spot.z_um / SECTION_DEEP_UM / 2 + (kind == PICTURE_DYING ? 0 : 0.5), r = p->cell_px;
    picture_from_section(p->view, spot.x_um, spot.y_um, &x, &y);
    if (r < 0.75) {
        double edge = fmin(fabs(x - round(x)), fabs(y - round(y)));
        paint_pixel(p, (long)floor(x), (long)floor(y), depth, a->cls[i], edge < 1e-3);
        if (edge < 1e-3) paint_pixel(p, (long)floor(x) - 1, (long)floor(y) - 1, depth, a->cls[i], true);
        if (edge < 1e-3) paint_pixel(p, (long)floor(x) - 1, (long)floor(y), depth, a->cls[i], true);
        if (edge < 1e-3) paint_pixel(p, (long)floor(x), (long)floor(y) - 1, depth, a->cls[i], true);
        if (edge < 1e-3) paint_pixel(p, (long)floor(x) + 1, (long)floor(y), depth, a->cls[i], true);
        if (edge < 1e-3) paint_pixel(p, (long)floor(x), (long)floor(y) + 1, depth, a->cls[i], true);
        return;
    }
    for (long py = (long)floor(y - r) - 1; py <= (long)(y + r) + 1; py++)
        for (long px = (long)floor(x - r) - 1; px <= (long)(x + r) + 1; px++) {
            double distance = hypot((double)px + 0.5 - x, (double)py + 0.5 - y);
            if (distance < r + 0.01) paint_pixel(p, px, py, depth, a->cls[i], fabs(distance - r) < 0.01);
        }
}

static void painter_start(Painter *p, SimCase *c, const PictureView *view, double cell_um) {
    size_t pixels = (size_t)view->width * (size_t)view->height;
    *p = (Painter){.c = c, .view = view, .cell_px = cell_um * view->pixels_per_um};
    p->depth = malloc(pixels * sizeof *p->depth);
    p->cls = calloc(pixels, sizeof *p->cls);
    p->unsure = calloc(pixels, sizeof *p->unsure);
    for (size_t i = 0; i < pixels; i++) p->depth[i] = 2;
}

static void painter_stop(Painter *p) {
    free(p->depth);
    free(p->cls);
    free(p->unsure);
}

/* Pixels that agree, out of those that are sure. */
static void expect_painted(const Painter *p, const Picture *picture, const char *what) {
    long unsure = 0, shown = 0;
    for (size_t i = 0; i < picture->pixels; i++) {
        u32 key = picture->pixel[i];
        unsure += p->unsure[i];
        if (p->unsure[i]) continue;
        assert_int_equal(key == PICTURE_NOBODY, p->depth[i] == 2);
        if (key == PICTURE_NOBODY) continue;
        shown++;
        assert_int_equal((key & KEY_LIVING) != 0, p->depth[i] >= 0.5);
        assert_int_equal(key >> KEY_CLASS_SHIFT & KEY_CLASSES, p->cls[i]);
    }
    print_message("  %s: %ld pixels with cells as painted here, %ld within rounding left out\n", what, shown,
                  unsure);
    assert_true(shown > 100 && unsure < (long)picture->pixels / 20);
}

static void expect_view(SimCase *c, const PictureView *view, const char *what) {
    Agents agents = {0};
    Painter painter;
    Picture picture = take(c, view);
    assert_ok(agents_read(c->backend, &agents));
    painter_start(&painter, c, view, picture.cell_um);
    for (size_t i = 0; i < agents.count; i++) paint_cell(&painter, &agents, i);
    expect_painted(&painter, &picture, what);
    painter_stop(&painter);
    agents_destroy(&agents);
    picture_destroy(&picture);
}

static void test_every_pixel(void **state) {
    (void)state;
    Backend backend;
    SimCase c = {0};
    PictureView view;
    open_cpu(&backend, 2, "");
    some_cells(&c, &backend);
    picture_view(&view, PICTURE_DOTS, SIDE, TALL);
    expect_view(&c, &view, "whole section");
    view.kinds = 1u << PICTURE_DYING | 1u << PICTURE_BLAST_BLOOD;
    expect_view(&c, &view, "dying and blood");
    picture_view(&view, PICTURE_DOTS, SIDE, TALL);
    view.x_um = 50, view.y_um = 400, view.pixels_per_um = 7.3;
    expect_view(&c, &view, "discs");
    view.x_um = 1, view.y_um = 2, view.pixels_per_um = 8;
    expect_view(&c, &view, "discs over the corner");
    case_stop(&c);
    backend_close(&backend);
}

/* ---- counts ------------------------------------------------------------------------------------ */

static u64 sum_of(const Picture *p) {
    u64 sum = 0;
    for (size_t i = 0; i < p->pixels; i++) sum += p->pixel[i];
    return sum;
}

/* The whole section holds every agent, kind by kind. */
static void test_counts(void **state) {
    (void)state;
    Backend backend;
    SimCase c = {0};
    Agents agents = {0};
    PictureView view;
    u64 kinds[PICTURE_KINDS] = {0}, all = 0;
    open_cpu(&backend, 3, "");
    some_cells(&c, &backend);
    assert_ok(agents_read(&backend, &agents));
    for (size_t i = 0; i < agents.count; i++) kinds[kind_of(&c, &agents, i)]++;
    picture_view(&view, PICTURE_DENSITY, SIDE, SIDE);
    for (u32 k = 0; k < PICTURE_KINDS; k++) {
        view.kinds = 1u << k;
        Picture p = take(&c, &view);
        assert_int_equal(sum_of(&p), kinds[k]);
        assert_true(kinds[k] > 0);
        all += kinds[k];
        picture_destroy(&p);
    }
    view.kinds = PICTURE_ALL;
    Picture p = take(&c, &view);
    assert_int_equal(sum_of(&p), sim_cost(c.sim).agents);
    assert_int_equal(all, sim_cost(c.sim).agents);
    print_message("  %llu agents: %llu marrow, %llu blood, %llu precursors, %llu mature, %llu dying\n",
                  (unsigned long long)all, (unsigned long long)kinds[0], (unsigned long long)kinds[1],
                  (unsigned long long)kinds[2], (unsigned long long)kinds[3], (unsigned long long)kinds[4]);
    picture_destroy(&p);
    agents_destroy(&agents);
    case_stop(&c);
    backend_close(&backend);
}

/* The cytometer's plot, from the cells and the instrument's own functions. */
static void expect_flow(SimCase *c, const PictureView *view) {
    Agents a = {0};
    Picture p = take(c, view);
    const QuantityInfo *across = &picture_quantities[view->across];
    u64 column[PICTURE_KINDS][64] = {{0}}, unsure = 0;
    assert_ok(agents_read(c->backend, &a));
    assert_int_equal(p.sample_of, 1);
    for (size_t i = 0; i < a.count; i++) {
        double signal = cytometer_signal(a.word[WORD_ID_LOW][i], a.word[WORD_ID_HIGH][i], INSTRUMENT_CD22,
                                         a.real[REAL_CD22][i], GLOW_CD22);
        double step = 64 * (log(signal) - log(across->lo)) / (log(across->hi) - log(across->lo));
        unsure += fabs(step - round(step)) < 1e-3;
        column[kind_of(c, &a, i)][(int)fmin(fmax(step, 0), 63)]++;
    }
    u64 off = 0;
    for (int k = 0; k < PICTURE_KINDS; k++)
        for (int x = 0; x < 64; x++) {
            u64 sum = 0;
            for (int y = 0; y < 64; y++) sum += p.pixel[(k * 64 + y) * 64 + x];
            off += (u64)llabs((long long)(sum - column[k][x]));
        }
    print_message("  %zu events, %llu in another column, %llu within rounding of one\n", a.count,
                  (unsigned long long)off / 2, (unsigned long long)unsure);
    assert_int_equal(sum_of(&p), a.count);
    assert_true(off <= 2 * unsure);
    agents_destroy(&a);
    picture_destroy(&p);
}

static void test_flow(void **state) {
    (void)state;
    Backend backend;
    SimCase c = {0};
    PictureView view;
    open_cpu(&backend, 2, "");
    some_cells(&c, &backend);
    picture_view(&view, PICTURE_FLOW, 64, 64);
    view.up = QUANTITY_FSC;
    expect_flow(&c, &view);
    case_stop(&c);
    backend_close(&backend);
}

/* ---- every backend ----------------------------------------------------------------------------- */

static const BackendOptions others[] = {
    {.name = "cpu", .device = -1, .threads = 3},
    {.name = "cpu", .device = -1, .threads = 1, .isa = "x86-64-v3"},
    {.name = "cpu", .device = -1, .devices = "0,0,0", .threads = 1},
    {.name = "opencl", .device = -1, .shape = SHAPE_OF_PAGES},
    {.name = "opencl", .device = -1, .shape = SHAPE_OF_LANES, .lanes = 1},
    {.name = "opencl", .device = -1, .shape = SHAPE_OF_LANES, .lanes = 64},
};
enum { OTHERS = sizeof others / sizeof others[0] };

/* Dots of every quantity, density, discs, the cytometer with every axis. */
static int views(PictureView out[32]) {
    int n = 0;
    for (u32 q = 0; q < QUANTITIES; q++, n++) {
        picture_view(&out[n], PICTURE_DOTS, SIDE, TALL);
        out[n].colour = (Quantity)q;
    }
    for (u32 q = QUANTITY_CD22; q < QUANTITIES; q++, n++) {
        picture_view(&out[n], PICTURE_FLOW, 50, 70);
        out[n].across = (Quantity)q;
        out[n].up = q == QUANTITY_CD22 ? QUANTITY_BOUND : QUANTITY_CD22;
    }
    picture_view(&out[n++], PICTURE_DENSITY, TALL, SIDE);
    picture_view(&out[n], PICTURE_DOTS, SIDE, SIDE);
    out[n].pixels_per_um = 13, out[n].x_um = 77.7, out[n].colour = QUANTITY_DAMAGE, out[n++].lo = 3;
    return n;
}

static void test_same_bytes(void **state) {
    static Picture first[32];
    static PictureView view[32];
    int count = views(view);
    (void)state;
    for (int i = -1; i < OTHERS; i++) {
        Backend backend;
        SimCase c = {0};
        const BackendOptions referee = {.name = "cpu", .device = -1, .threads = 1};
        if (backend_open(&backend, i < 0 ? &referee : &others[i]) != STATUS_OK) {
            if (strstr(status_message(), "do not compile")) fail_msg("%s", status_message());
            print_message("  without %s: %s\n", others[i].name, status_message());
            continue;
        }
        some_cells(&c, &backend);
        for (int k = 0; k < count; k++) {
            Picture p = take(&c, &view[k]);
            if (i >= 0 && memcmp(p.pixel, first[k].pixel, p.pixels * sizeof *p.pixel) != 0)
                fail_msg("%s: picture %d differs", backend.device, k);
            if (i >= 0)
                picture_destroy(&p);
            else
                first[k] = p;
        }
        if (i >= 0) print_message("  %s: %d pictures with the same bytes\n", backend.device, count);
        case_stop(&c);
        backend_close(&backend);
    }
    for (int k = 0; k < count; k++) picture_destroy(&first[k]);
}

/* ---- the cell of a pixel ----------------------------------------------------------------------- */

/* Of all cells whose own picture shows them at this pixel, the one in front: its key is the pixel's. */
static void expect_pick(SimCase *c, const PictureView *view, const Picture *p, int x, int y) {
    Found found;
    bool there;
    u32 key = p->pixel[y * p->view.width + x];
    assert_ok(picture_pick(c->backend, sim_classes(c->sim), sim_cost(c->sim).agents, view, x + 0.5, y + 0.5,
                           &found, &there));
    if (key == PICTURE_NOBODY) return; /* a neighbour or none */
    assert_true(there);
    assert_int_equal(found.cls, key >> KEY_CLASS_SHIFT & KEY_CLASSES);
    double px, py;
    u32 kind = picture_kind(&sim_classes(c->sim)->cls[found.cls]);
    Spot spot = section_spot(found.low, found.high, kind == PICTURE_BLAST_BLOOD || kind == PICTURE_MATURE);
    picture_from_section(view, spot.x_um, spot.y_um, &px, &py);
    double reach = fmax(0.71, p->cell_um * view->pixels_per_um) + 0.01;
    assert_true(hypot(px - x - 0.5, py - y - 0.5) <= reach);
    u32 depth = (u32)(spot.z_um * (KEY_DEPTHS / SECTION_DEEP_UM));
    assert_int_equal(key >> KEY_DEPTH_SHIFT & 0x3ffff, depth);
    int n;
    Found again[FIND_MOST];
    const uint64_t identity = (uint64_t)found.high << 32 | found.low;
    assert_ok(picture_find(c->backend, &identity, 1, again, &n));
    assert_int_equal(n, 1);
    assert_memory_equal(&again[0], &found, sizeof found);
}

static void picks(SimCase *c, PictureView *view) {
    Picture p = take(c, view);
    int cells = 0;
    for (int i = 0; i < 60; i++) {
        int x = i * 7919 % view->width, y = i * 104729 % view->height;
        cells += p.pixel[y * view->width + x] != PICTURE_NOBODY;
        expect_pick(c, view, &p, x, y);
    }
    print_message("  %d of 60 pixels show a cell, each of them found\n", cells);
    assert_true(cells > 5);
    picture_destroy(&p);
}

static void test_pick(void **state) {
    (void)state;
    Backend backend;
    SimCase c = {0};
    PictureView view;
    bool there;
    Found found;
    assert_ok(backend_open(&backend,
                           &(BackendOptions){.name = "cpu", .device = -1, .devices = "0,0", .threads = 1}));
    some_cells(&c, &backend);
    picture_view(&view, PICTURE_DOTS, SIDE, TALL);
    picks(&c, &view);
    view.pixels_per_um = 9, view.colour = QUANTITY_OCCUPANCY;
    picks(&c, &view);
    view.x_um = 5000;
    assert_ok(picture_pick(&backend, sim_classes(c.sim), 20000, &view, 10, 10, &found, &there));
    assert_false(there);
    assert_int_equal(picture_pick(&backend, sim_classes(c.sim), 20000, &view, SIDE, 10, &found, &there),
                     STATUS_BAD_INPUT);
    case_stop(&c);
    backend_close(&backend);
}

/* Where many cells of one identity's bits stand, none other is taken for it. */
static void test_find(void **state) {
    (void)state;
    Backend backend;
    SimCase c = {0};
    Agents a = {0};
    uint64_t wanted[FIND_MOST];
    Found found[FIND_MOST];
    int n, missing = 5;
    open_cpu(&backend, 2, "");
    some_cells(&c, &backend);
    assert_ok(agents_read(&backend, &a));
    assert_ok(agents_sort(&a));
    for (u32 i = 0; i < FIND_MOST; i++)
        wanted[i] = ((uint64_t)a.word[WORD_ID_HIGH][i * 190] << 32 | a.word[WORD_ID_LOW][i * 190]) +
                    ((int)i < missing ? 1ull << 33 : 0);
    assert_ok(picture_find(&backend, wanted, FIND_MOST, found, &n));
    assert_int_equal(n, (int)FIND_MOST - missing);
    for (int k = 1; k < n; k++)
        assert_true(found[k - 1].high < found[k].high ||
                    (found[k - 1].high == found[k].high && found[k - 1].low < found[k].low));
    for (int k = 0; k < n; k++)
        for (size_t i = 0; i < a.count; i++)
            if (a.word[WORD_ID_LOW][i] == found[k].low && a.word[WORD_ID_HIGH][i] == found[k].high)
                for (u32 f = 0; f < REAL_FIELDS; f++)
                    assert_memory_equal(&a.real[f][i], &found[k].real[f], sizeof(f32));
    agents_destroy(&a);
    case_stop(&c);
    backend_close(&backend);
}

/* ---- a run that is looked at ------------------------------------------------------------------- */

static uint64_t digest_of(bool looked_at, const BackendOptions *options) {
    Backend backend;
    SimCase c = {0};
    Config config;
    PictureView view;
    Picture picture = {0};
    PictureJob *job = NULL;
    config_default(&config);
    config.simulation.agents = 20000;
    assert_ok(backend_open(&backend, options));
    case_start(&c, &config, &backend);
    picture_view(&view, PICTURE_DOTS, SIDE, TALL);
    for (int i = 0; i < 100; i++) {
        if (looked_at) assert_ok(picture_ask(&job, &backend, sim_classes(c.sim), 20000, &view));
        assert_ok(sim_advance(c.sim));
        if (looked_at) assert_ok(picture_take(job, &picture)); /* came over during the interval */
        view.mode = (PictureMode)((view.mode + 1) % 2);
    }
    uint64_t digest = case_digest(&c);
    picture_job_destroy(job);
    picture_destroy(&picture);
    case_stop(&c);
    backend_close(&backend);
    return digest;
}

static void test_no_trace(void **state) {
    (void)state;
    const BackendOptions one = {.name = "cpu", .device = -1, .threads = 2};
    const BackendOptions several = {.name = "cpu", .device = -1, .devices = "0,0", .threads = 1};
    uint64_t alone = digest_of(false, &one);
    assert_true(digest_of(true, &one) == alone);
    assert_true(digest_of(true, &several) == alone);
    print_message("  100 pictures in 100 intervals: state hash %016llx as without\n",
                  (unsigned long long)alone);
}

/* ---- views, colours, files --------------------------------------------------------------------- */

static void expect_refused(PictureView view, const char *text) {
    assert_int_equal(picture_view_check(&view), STATUS_BAD_INPUT);
    if (!strstr(status_message(), text)) fail_msg("\"%s\" lacks \"%s\"", status_message(), text);
}

static void test_views(void **state) {
    (void)state;
    PictureView good, v;
    double x, y;
    picture_view(&good, PICTURE_DOTS, 640, 480);
    assert_ok(picture_view_check(&good));
    v = good, v.width = 0, expect_refused(v, "0 by 480 pixels");
    v = good, v.height = 9000, expect_refused(v, "takes 1 to 8192");
    v = good, v.pixels_per_um = 0, expect_refused(v, "zoom 0");
    v = good, v.pixels_per_um = NAN, expect_refused(v, "zoom nan");
    v = good, v.x_um = INFINITY, expect_refused(v, "far out");
    v = good, v.colour = QUANTITIES, expect_refused(v, "no such quantity");
    v = good, v.colour = QUANTITY_CD22, v.lo = 0, expect_refused(v, "above 0");
    v = good, v.lo = 3, v.hi = 2, expect_refused(v, "from 3 to 2");
    v = good, v.mode = PICTURE_FLOW, v.across = QUANTITY_KIND, expect_refused(v, "a number");
    v = good, v.cell_um = -1, expect_refused(v, "radius -1");
    picture_to_section(&good, 320, 240, &x, &y);
    assert_true(x == good.x_um && y == good.y_um);
    picture_to_section(&good, 17.25, 400.5, &x, &y);
    picture_from_section(&good, x, y, &x, &y);
    assert_true(fabs(x - 17.25) < 1e-9 && fabs(y - 400.5) < 1e-9);
    assert_int_equal(picture_quantity("payload"), QUANTITY_PAYLOAD);
    assert_int_equal(picture_quantity("nonsense"), QUANTITIES);
}

/* How far apart two colours are, 0 to 441. */
static double apart(u32 a, u32 b) {
    double sum = 0;
    for (int shift = 0; shift < 24; shift += 8) {
        double d = (double)(a >> shift & 0xff) - (double)(b >> shift & 0xff);
        sum += d * d;
    }
    return sqrt(sum);
}

/* No two labels alike; the ramp gets lighter all the way, so that it reads in grey too. */
static void test_colours(void **state) {
    (void)state;
    PicturePalette p;
    double light = -1;
    picture_palette(&p);
    for (int i = 0; i < PICTURE_KINDS; i++)
        for (int k = 0; k < i; k++) assert_true(apart(p.kind[i], p.kind[k]) > 60);
    for (int i = 0; i <= CONFIG_CLONES; i++)
        for (int k = 0; k < i; k++) assert_true(apart(p.clone[i], p.clone[k]) > 40);
    for (int i = 0; i < 256; i++) {
        double here = 0.2126 * (p.ramp[i] & 0xff) + 0.7152 * (p.ramp[i] >> 8 & 0xff) +
                      0.0722 * (p.ramp[i] >> 16 & 0xff);
        assert_true(here > light - 0.5 && p.ramp[i] >> 24 == 0xff);
        light = here;
    }
}

static void read_back(const char *path, const Picture *p, const PicturePalette *palette) {
    png_image image = {.version = PNG_IMAGE_VERSION};
    u32 *rgba = malloc(sizeof *rgba * SIDE * TALL), *wanted = malloc(sizeof *wanted * SIDE * TALL);
    picture_rgba(p, palette, wanted, SIDE);
    assert_true(png_image_begin_read_from_file(&image, path));
    assert_int_equal(image.width, SIDE);
    assert_int_equal(image.height, TALL);
    image.format = PNG_FORMAT_RGBA;
    assert_true(png_image_finish_read(&image, NULL, rgba, 0, NULL));
    assert_memory_equal(rgba, wanted, sizeof *rgba * SIDE * TALL);
    free(rgba);
    free(wanted);
}

static void test_png(void **state) {
    (void)state;
    Backend backend;
    SimCase c = {0};
    PictureView view;
    PicturePalette palette;
    char path[CONFIG_TEXT];
    close(temporary_file(path));
    picture_palette(&palette);
    open_cpu(&backend, 2, "");
    some_cells(&c, &backend);
    for (int mode = 0; mode < 2; mode++) {
        picture_view(&view, (PictureMode)mode, SIDE, TALL);
        view.pixels_per_um *= mode ? 1 : 10;
        Picture p = take(&c, &view);
        assert_ok(picture_write_png(&p, &palette, path));
        read_back(path, &p, &palette);
        assert_int_equal(picture_write_png(&p, &palette, "/nowhere/p.png"), STATUS_FAILED);
        assert_non_null(strstr(status_message(), "/nowhere/p.png: cannot be written"));
        picture_destroy(&p);
    }
    unlink(path);
    case_stop(&c);
    backend_close(&backend);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_pixel), cmocka_unit_test(test_counts), cmocka_unit_test(test_flow),
        cmocka_unit_test(test_same_bytes),  cmocka_unit_test(test_pick),   cmocka_unit_test(test_find),
        cmocka_unit_test(test_no_trace),    cmocka_unit_test(test_views),  cmocka_unit_test(test_colours),
        cmocka_unit_test(test_png),
    };
    return cmocka_run_group_tests_name("picture", tests, NULL, NULL);
}
