#include "shot.h"

#include <errno.h>
#include <inttypes.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/version.h"

/* libpng's simplified form has no text chunks, so the full one writes; errors come back by longjmp. */
typedef struct Texts {
    char title[128], software[96], source[160];
    png_text chunk[4];
    int count;
} Texts;

static void add_text(Texts *texts, char *key, char *text) {
    png_text *chunk = &texts->chunk[texts->count++];
    *chunk = (png_text){.compression = PNG_TEXT_COMPRESSION_NONE, .key = key, .text = text};
}

static void fill_texts(Texts *texts, const Viewer *viewer) {
    char hash[17];
    static char disclaimer[] = "Research and teaching; not for treating patients";
    config_hash(&viewer->config, hash);
    snprintf(texts->software, sizeof texts->software, "marrow %s (%s)", version_number, version_git);
    snprintf(texts->source, sizeof texts->source, "config %s, seed %" PRId64 ", branch %d", hash,
             viewer->status.seed, viewer->status.branch);
    snprintf(texts->title, sizeof texts->title, "%s, day %.6g", viewer->config.drug.name,
             viewer->status.time_h / 24);
    add_text(texts, "Title", texts->title);
    add_text(texts, "Software", texts->software);
    add_text(texts, "Source", texts->source);
    add_text(texts, "Disclaimer", disclaimer);
}

static void write_rows(png_structp png, const uint32_t *pixels, int w, int h) {
    for (int y = 0; y < h; y++) png_write_row(png, (png_const_bytep)(pixels + (size_t)y * (size_t)w));
}

static bool write_file(FILE *file, Texts *texts, const uint32_t *pixels, int w, int h) {
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (!info || setjmp(png_jmpbuf(png))) {
        png_destroy_write_struct(&png, &info);
        return false;
    }
    png_init_io(png, file);
    png_set_compression_level(png, texts->count ? 3 : 9); /* without texts: to be kept, so small */
    png_set_IHDR(png, info, (png_uint_32)w, (png_uint_32)h, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (texts->count) png_set_text(png, info, texts->chunk, texts->count);
    png_write_info(png, info);
    png_set_filler(png, 0, PNG_FILLER_AFTER);
    write_rows(png, pixels, w, h);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    return true;
}

Status shot_png(const Viewer *viewer, const char *path, const uint32_t *pixels, int w, int h) {
    Texts texts = {.count = 0};
    if (viewer) fill_texts(&texts, viewer);
    FILE *file = fopen(path, "wb");
    REQUIRE(file, STATUS_FAILED, "%s: cannot be written: %s", path, strerror(errno));
    bool fine = write_file(file, &texts, pixels, w, h);
    if (fclose(file) != 0) fine = false;
    REQUIRE(fine, STATUS_FAILED, "%s: cannot be written: %s", path, strerror(errno));
    return STATUS_OK;
}

Status shot_write(Viewer *viewer, const char *path) {
    int w = viewer->window.w, h = viewer->window.h;
    uint32_t *pixels = malloc(sizeof *pixels * (size_t)w * (size_t)h);
    REQUIRE(pixels, STATUS_FAILED, "%s: out of memory", path);
    Status status = window_read(&viewer->window, pixels);
    if (status == STATUS_OK) status = shot_png(viewer, path, pixels, w, h);
    free(pixels);
    return status;
}

Status shot_read_png(const char *path, uint32_t **pixels, int *w, int *h) {
    png_image image = {.version = PNG_IMAGE_VERSION};
    *pixels = NULL;
    REQUIRE(png_image_begin_read_from_file(&image, path), STATUS_BAD_INPUT, "%s: %s", path, image.message);
    image.format = PNG_FORMAT_RGBA;
    *pixels = malloc(PNG_IMAGE_SIZE(image));
    if (!*pixels || !png_image_finish_read(&image, NULL, *pixels, 0, NULL)) {
        free(*pixels);
        *pixels = NULL;
        png_image_free(&image);
        return status_set(STATUS_BAD_INPUT, "%s: %s", path, *image.message ? image.message : "out of memory");
    }
    *w = (int)image.width, *h = (int)image.height;
    return STATUS_OK;
}

static bool differs(uint32_t a, uint32_t b, int tolerance) {
    for (int shift = 0; shift < 24; shift += 8)
        if (abs((int)(a >> shift & 255) - (int)(b >> shift & 255)) > tolerance) return true;
    return false;
}

double shot_difference(const uint32_t *a, int aw, int ah, const uint32_t *b, int bw, int bh, int tolerance) {
    if (aw != bw || ah != bh) return 1;
    size_t pixels = (size_t)aw * (size_t)ah, different = 0;
    for (size_t i = 0; i < pixels; i++) different += differs(a[i], b[i], tolerance);
    return (double)different / (double)pixels;
}
