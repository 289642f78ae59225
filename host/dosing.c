#include "dosing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dosing_table.h"
#include "text.h"

enum { CYCLE_DOSES = 3, LABEL_CYCLES = 6 };

static const int label_day[CYCLE_DOSES] = {1, 8, 15};
static const double label_infusion_h = 1;
/* Marrow blasts below this when a cycle starts: it is given as after a response. */
static const double label_response_fraction = 0.05;

/* One cycle of the label, mg/m2 (inotuzumab ozogamicin prescribing information, section 2.2). */
typedef struct LabelCycle {
    double length_d;
    double without_response[CYCLE_DOSES], after_response[CYCLE_DOSES];
} LabelCycle;

static const LabelCycle label_cycles[LABEL_CYCLES] = {
    {21, {0.8, 0.5, 0.5}, {0.8, 0.5, 0.5}}, /* response is not asked before the first cycle */
    {28, {0.8, 0.5, 0.5}, {0.5, 0.5, 0.5}}, {28, {0.8, 0.5, 0.5}, {0.5, 0.5, 0.5}},
    {28, {0.8, 0.5, 0.5}, {0.5, 0.5, 0.5}}, {28, {0.8, 0.5, 0.5}, {0.5, 0.5, 0.5}},
    {28, {0.8, 0.5, 0.5}, {0.5, 0.5, 0.5}},
};

typedef struct Infusion {
    double end_h, rate_mg_per_h;
} Infusion;

struct Dosing {
    /* Everything known to be coming, in order; the first `done` have happened. */
    DoseRecord *plan;
    size_t planned, done;
    /* Running infusions, a heap with the first to end on top; room for all of the plan. */
    Infusion *running;
    size_t running_count, room;
    double rate_mg_per_h, rate_error_mg_per_h; /* their sum, and what rounding took from it */
    /* The label's cycles are planned when they start. */
    int cycle, cycles; /* next, and how many there are: 0 for a table */
    double cycle_start_h;
    double bsa_m2, mg_per_m2; /* mg_per_m2 NaN: as the label says */
    double now_h;
};

static double cycle_dose_mg(const Dosing *dosing, int dose, bool response) {
    const LabelCycle *cycle = &label_cycles[dosing->cycle];
    double label_mg_per_m2 = (response ? cycle->after_response : cycle->without_response)[dose];
    return (isnan(dosing->mg_per_m2) ? label_mg_per_m2 : dosing->mg_per_m2) * dosing->bsa_m2;
}

static void cycle_plan(Dosing *dosing, double blast_fraction) {
    bool response = blast_fraction < label_response_fraction;
    for (int i = 0; i < CYCLE_DOSES; i++) {
        DoseRecord *record = &dosing->plan[dosing->planned++];
        double amount_mg = cycle_dose_mg(dosing, i, response);
        *record = (DoseRecord){.time_h = dosing->cycle_start_h + 24 * (label_day[i] - 1),
                               .amount_mg = amount_mg,
                               .rate_mg_per_h = amount_mg / label_infusion_h,
                               .kind = DOSE_GIVEN,
                               .evid = 1,
                               .observed = NAN};
        snprintf(record->note, sizeof record->note, "cycle %d day %d", dosing->cycle + 1, label_day[i]);
    }
    dosing->cycle_start_h += 24 * label_cycles[dosing->cycle++].length_d;
}

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

static void give(Dosing *dosing, const DoseRecord *record, DoseSegment *segment) {
    if (record->evid == 3 || record->evid == 4) {
        running_clear(dosing);
        segment->reset = true;
        segment->bolus_mg = 0; /* what went in before the reset, at its own time, goes with it */
    }
    if (record->kind != DOSE_GIVEN) return;
    if (record->rate_mg_per_h > 0) {
        double end_h = record->time_h + record->amount_mg / record->rate_mg_per_h;
        running_push(dosing, (Infusion){end_h, record->rate_mg_per_h});
    } else {
        segment->bolus_mg += record->amount_mg;
    }
}

/* The first change of input after now, or `until_h`. Rows that change nothing are passed over as done. */
static double next_change(Dosing *dosing, double until_h) {
    double end_h = until_h;
    if (dosing->running_count) end_h = fmin(end_h, dosing->running[0].end_h);
    if (dosing->cycle < dosing->cycles) end_h = fmin(end_h, dosing->cycle_start_h);
    for (; dosing->done < dosing->planned; dosing->done++) {
        const DoseRecord *record = &dosing->plan[dosing->done];
        if (record->time_h >= end_h) return end_h;
        if (record->kind == DOSE_GIVEN || record->kind == DOSE_RESET) return record->time_h;
    }
    return end_h;
}

