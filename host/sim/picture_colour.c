/* From a picture's numbers to colours and files: on the viewer's side, so that a palette costs the simulation
 * nothing. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "base/version.h"
#include "sim/picture.h"

#define RGB(r, g, b) (0xff000000u | (u32)(b) << 16 | (u32)(g) << 8 | (u32)(r))

/* Okabe and Ito 2008, Color Universal Design. */
static const u32 okabe_ito[] = {RGB(86, 180, 233), RGB(230, 159, 0),   RGB(0, 158, 115), RGB(240, 228, 66),
                                RGB(213, 94, 0),   RGB(204, 121, 167), RGB(0, 114, 178), RGB(255, 255, 255)};

/* Viridis (van der Walt and Smith 2015) at sevenths; straight lines between are within 3 of 255. */
static const unsigned char viridis[][3] = {{68, 1, 84},    {70, 51, 127},  {54, 92, 141},  {39, 127, 142},
                                           {31, 161, 135}, {74, 194, 109}, {159, 218, 58}, {253, 231, 37}};
enum { STOPS = sizeof viridis / sizeof viridis[0] };

static u32 ramp_at(double t) {
    double at = t * (STOPS - 1);
    int i = at >= STOPS - 1 ? STOPS - 2 : (int)at;
    double part = at - i, c[3];
    for (int k = 0; k < 3; k++) c[k] = viridis[i][k] + part * (viridis[i + 1][k] - viridis[i][k]);
    return RGB(c[0] + 0.5, c[1] + 0.5, c[2] + 0.5);
}

void picture_palette(PicturePalette *p) {
    static const int of_kind[PICTURE_KINDS] = {0, 1, 2, 5, 4};
    p->background = RGB(16, 14, 20);
    for (int k = 0; k < PICTURE_KINDS; k++) p->kind[k] = okabe_ito[of_kind[k]];
    for (int c = 0; c < CONFIG_CLONES; c++) p->clone[c] = okabe_ito[c];
    p->clone[CONFIG_CLONES] = RGB(120, 120, 120);
    for (int i = 0; i < 256; i++) p->ramp[i] = ramp_at(i / 255.0);
}

/* ---- keys ---- */

/* A colour for every combination of living, class and colour: the key without its depth. Nobody's class is
 * one that does not exist. */
enum { KEY_LOW = 1 << KEY_DEPTH_SHIFT, KEY_TABLE = 2 * KEY_LOW };

static u32 key_index(u32 key) {
    return key % KEY_LOW + (key >> 31) * KEY_LOW;
}

static u32 key_colour(const Picture *picture, const PicturePalette *palette, u32 cls, u32 colour) {
    if (cls >= MAX_CLASSES) return palette->background;
    if (picture->view.colour == QUANTITY_KIND) return palette->kind[picture->kind[cls]];
    if (picture->view.colour == QUANTITY_CLONE) return palette->clone[picture->clone[cls]];
    return palette->ramp[colour];
}

static void table_fill(u32 table[KEY_TABLE], const Picture *picture, const PicturePalette *palette) {
    for (u32 i = 0; i < KEY_LOW; i++) {
        table[i] = palette->kind[PICTURE_DYING];
        table[KEY_LOW + i] = key_colour(picture, palette, i >> KEY_CLASS_SHIFT, i % KEY_COLOURS);
    }
}

static u32 darker(u32 colour) {
    return 0xff000000u | ((colour >> 1) & 0x7f7f7fu);
}

/* A disc's rim is drawn where another cell begins, so that neighbours of one colour are told apart. */
static void paint_rims(const u32 *row, const u32 *above, int width, u32 *rgba) {
    for (int x = 0; x < width; x++) {
        bool rim = (x > 0 && row[x - 1] != row[x]) || (above && above[x] != row[x]);
        if (rim && row[x] != PICTURE_NOBODY) rgba[x] = darker(rgba[x]);
    }
}

static void paint_dots(const Picture *p, const PicturePalette *palette, u32 *rgba, size_t pitch) {
    static const double rims_from_pixels = 3;
    bool rims = p->cell_um * p->view.pixels_per_um >= rims_from_pixels;
    u32 table[KEY_TABLE];
    table_fill(table, p, palette);
    for (int y = 0; y < p->view.height; y++) {
        const u32 *row = p->pixel + (size_t)y * (size_t)p->view.width;
        u32 *out = rgba + (size_t)y * pitch;
        for (int x = 0; x < p->view.width; x++) out[x] = table[key_index(row[x])];
        if (rims) paint_rims(row, y > 0 ? row - p->view.width : NULL, p->view.width, out);
    }
}

/* ---- counts ---- */

static u32 most(const u32 *count, size_t n) {
    u32 top = 0;
    for (size_t i = 0; i < n; i++) top = count[i] > top ? count[i] : top;
    return top;
}

/* 0 for nobody, to 255 for the fullest. */
static u32 brightness(u32 count, double log_top) {
    return count ? (u32)(40 + 215 * log1p((double)count) / log_top) : 0;
}

enum { COUNTS = 1024 }; /* whose brightness is known beforehand */

