#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "dosing/dosing_state.h"
#include "dosing/dosing_table.h"

/* Adds to the running rate, keeping what rounding loses: rates that came and went leave nothing behind. */
static void rate_add(Dosing *dosing, double rate_mg_per_h) {
    double before = dosing->rate_mg_per_h, after = before + rate_mg_per_h;
    double added = after - before;
    dosing->rate_error_mg_per_h += (before - (after - added)) + (rate_mg_per_h - added);
    dosing->rate_mg_per_h = after;
}

static void running_clear(Dosing *dosing) {
    dosing->running_count = 0;
    dosing->rate_mg_per_h = dosing->rate_error_mg_per_h = 0;
}

static void running_push(Dosing *dosing, Infusion infusion) {
    Infusion *heap = dosing->running;
    size_t i = dosing->running_count++;
    for (; i > 0 && heap[(i - 1) / 2].end_h > infusion.end_h; i = (i - 1) / 2) heap[i] = heap[(i - 1) / 2];
    heap[i] = infusion;
    rate_add(dosing, infusion.rate_mg_per_h);
}

static void running_pop(Dosing *dosing) {
    Infusion *heap = dosing->running;
    rate_add(dosing, -heap[0].rate_mg_per_h);
    size_t count = --dosing->running_count;
    Infusion last = heap[count];
    size_t i = 0;
    for (size_t child = 1; child < count; child = 2 * i + 1) {
        if (child + 1 < count && heap[child + 1].end_h < heap[child].end_h) child++;
        if (last.end_h <= heap[child].end_h) break;
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = last;
    if (count == 0) running_clear(dosing);
}

/* What a record that is due does to the input. */
static void give(Dosing *dosing, size_t index, DoseSegment *segment) {
    const DoseRecord *record = &dosing->plan[index];
    if (record->evid == 3 || record->evid == 4) {
        running_clear(dosing);
        segment->reset = true;
        segment->bolus_mg = 0; /* what went in before the reset, at its own time, goes with it */
    }
    if (record->kind != DOSE_GIVEN) return;
    if (record->rate_mg_per_h > 0) {
        double end_h = record->time_h + record->amount_mg / record->rate_mg_per_h;
        running_push(dosing, (Infusion){end_h, record->rate_mg_per_h, index});
    } else {
        segment->bolus_mg += record->amount_mg;
    }
}

/* The first change of input after now, or `until_h`. Rows that change nothing are passed over as done. */
static double next_change(Dosing *dosing, double until_h) {
    double end_h = until_h;
    if (dosing->running_count) end_h = fmin(end_h, dosing->running[0].end_h);
    if (!dosing_is_held(dosing)) end_h = fmin(end_h, label_due_h(dosing));
    for (size_t i = plan_next(dosing); i < dosing->planned; i = plan_next(dosing)) {
        const DoseRecord *record = &dosing->plan[i];
        if (record->time_h >= end_h) return end_h;
        if (record->kind == DOSE_GIVEN || record->kind == DOSE_RESET) return record->time_h;
        plan_take(dosing, i);
    }
    return end_h;
}

static void give_due(Dosing *dosing, double from_h, DoseSegment *segment) {
    for (size_t i = plan_next(dosing); i < dosing->planned; i = plan_next(dosing)) {
        if (dosing->plan[i].time_h > from_h) return;
        plan_take(dosing, i);
        give(dosing, dosing->done - 1, segment);
    }
}

Status dosing_segment(Dosing *dosing, double from_h, double until_h, double blast_fraction,
                      DoseSegment *segment) {
    REQUIRE(
        from_h == dosing->now_h && until_h > from_h, STATUS_FAILED,
        "dosing: asked for %.17g to %.17g h, but the last stretch ended at %.17g h; ask for what follows it",
        from_h, until_h, dosing->now_h);
    *segment = (DoseSegment){.start_h = from_h};
    if (!dosing_is_held(dosing) && label_due_h(dosing) <= from_h) TRY(label_plan(dosing, blast_fraction));
    while (dosing->running_count && dosing->running[0].end_h <= from_h) running_pop(dosing);
    give_due(dosing, from_h, segment);
    segment->rate_mg_per_h = dosing->rate_mg_per_h + dosing->rate_error_mg_per_h;
    segment->end_h = dosing->now_h = next_change(dosing, until_h);
    return STATUS_OK;
}

size_t dosing_records(const Dosing *dosing, const DoseRecord **records) {
    *records = dosing->plan;
    return dosing->done;
}

static void number_write(FILE *out, double value) {
    char text[TEXT_NUMBER];
    fputs(text_number(value, text), out);
}

static void record_write(FILE *out, const DoseRecord *record, bool observations) {
    const double numbers[] = {record->time_h, record->amount_mg, record->rate_mg_per_h};
    fputc('1', out);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        fputc(',', out);
        number_write(out, numbers[i]);
    }
    fprintf(out, ",%d,1,0,0", record->evid);
    if (observations) fputc(',', out);
    if (observations && isnan(record->observed)) fputc('.', out);
    if (observations && !isnan(record->observed)) number_write(out, record->observed);
    fputc('\n', out);
}

