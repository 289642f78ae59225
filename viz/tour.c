#include "tour.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <yaml.h>

#include "script.h"
#include "source.h"
#include "values.h"

typedef struct Reader {
    Tour *tour;
    yaml_document_t document;
} Reader;

static Status wrong(const Reader *reader, const yaml_node_t *node, const char *what) {
    return status_set(STATUS_BAD_INPUT, "%s:%zu: %s", reader->tour->path,
                      node ? node->start_mark.line + 1 : 1, what);
}

static const char *scalar(const yaml_node_t *node) {
    return node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
}

static Status read_text(const Reader *reader, const yaml_node_t *node, char **out) {
    const char *text = scalar(node);
    if (!text) return wrong(reader, node, "a text is needed here");
    free(*out);
    *out = strdup(text);
    REQUIRE(*out, STATUS_FAILED, "%s: out of memory", reader->tour->path);
    return STATUS_OK;
}

static Status read_list(Reader *reader, const yaml_node_t *node, char **out, int *count) {
    if (node->type != YAML_SEQUENCE_NODE) return wrong(reader, node, "a list is needed here");
    for (yaml_node_item_t *i = node->data.sequence.items.start; i < node->data.sequence.items.top; i++) {
        if (*count == TOUR_LINES) return wrong(reader, node, "too long a list: at most 12");
        TRY(read_text(reader, yaml_document_get_node(&reader->document, *i), &out[*count]));
        (*count)++;
    }
    return STATUS_OK;
}

static Status read_step_key(Reader *reader, TourStep *step, const char *key, const yaml_node_t *node,
                            const yaml_node_t *at) {
    if (strcmp(key, "text") == 0) return read_text(reader, node, &step->text);
    if (strcmp(key, "point") == 0) return read_text(reader, node, &step->point);
    if (strcmp(key, "until") == 0) return read_text(reader, node, &step->until);
    if (strcmp(key, "do") == 0) return read_list(reader, node, step->line, &step->lines);
    if (strcmp(key, "expect") == 0) return read_list(reader, node, step->expect, &step->expects);
    return wrong(reader, at, "a step has text, do, point, until and expect");
}

/* Calls for each pair of a mapping. */
#define EACH_PAIR(reader, node, key, value, pair)                                                          \
    for (yaml_node_pair_t *pair = (node)->data.mapping.pairs.start; pair < (node)->data.mapping.pairs.top; \
         pair++)                                                                                           \
        for (const yaml_node_t *key = yaml_document_get_node(&(reader)->document, pair->key),              \
                               *value = yaml_document_get_node(&(reader)->document, pair->value);          \
             key; key = NULL)

static Status read_step(Reader *reader, const yaml_node_t *node) {
    Tour *tour = reader->tour;
    if (node->type != YAML_MAPPING_NODE)
        return wrong(reader, node, "a step is text, do, point, until and expect");
    if (tour->steps == TOUR_STEPS) return wrong(reader, node, "too many steps: at most 32");
    TourStep *step = &tour->step[tour->steps++];
    step->mark = (int)node->start_mark.line + 1;
    EACH_PAIR(reader, node, key, value, pair)
    TRY(read_step_key(reader, step, scalar(key) ? scalar(key) : "", value, key));
    if (!step->text) return wrong(reader, node, "a step needs a text");
    return STATUS_OK;
}

static Status read_steps(Reader *reader, const yaml_node_t *node) {
    if (node->type != YAML_SEQUENCE_NODE) return wrong(reader, node, "steps is a list");
    for (yaml_node_item_t *i = node->data.sequence.items.start; i < node->data.sequence.items.top; i++)
        TRY(read_step(reader, yaml_document_get_node(&reader->document, *i)));
    return STATUS_OK;
}

static Status read_key(Reader *reader, const char *key, const yaml_node_t *node, const yaml_node_t *at) {
    Tour *tour = reader->tour;
    if (strcmp(key, "title") == 0) return read_text(reader, node, &tour->title);
    if (strcmp(key, "config") == 0) return read_text(reader, node, &tour->config);
    if (strcmp(key, "set") == 0) return read_list(reader, node, tour->set, &tour->sets);
    if (strcmp(key, "steps") == 0) return read_steps(reader, node);
    return wrong(reader, at, "a tour has title, config, set and steps");
}