typedef struct Brightness {
    u32 of[COUNTS];
    double log_top;
} Brightness;

static void brightness_fill(Brightness *b, u32 top) {
    b->log_top = log1p((double)(top ? top : 1));
    for (u32 i = 0; i < COUNTS; i++) b->of[i] = i <= top ? brightness(i, b->log_top) : 255;
}

static u32 brightness_of(const Brightness *b, u32 count) {
    return count < COUNTS ? b->of[count] : brightness(count, b->log_top);
}

static void paint_density(const Picture *p, const PicturePalette *palette, u32 *rgba, size_t pitch) {
    Brightness b;
    brightness_fill(&b, most(p->pixel, p->pixels));
    for (int y = 0; y < p->view.height; y++)
        for (int x = 0; x < p->view.width; x++) {
            u32 count = p->pixel[(size_t)y * (size_t)p->view.width + (size_t)x];
            rgba[(size_t)y * pitch + (size_t)x] =
                count ? palette->ramp[brightness_of(&b, count)] : palette->background;
        }
}

/* ---- the cytometer ---- */

static u32 channel_mix(const u32 counts[PICTURE_KINDS], u32 all, const PicturePalette *palette, int shift,
                       u32 light) {
    double sum = 0;
    for (int k = 0; k < PICTURE_KINDS; k++) sum += (double)counts[k] * (palette->kind[k] >> shift & 0xff);
    u32 back = palette->background >> shift & 0xff;
    return (u32)(back + (sum / all - back) * light / 255) << shift;
}

static void paint_flow(const Picture *p, const PicturePalette *palette, u32 *rgba, size_t pitch) {
    size_t layer = (size_t)p->view.width * (size_t)p->view.height;
    Brightness b;
    brightness_fill(&b, most(p->pixel, p->pixels));
    for (size_t i = 0; i < layer; i++) {
        u32 counts[PICTURE_KINDS], all = 0, mixed = 0xff000000u;
        for (int k = 0; k < PICTURE_KINDS; k++) all += counts[k] = p->pixel[(size_t)k * layer + i];
        for (int shift = 0; all && shift < 24; shift += 8)
            mixed |= channel_mix(counts, all, palette, shift, brightness_of(&b, all));
        rgba[i / (size_t)p->view.width * pitch + i % (size_t)p->view.width] =
            all ? mixed : palette->background;
    }
}

void picture_rgba(const Picture *picture, const PicturePalette *palette, u32 *rgba, size_t pitch) {
    switch (picture->view.mode) {
    case PICTURE_DOTS: paint_dots(picture, palette, rgba, pitch); break;
    case PICTURE_DENSITY: paint_density(picture, palette, rgba, pitch); break;
    case PICTURE_FLOW: paint_flow(picture, palette, rgba, pitch); break;
    }
}

/* ---- files ---- */

static Status cannot(const char *path) {
    return status_set(STATUS_FAILED, "%s: cannot be written: %s; choose another file", path, strerror(errno));
}

static void text_add(png_structp png, png_infop info, char *key, char *value) {
    png_text entry = {.compression = PNG_TEXT_COMPRESSION_NONE, .key = key, .text = value};
    png_set_text(png, info, &entry, 1);
}

/* libpng comes back here by longjmp when it cannot go on. */
static bool png_put(png_structp png, png_infop info, FILE *file, const Picture *p, const u32 *rgba) {
    char version[96], time[64];
    if (setjmp(png_jmpbuf(png))) return false;
    snprintf(version, sizeof version, "marrow %s (%s); research and teaching", version_number, version_git);
    snprintf(time, sizeof time, "%.6g h", p->time_h);
    png_init_io(png, file);
    png_set_compression_level(png, 1);
    png_set_IHDR(png, info, (png_uint_32)p->view.width, (png_uint_32)p->view.height, 8,
                 PNG_COLOR_TYPE_RGB_ALPHA, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    text_add(png, info, "Software", version);
    text_add(png, info, "Simulated time", time);
    png_write_info(png, info);
    for (int y = 0; y < p->view.height; y++)
        png_write_row(png, (png_const_bytep)(rgba + (size_t)y * (size_t)p->view.width));
    png_write_end(png, NULL);
    return true;
}

static Status png_write(const Picture *p, const u32 *rgba, const char *path) {
    FILE *file = fopen(path, "wb");
    if (!file) return cannot(path);
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    bool written = info && png_put(png, info, file, p, rgba);
    png_destroy_write_struct(png ? &png : NULL, info ? &info : NULL);
    written = fflush(file) == 0 && written;
    if (fclose(file) != 0 || !written) return cannot(path);
    return STATUS_OK;
}

Status picture_write_png(const Picture *p, const PicturePalette *palette, const char *path) {
    u32 *rgba = malloc((size_t)p->view.width * (size_t)p->view.height * sizeof *rgba);
    REQUIRE(rgba, STATUS_FAILED, "%s: no memory for the picture", path);
    picture_rgba(p, palette, rgba, (size_t)p->view.width);
    Status status = png_write(p, rgba, path);
    free(rgba);
    return status;
}
