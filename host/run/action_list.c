/* Actions in order of time, and the file they come from. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/action.h"

/* Times are multiples of dt_h that went through text. */
static const double slack_h = 1e-9;

Status actions_reserve(ActionList *list, size_t room) {
    if (room <= list->room) return STATUS_OK;
    Action *grown = realloc(list->item, room * sizeof *grown);
    REQUIRE(grown, STATUS_FAILED, "actions: out of memory");
    list->item = grown;
    list->room = room;
    return STATUS_OK;
}

static Status insert(ActionList *list, size_t at, double time_h, const char *text) {
    if (list->count == list->room) TRY(actions_reserve(list, list->room ? 2 * list->room : 16));
    memmove(&list->item[at + 1], &list->item[at], (list->count - at) * sizeof *list->item);
    list->item[at] = (Action){.time_h = time_h};
    snprintf(list->item[at].text, sizeof list->item[at].text, "%s", text);
    list->count++;
    return STATUS_OK;
}

Status actions_add(ActionList *list, double time_h, const char *text) {
    size_t at = list->count;
    while (at > list->done && list->item[at - 1].time_h > time_h) at--;
    return insert(list, at, time_h, text);
}

Status actions_put(ActionList *list, double time_h, const char *text) {
    TRY(insert(list, list->done, time_h, text));
    list->done++;
    return STATUS_OK;
}

void actions_cut(ActionList *list, size_t count) {
    if (count < list->count) list->count = count;
    if (list->done > list->count) list->done = list->count;
}

void actions_drop(ActionList *list) {
    size_t at = list->done, after = --list->count - at;
    memmove(&list->item[at], &list->item[at + 1], after * sizeof *list->item);
}

Status actions_copy(ActionList *to, const ActionList *from) {
    actions_cut(to, 0);
    for (size_t i = 0; i < from->count; i++) TRY(actions_add(to, from->item[i].time_h, from->item[i].text));
    to->done = from->done;
    return STATUS_OK;
}

void actions_destroy(ActionList *list) {
    free(list->item);
    *list = (ActionList){0};
}

const Action *actions_due(const ActionList *list, double time_h) {
    if (list->done == list->count || list->item[list->done].time_h > time_h + slack_h) return NULL;
    return &list->item[list->done];
}

/* time_h,action,CODE,,TEXT: four commas, then the line. False: another kind of row. */
static bool row_take(char *line, double *time_h, const char **text) {
    char *field[5] = {line}, *end;
    for (int i = 1; i < 5; i++) {
        char *comma = strchr(field[i - 1], ',');
        if (!comma) return false;
        *comma = '\0';
        field[i] = comma + 1;
    }
    if (strcmp(field[1], "action") != 0) return false;
    *time_h = strtod(field[0], &end);
    if (end == field[0] || *end) *time_h = NAN;
    *text = field[4];
    return true;
}

static Status line_read(ActionList *list, char *line) {
    double time_h;
    const char *text;
    line[strcspn(line, "\r\n")] = '\0';
    if (!row_take(line, &time_h, &text)) return STATUS_OK;
    REQUIRE(time_h >= 0 && isfinite(time_h), STATUS_BAD_INPUT,
            "%s: no time; give hours from the start, 0 or more", line);
    TRY(action_check(text));
    return actions_add(list, time_h, text);
}

static Status place(const char *path, int number) {
    char message[1024];
    snprintf(message, sizeof message, "%s", status_message());
    return status_set(STATUS_BAD_INPUT, "%s:%d: %s", path, number, message);
}

static Status lines_read(ActionList *list, FILE *in, const char *path, bool whole_only) {
    char *line = NULL;
    size_t room = 0;
    Status status = STATUS_OK;
    for (int number = 1; status == STATUS_OK && getline(&line, &room, in) > 0; number++) {
        if (whole_only && !strchr(line, '\n')) break;
        bool header = strncmp(line, "time_h,kind,code,value,detail", 29) == 0;
        if (number == 1 && !header)
            status = status_set(STATUS_BAD_INPUT,
                                "%s:1: not a file of actions; its first line is "
                                "time_h,kind,code,value,detail, as in events.csv",
                                path);
        else if (number > 1 && line_read(list, line) != STATUS_OK)
            status = place(path, number);
    }
    free(line);
    REQUIRE(status != STATUS_OK || !ferror(in), STATUS_FAILED, "%s: cannot be read: %s; check the file", path,
            strerror(errno));
    return status;
}

Status actions_read(ActionList *list, const char *path) {
    FILE *in = fopen(path, "r");
    REQUIRE(in, STATUS_BAD_INPUT, "%s: cannot be read: %s; give a file of the form of events.csv", path,
            strerror(errno));
    Status status = lines_read(list, in, path, false);
    fclose(in);
    return status;
}

Status actions_read_own(ActionList *list, const char *path) {
    FILE *in = fopen(path, "r");
    if (!in && errno == ENOENT) return STATUS_OK;
    REQUIRE(in, STATUS_FAILED, "%s: cannot be read: %s; make it readable", path, strerror(errno));
    Status status = lines_read(list, in, path, true);
    fclose(in);
    return status;
}