static Status read_root(Reader *reader) {
    const yaml_node_t *root = yaml_document_get_root_node(&reader->document);
    if (!root || root->type != YAML_MAPPING_NODE)
        return wrong(reader, root, "a tour has title, config, set and steps");
    EACH_PAIR(reader, root, key, value, pair)
    TRY(read_key(reader, scalar(key) ? scalar(key) : "", value, key));
    if (!reader->tour->title || !reader->tour->config || !reader->tour->steps)
        return wrong(reader, root, "a tour needs title, config and steps");
    return STATUS_OK;
}

/* The config lies relative to the tour. */
static Status place_config(Tour *tour) {
    const char *slash = strrchr(tour->path, '/');
    char *whole;
    if (tour->config[0] == '/' || !slash) return STATUS_OK;
    REQUIRE(asprintf(&whole, "%.*s/%s", (int)(slash - tour->path), tour->path, tour->config) >= 0,
            STATUS_FAILED, "out of memory");
    free(tour->config);
    tour->config = whole;
    return STATUS_OK;
}

static Status read_tour(Tour *tour, FILE *file) {
    Reader reader = {.tour = tour};
    yaml_parser_t parser;
    REQUIRE(yaml_parser_initialize(&parser), STATUS_FAILED, "%s: out of memory", tour->path);
    yaml_parser_set_input_file(&parser, file);
    bool fine = yaml_parser_load(&parser, &reader.document);
    Status status = fine
                        ? read_root(&reader)
                        : status_set(STATUS_BAD_INPUT, "%s:%zu: %s", tour->path, parser.problem_mark.line + 1,
                                     parser.problem ? parser.problem : "no YAML");
    if (fine) yaml_document_delete(&reader.document);
    yaml_parser_delete(&parser);
    return status == STATUS_OK ? place_config(tour) : status;
}

/* This program's own folder, with '/' at its end. */
static void program_folder(char folder[512]) {
    ssize_t length = readlink("/proc/self/exe", folder, 511);
    folder[length > 0 ? length : 0] = '\0';
    char *slash = strrchr(folder, '/');
    if (slash) slash[1] = '\0';
}

/* A file as it is named; a name in this folder's configs/tours, in those the program was built with, or where
 * they are installed. */
static FILE *find_file(Tour *tour, const char *name) {
    static const char *const places[] = {"../configs/tours", "../../share/marrow/configs/tours"};
    char folder[512];
    snprintf(tour->path, sizeof tour->path, "%s", name);
    FILE *file = strchr(name, '/') || strstr(name, ".yaml") ? fopen(tour->path, "rb") : NULL;
    if (file) return file;
    snprintf(tour->path, sizeof tour->path, "configs/tours/%s.yaml", name);
    file = fopen(tour->path, "rb");
    program_folder(folder);
    for (int i = 0; i < 2 && !file; i++) {
        snprintf(tour->path, sizeof tour->path, "%s%s/%s.yaml", folder, places[i], name);
        file = fopen(tour->path, "rb");
    }
    return file;
}

Status tour_open(Tour **out, const char *name) {
    Tour *tour = calloc(1, sizeof *tour);
    REQUIRE(tour, STATUS_FAILED, "tour: out of memory");
    FILE *file = find_file(tour, name);
    Status status =
        file ? read_tour(tour, file)
             : status_set(
                   STATUS_BAD_INPUT,
                   "--tour %s: no such tour; configs/tours has adc, doses, cd22-low, sink, mrd, healthy",
                   name);
    if (file) fclose(file);
    if (status == STATUS_OK) status = script_open(&tour->script, NULL);
    if (status == STATUS_OK)
        *out = tour;
    else
        tour_close(tour);
    return status;
}

static void free_list(char **list, int count) {
    for (int i = 0; i < count; i++) free(list[i]);
}