Status dosing_segment(Dosing *dosing, double from_h, double until_h, double blast_fraction,
                      DoseSegment *segment) {
    REQUIRE(
        from_h == dosing->now_h && until_h > from_h, STATUS_FAILED,
        "dosing: asked for %.17g to %.17g h, but the last stretch ended at %.17g h; ask for what follows it",
        from_h, until_h, dosing->now_h);
    *segment = (DoseSegment){.start_h = from_h};
    if (dosing->cycle < dosing->cycles && dosing->cycle_start_h <= from_h) cycle_plan(dosing, blast_fraction);
    while (dosing->running_count && dosing->running[0].end_h <= from_h) running_pop(dosing);
    while (dosing->done < dosing->planned && dosing->plan[dosing->done].time_h <= from_h)
        give(dosing, &dosing->plan[dosing->done++], segment);
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
    bool observations = false;
    for (size_t i = 0; i < dosing->done; i++) observations |= !isnan(dosing->plan[i].observed);
    fprintf(out, "ID,TIME,AMT,RATE,EVID,CMT,II,ADDL%s\n", observations ? ",DV" : "");
    for (size_t i = 0; i < dosing->done; i++) record_write(out, &dosing->plan[i], observations);
    /* A table without rows is refused, so an untreated patient is a row that does nothing. */
    if (dosing->done == 0) record_write(out, &nothing, false);
    REQUIRE(fflush(out) == 0 && !ferror(out), STATUS_FAILED,
            "doses: the table could not be written; check that the disk is not full");
    return STATUS_OK;
}

static Status label_open(Dosing *dosing, const Config *config) {
    dosing->bsa_m2 = config->patient.bsa_m2;
    dosing->mg_per_m2 = config->dosing.mg_per_m2;
    dosing->cycles = dosing->mg_per_m2 == 0 ? 0 : LABEL_CYCLES; /* doses of nothing are not given */
    dosing->plan = calloc(LABEL_CYCLES * CYCLE_DOSES, sizeof *dosing->plan);
    REQUIRE(dosing->plan, STATUS_FAILED, "dosing: out of memory; free some");
    return STATUS_OK;
}

static Status table_open(Dosing *dosing, const Config *config, const char *path) {
    REQUIRE(isnan(config->dosing.mg_per_m2), STATUS_BAD_INPUT,
            "dosing.mg_per_m2: changes the label regimen only, not the table %s; change AMT there", path);
    return dosing_table_read(path, config->patient.bsa_m2, &dosing->plan, &dosing->planned);
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

/* Each dose of the table or of the label runs at most once. */
static Status running_open(Dosing *dosing) {
    dosing->room = dosing->planned + LABEL_CYCLES * CYCLE_DOSES;
    dosing->running = calloc(dosing->room, sizeof *dosing->running);
    REQUIRE(dosing->running, STATUS_FAILED, "dosing: out of memory; use a smaller table");
    return STATUS_OK;
}

Status dosing_create(Dosing **out, const Config *config) {
    *out = NULL;
    Dosing *dosing = calloc(1, sizeof *dosing);
    REQUIRE(dosing, STATUS_FAILED, "dosing: out of memory; free some");
    Status status = dosing_open(dosing, config);
    if (status == STATUS_OK) status = running_open(dosing);
    if (status == STATUS_OK)
        *out = dosing;
    else
        dosing_destroy(dosing);
    return status;
}

/* The lists of one in those of another, which have room for them. */
static void lists_copy(Dosing *to, const Dosing *from, DoseRecord *plan, Infusion *running) {
    *to = *from;
    to->plan = plan;
    to->running = running;
    if (from->planned) memcpy(plan, from->plan, from->planned * sizeof *plan);
    memcpy(running, from->running, from->running_count * sizeof *running);
}

Status dosing_save(const Dosing *dosing, Dosing **saved) {
    *saved = NULL;
    Dosing *copy = calloc(1, sizeof *copy);
    DoseRecord *plan = calloc(dosing->room, sizeof *plan);
    Infusion *running = calloc(dosing->room, sizeof *running);
    if (copy && plan && running) {
        lists_copy(copy, dosing, plan, running);
        *saved = copy;
        return STATUS_OK;
    }
    free(copy);
    free(plan);
    free(running);
    return status_set(STATUS_FAILED, "dosing: out of memory; free some");
}

Status dosing_restore(Dosing *dosing, const Dosing *saved) {
    REQUIRE(dosing->room == saved->room, STATUS_FAILED, "dosing: saved from another schedule; start anew");
    lists_copy(dosing, saved, dosing->plan, dosing->running);
    return STATUS_OK;
}

void dosing_destroy(Dosing *dosing) {
    if (!dosing) return;
    free(dosing->plan);
    free(dosing->running);
    free(dosing);
}
