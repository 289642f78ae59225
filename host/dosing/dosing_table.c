#include "dosing/dosing_table.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dosing/dosing_rows.h"

/* Shorter than this there is no telling an infusion from a bolus, and a solver could not step over it. */
static const double shortest_infusion_h = 1e-9;

/* When a row happens: itself (`additional` 0), or its ADDL dose of that number. */
typedef struct Event {
    double time_h;
    int row, additional;
} Event;

typedef struct Events {
    Event *items;
    size_t count, room;
} Events;

static Status event_add(Events *events, Event event, const char *name, int line) {
    REQUIRE(events->count < DOSING_ROWS, STATUS_BAD_INPUT, "%s:%d: more than %d doses and rows; shorten ADDL",
            name, line, DOSING_ROWS);
    if (events->count == events->room) {
        size_t room = events->room ? 2 * events->room : 64;
        Event *items = realloc(events->items, room * sizeof *items);
        REQUIRE(items, STATUS_FAILED, "%s: out of memory; use a smaller table", name);
        events->items = items;
        events->room = room;
    }
    events->items[events->count++] = event;
    return STATUS_OK;
}

/* From the last row back, so that the reset which ends a series is already known. */
static Status events_expand(Events *events, const DosingRows *rows, const char *name) {
    double next_reset_h = INFINITY;
    for (int i = (int)rows->count - 1; i >= 0; i--) {
        const DosingRow *row = &rows->rows[i];
        TRY(event_add(events, (Event){row->time_h, i, 0}, name, row->line));
        for (int k = 1; k <= row->additional; k++) {
            double time_h = row->time_h + k * row->interval_h;
            if (time_h >= next_reset_h) break;
            TRY(event_add(events, (Event){time_h, i, k}, name, row->line));
        }
        if (row->evid == 3 || row->evid == 4) next_reset_h = row->time_h;
    }
    return STATUS_OK;
}

static int event_compare(const void *left, const void *right) {
    const Event *a = left, *b = right;
    bool a_listed = a->additional == 0, b_listed = b->additional == 0;
    if (a->time_h != b->time_h) return a->time_h < b->time_h ? -1 : 1;
    if (a_listed != b_listed) return a_listed ? 1 : -1;
    if (a->row != b->row) return a->row < b->row ? -1 : 1;
    return (a->additional > b->additional) - (a->additional < b->additional);
}

double dosing_rate(double time_h, double amount_mg, double rate_mg_per_h) {
    double length_h = rate_mg_per_h > 0 ? amount_mg / rate_mg_per_h : 0;
    return length_h < shortest_infusion_h || time_h + length_h <= time_h ? 0 : rate_mg_per_h;
}

static DoseRecord event_record(const Event *event, const DosingRow *row) {
    static const DoseKind kinds[] = {DOSE_OBSERVATION, DOSE_GIVEN, DOSE_OTHER, DOSE_RESET, DOSE_GIVEN};
    DoseRecord record = {.time_h = event->time_h,
                         .amount_mg = row->amount_mg,
                         .rate_mg_per_h = dosing_rate(event->time_h, row->amount_mg, row->rate_mg_per_h),
                         .kind = kinds[row->evid],
                         .evid = event->additional ? 1 : row->evid, /* only the first dose of EVID 4 resets */
                         .observed = row->observed};
    if (event->additional)
        snprintf(record.note, sizeof record.note, "row %d ADDL %d", event->row + 1, event->additional);
    else
        snprintf(record.note, sizeof record.note, "row %d", event->row + 1);
    return record;
}

static Status records_make(const Events *events, const DosingRows *rows, const char *name,
                           DoseRecord **records) {
    if (events->count) qsort(events->items, events->count, sizeof *events->items, event_compare);
    DoseRecord *made = malloc(events->count * sizeof *made);
    REQUIRE(made, STATUS_FAILED, "%s: out of memory; use a smaller table", name);
    for (size_t i = 0; i < events->count; i++)
        made[i] = event_record(&events->items[i], &rows->rows[events->items[i].row]);
    *records = made;
    return STATUS_OK;
}

Status dosing_table_parse(const char *name, char *text, size_t length, double bsa_m2, DoseRecord **records,
                          size_t *count) {
    DosingRows rows = {0};
    Events events = {0};
    *records = NULL;
    Status status = dosing_rows_parse(&rows, name, text, length, bsa_m2);
    if (status == STATUS_OK) status = events_expand(&events, &rows, name);
    if (status == STATUS_OK) status = records_make(&events, &rows, name, records);
    *count = *records ? events.count : 0;
    free(rows.rows);
    free(events.items);
    return status;
}

static Status text_read(const char *path, char *text, size_t *length) {
    FILE *file = fopen(path, "rb");
    REQUIRE(file, STATUS_BAD_INPUT, "%s: the dosing table cannot be opened (%s); check the path", path,
            strerror(errno));
    *length = fread(text, 1, DOSING_TABLE_BYTES + 1, file);
    int failed = ferror(file) ? errno : 0;
    fclose(file);
    REQUIRE(!failed, STATUS_BAD_INPUT, "%s: the dosing table cannot be read (%s); check the path", path,
            strerror(failed));
    REQUIRE(*length <= DOSING_TABLE_BYTES, STATUS_BAD_INPUT, "%s: larger than %d MiB; use a smaller table",
            path, DOSING_TABLE_BYTES >> 20);
    text[*length] = '\0';
    return STATUS_OK;
}

Status dosing_table_read(const char *path, double bsa_m2, DoseRecord **records, size_t *count) {
    size_t length = 0;
    *records = NULL;
    *count = 0;
    char *text = malloc(DOSING_TABLE_BYTES + 2);
    REQUIRE(text, STATUS_FAILED, "%s: out of memory; free some", path);
    Status status = text_read(path, text, &length);
    if (status == STATUS_OK) status = dosing_table_parse(path, text, length, bsa_m2, records, count);
    free(text);
    return status;
}