Status dosing_write(const Dosing *dosing, FILE *out) {
    static const DoseRecord nothing = {.kind = DOSE_OTHER, .evid = 2, .observed = NAN};
    bool observations = false, empty = true;
    for (size_t i = 0; i < dosing->done; i++)
        observations |= dosing->plan[i].kind == DOSE_OBSERVATION && !isnan(dosing->plan[i].observed);
    fprintf(out, "ID,TIME,AMT,RATE,EVID,CMT,II,ADDL%s\n", observations ? ",DV" : "");
    for (size_t i = 0; i < dosing->done; i++) {
        if (dose_is_change(dosing->plan[i].kind)) continue;
        record_write(out, &dosing->plan[i], observations);
        empty = false;
    }
    /* A table without rows is refused, so an untreated patient is a row that does nothing. */
    if (empty) record_write(out, &nothing, false);
    REQUIRE(fflush(out) == 0 && !ferror(out), STATUS_FAILED,
            "doses: the table could not be written; check that the disk is not full");
    return STATUS_OK;
}

static Status label_open(Dosing *dosing, const Config *config) {
    dosing->bsa_m2 = config->patient.bsa_m2;
    dosing->mg_per_m2 = config->dosing.mg_per_m2;
    dosing->seed = (uint64_t)config->simulation.seed;
    dosing->window_d = config->dosing.window_d;
    dosing->cycles = dosing->mg_per_m2 == 0 ? 0 : LABEL_CYCLES; /* doses of nothing are not given */
    return plan_reserve(dosing, LABEL_CYCLES * CYCLE_DOSES);
}

static Status table_open(Dosing *dosing, const Config *config, const char *path) {
    REQUIRE(isnan(config->dosing.mg_per_m2), STATUS_BAD_INPUT,
            "dosing.mg_per_m2: changes the label regimen only, not the table %s; change AMT there", path);
    REQUIRE(config->dosing.window_d == 0, STATUS_BAD_INPUT,
            "dosing.window_d: moves doses of the label regimen only, not of the table %s; change TIME there",
            path);
    TRY(dosing_table_read(path, config->patient.bsa_m2, &dosing->plan, &dosing->planned));
    dosing->plan_room = dosing->planned;
    return plan_reserve(dosing, 0);
}

static bool is_table(const char *name) {
    size_t length = strlen(name);
    return length > 4 && strcmp(name + length - 4, ".csv") == 0;
}

static Status dosing_open(Dosing *dosing, const Config *config) {
    const char *regimen = config->dosing.regimen;
    if (config->dosing.file[0]) return table_open(dosing, config, config->dosing.file);
    if (strcmp(regimen, "none") == 0) return STATUS_OK;
    if (strcmp(regimen, "label") == 0) return label_open(dosing, config);
    REQUIRE(is_table(regimen), STATUS_BAD_INPUT,
            "dosing.regimen: '%s' is not known; use label, none or a dosing table ending in .csv", regimen);
    return table_open(dosing, config, regimen);
}

Status dosing_create(Dosing **out, const Config *config) {
    *out = NULL;
    Dosing *dosing = calloc(1, sizeof *dosing);
    REQUIRE(dosing, STATUS_FAILED, "dosing: out of memory; free some");
    dosing->cycle_doses = CYCLE_DOSES;
    dosing->responded = -1;
    dosing->scale = 1;
    dosing->held_since_h = NAN;
    Status status = dosing_open(dosing, config);
    if (status == STATUS_OK)
        *out = dosing;
    else
        dosing_destroy(dosing);
    return status;
}

/* All of `from`, in lists of its own. */
static Status state_copy(Dosing *to, const Dosing *from) {
    TRY(plan_fit(to, from->planned));
    DoseRecord *plan = to->plan;
    Infusion *running = to->running;
    size_t plan_room = to->plan_room, running_room = to->running_room;
    *to = *from;
    to->plan = plan, to->running = running;
    to->plan_room = plan_room, to->running_room = running_room;
    if (from->planned) memcpy(plan, from->plan, from->planned * sizeof *plan);
    if (from->running_count) memcpy(running, from->running, from->running_count * sizeof *running);
    return STATUS_OK;
}

Status dosing_save(const Dosing *dosing, Dosing **saved) {
    *saved = calloc(1, sizeof **saved);
    REQUIRE(*saved, STATUS_FAILED, "dosing: out of memory; free some");
    Status status = state_copy(*saved, dosing);
    if (status == STATUS_OK) return STATUS_OK;
    dosing_destroy(*saved);
    *saved = NULL;
    return status;
}

Status dosing_restore(Dosing *dosing, const Dosing *saved) {
    REQUIRE(dosing->opened == saved->opened && dosing->bsa_m2 == saved->bsa_m2, STATUS_FAILED,
            "dosing: saved from another schedule; start anew");
    return state_copy(dosing, saved);
}

void dosing_destroy(Dosing *dosing) {
    if (!dosing) return;
    free(dosing->plan);
    free(dosing->running);
    free(dosing);
}