void tour_close(Tour *tour) {
    if (!tour) return;
    for (int i = 0; i < tour->steps; i++) {
        TourStep *step = &tour->step[i];
        free_list(step->line, step->lines);
        free_list(step->expect, step->expects);
        free(step->text), free(step->point), free(step->until);
    }
    free_list(tour->set, tour->sets);
    script_close(tour->script);
    free(tour->title), free(tour->config);
    free(tour);
}

Status tour_options(const Tour *tour, Options *options) {
    int given = options->assignment_count, all = given + tour->sets;
    char **assignments = calloc((size_t)all + 1, sizeof *assignments);
    REQUIRE(assignments, STATUS_FAILED, "out of memory");
    for (int i = 0; i < tour->sets; i++) assignments[i] = strdup(tour->set[i]);
    for (int i = 0; i < given; i++) assignments[tour->sets + i] = options->assignments[i];
    free(options->assignments);
    options->assignments = assignments;
    options->assignment_count = all;
    if (!options->config_path) options->config_path = tour->config;
    for (int i = 0; i < all; i++) REQUIRE(assignments[i], STATUS_FAILED, "out of memory");
    return STATUS_OK;
}

static void enter(Viewer *viewer, int step) {
    Tour *tour = viewer->tour;
    tour->at = step;
    tour->line = 0;
    tour->kept = tour->reached = false;
    tour->shown_s = viewer->now_s;
}

void tour_next(Viewer *viewer) {
    Tour *tour = viewer->tour;
    if (!tour) return;
    if (tour->at + 1 < tour->steps)
        enter(viewer, tour->at + 1);
    else
        tour->left = true;
}

/* Back to the moment at which the step before began. */
void tour_back(Viewer *viewer) {
    Tour *tour = viewer->tour;
    if (!tour || tour->at == 0) return;
    enter(viewer, tour->at - 1);
    viewer_ask(viewer, "pause");
    viewer_ask(viewer, "load tour-%d", tour->at);
    tour->kept = true;
}

static Status do_lines(Viewer *viewer, Tour *tour, const TourStep *step, const char *place) {
    if (!tour->kept) {
        char save[32];
        snprintf(save, sizeof save, "save tour-%d", tour->at);
        tour->kept = true;
        return script_say(tour->script, viewer, place, save);
    }
    while (tour->line < step->lines && !script_busy(tour->script))
        TRY(script_say(tour->script, viewer, place, step->line[tour->line++]));
    return STATUS_OK;
}

static Status check_expected(const Viewer *viewer, const TourStep *step, const char *place) {
    for (int i = 0; i < step->expects; i++) {
        bool holds = false;
        TRY(script_holds(viewer, place, step->expect[i], &holds));
        REQUIRE(holds, STATUS_FAILED, "%s: expected %s, which does not hold", place, step->expect[i]);
    }
    return STATUS_OK;
}

Status tour_step(Viewer *viewer) {
    Tour *tour = viewer->tour;
    static const double patience_s = 300;
    if (!tour || tour->left || viewer->status.state == SESSION_OPENING || !viewer->frame) return STATUS_OK;
    const TourStep *step = &tour->step[tour->at];
    char place[1100];
    snprintf(place, sizeof place, "%s:%d", tour->path, step->mark);
    TRY(script_step(tour->script, viewer));
    if (script_busy(tour->script)) return STATUS_OK;
    TRY(do_lines(viewer, tour, step, place));
    if (tour->line < step->lines || script_busy(tour->script) || !source_settled(viewer)) return STATUS_OK;
    bool holds = true;
    if (step->until) TRY(script_holds(viewer, place, step->until, &holds));
    tour->reached = tour->reached || holds;
    if (!tour->unattended) return STATUS_OK;
    REQUIRE(tour->reached || viewer->now_s - tour->shown_s < patience_s, STATUS_FAILED,
            "%s: waited in vain for %s", place, step->until);
    if (!tour->reached) return STATUS_OK;
    TRY(check_expected(viewer, step, place));
    tour_next(viewer);
    if (tour->left) viewer->quit = true;
    return STATUS_OK;
}
