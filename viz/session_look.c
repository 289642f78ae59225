/* What pictures show, as words: "mode=density x=270 zoom=4 kinds=blast_marrow,dying". */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "session_state.h"

typedef struct LookWord {
    const char *name;
    bool flow; /* of the cytometer, too */
    bool section;
    Status (*set)(PictureView *view, const char *value);
} LookWord;

static Status number_of(const char *value, double *out) {
    char *end;
    double number = strtod(value, &end);
    REQUIRE(end != value && !*end, STATUS_BAD_INPUT, "%s: takes a number", value);
    *out = number;
    return STATUS_OK;
}

static Status side_of(const char *value, int *out) {
    double number = 0;
    TRY(number_of(value, &number));
    REQUIRE(number >= 1 && number <= PICTURE_WIDEST && number == floor(number), STATUS_BAD_INPUT,
            "%s: takes a whole number from 1 to %d", value, (int)PICTURE_WIDEST);
    *out = (int)number;
    return STATUS_OK;
}

static Status quantity_of(const char *value, Quantity *out) {
    *out = picture_quantity(value);
    REQUIRE(*out < QUANTITIES, STATUS_BAD_INPUT,
            "%s: no such quantity; kind, clone, cd22, bound, surface, occupancy, inside, payload, damage, "
            "cycle, fsc "
            "or ssc",
            value);
    return STATUS_OK;
}

static Status set_mode(PictureView *view, const char *value) {
    bool dots = strcmp(value, "dots") == 0;
    REQUIRE(dots || strcmp(value, "density") == 0, STATUS_BAD_INPUT, "mode %s: takes dots or density", value);
    view->mode = dots ? PICTURE_DOTS : PICTURE_DENSITY;
    return STATUS_OK;
}

static Status set_width(PictureView *view, const char *value) {
    return side_of(value, &view->width);
}

static Status set_height(PictureView *view, const char *value) {
    return side_of(value, &view->height);
}

static Status set_bins(PictureView *view, const char *value) {
    TRY(side_of(value, &view->width));
    view->height = view->width;
    return STATUS_OK;
}

static Status set_x(PictureView *view, const char *value) {
    return number_of(value, &view->x_um);
}

static Status set_y(PictureView *view, const char *value) {
    return number_of(value, &view->y_um);
}

static Status set_zoom(PictureView *view, const char *value) {
    return number_of(value, &view->pixels_per_um);
}

static Status set_cell(PictureView *view, const char *value) {
    return number_of(value, &view->cell_um);
}

/* Another quantity comes with its own range. */
static Status set_colour(PictureView *view, const char *value) {
    view->lo = view->hi = NAN;
    return quantity_of(value, &view->colour);
}

static Status set_lo(PictureView *view, const char *value) {
    return number_of(value, &view->lo);
}

static Status set_hi(PictureView *view, const char *value) {
    return number_of(value, &view->hi);
}

static Status set_across(PictureView *view, const char *value) {
    return quantity_of(value, &view->across);
}

static Status set_up(PictureView *view, const char *value) {
    return quantity_of(value, &view->up);
}

static Status kind_add(const char *name, size_t length, unsigned *kinds) {
    if (length == 3 && strncmp(name, "all", 3) == 0) *kinds = PICTURE_ALL;
    for (int k = 0; k < PICTURE_KINDS; k++)
        if (strlen(picture_kind_names[k]) == length && strncmp(name, picture_kind_names[k], length) == 0)
            *kinds |= 1u << k;
    return STATUS_OK;
}

static Status set_kinds(PictureView *view, const char *value) {
    unsigned kinds = 0;
    for (const char *at = value; *at; at += *at == ',') {
        unsigned before = kinds;
        size_t length = strcspn(at, ",");
        TRY(kind_add(at, length, &kinds));
        REQUIRE(kinds != before || length == 0, STATUS_BAD_INPUT,
                "kinds %s: takes blast_marrow, blast_blood, precursor, mature, dying or all, each once",
                value);
        at += length;
    }
    view->kinds = kinds;
    return STATUS_OK;
}

static const LookWord words[] = {
    {"mode", false, true, set_mode},     {"width", false, true, set_width},
    {"height", false, true, set_height}, {"x", false, true, set_x},
    {"y", false, true, set_y},           {"zoom", false, true, set_zoom},
    {"cell", false, true, set_cell},     {"colour", false, true, set_colour},
    {"lo", false, true, set_lo},         {"hi", false, true, set_hi},
    {"kinds", true, true, set_kinds},    {"bins", true, false, set_bins},
    {"across", true, false, set_across}, {"up", true, false, set_up},
};
enum { WORDS = sizeof words / sizeof words[0] };

static Status word_take(PictureView *view, char *word) {
    char *equals = strchr(word, '=');
    bool flow = view->mode == PICTURE_FLOW;
    REQUIRE(equals, STATUS_BAD_INPUT, "%s: takes KEY=VALUE", word);
    *equals = '\0';
    for (int i = 0; i < WORDS; i++)
        if ((flow ? words[i].flow : words[i].section) && strcmp(words[i].name, word) == 0)
            return words[i].set(view, equals + 1);
    return status_set(STATUS_BAD_INPUT, "%s: not of the %s", word, flow ? "cytometer" : "section");
}

Status look_words(PictureView *view, const char *text) {
    char room[SESSION_LINE], *rest = NULL;
    snprintf(room, sizeof room, "%s", text);
    for (char *word = strtok_r(room, " \t", &rest); word; word = strtok_r(NULL, " \t", &rest))
        TRY(word_take(view, word));
    return picture_view_check(view);
}
