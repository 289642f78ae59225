#include "files/writer_events.h"

#include <math.h>

#include "base/text.h"

static const char *const kinds[] = {[DOSE_GIVEN] = "dose",
                                    [DOSE_RESET] = "reset",
                                    [DOSE_OTHER] = "other",
                                    [DOSE_OBSERVATION] = "observation",
                                    [DOSE_HELD] = "held",
                                    [DOSE_RESUMED] = "resumed",
                                    [DOSE_OMITTED] = "omitted",
                                    [DOSE_REDUCED] = "reduced",
                                    [DOSE_RAISED] = "raised",
                                    [DOSE_INTERRUPTED] = "interrupted",
                                    [DOSE_DISCONTINUED] = "discontinued",
                                    [DOSE_ASKED] = "asked"};

Status events_open(EventWriter *events, const RunFolder *folder) {
    TRY(run_file_table(&events->file, folder, "events.csv"));
    fputs("time_h,kind,code,value,detail\n", events->file.text);
    return run_file_flush(&events->file);
}

/* Read by people: doses.csv has every digit. */
static const char *plain(double value, char text[TEXT_NUMBER]) {
    snprintf(text, TEXT_NUMBER, "%.10g", value);
    return isnan(value) ? "" : text;
}

static double value_of(const DoseRecord *record) {
    if (record->kind == DOSE_GIVEN) return record->amount_mg;
    return record->observed;
}

static const char *code_of(const DoseRecord *record, char evid[TEXT_NUMBER]) {
    snprintf(evid, TEXT_NUMBER, "EVID%d", record->evid);
    return dose_is_change(record->kind) ? record->code : evid;
}

/* "cycle 1 day 8; 0.92 mg/h", "cycle 2 day 8: why it is held": no commas and no quotes, so that the field
 * needs none. */
static void write_detail(const DoseRecord *record, FILE *out) {
    bool waits = record->kind == DOSE_HELD || record->kind == DOSE_RESUMED || record->kind == DOSE_OMITTED;
    if (waits && record->cycle > 0) fprintf(out, "cycle %d day %d: ", record->cycle, record->day);
    fputs(record->note, out);
    if (record->kind != DOSE_GIVEN) return;
    if (record->rate_mg_per_h > 0)
        fprintf(out, "; %.4g mg/h", record->rate_mg_per_h);
    else
        fputs("; bolus", out);
}

static void write_dose(const DoseRecord *record, FILE *out) {
    char time[TEXT_NUMBER], evid[TEXT_NUMBER], value[TEXT_NUMBER];
    fprintf(out, "%s,%s,%s,%s,", text_number(record->time_h, time), kinds[record->kind],
            code_of(record, evid), plain(value_of(record), value));
    write_detail(record, out);
    fputc('\n', out);
}

/* Records up to number `until`. */
static Status doses_until(EventWriter *events, const Dosing *dosing, size_t until) {
    const DoseRecord *records;
    size_t count = dosing_records(dosing, &records);
    for (; events->doses < count && events->doses < until; events->doses++) {
        write_dose(&records[events->doses], events->file.text);
        TRY(run_file_flush(&events->file));
    }
    return STATUS_OK;
}

Status events_doses(EventWriter *events, const Dosing *dosing) {
    return doses_until(events, dosing, (size_t)-1);
}

static void write_line(const ChartLine *line, FILE *out) {
    char time[TEXT_NUMBER], value[TEXT_NUMBER];
    fprintf(out, "%s,%s,%s,%s,%s\n", text_number(line->time_h, time), line->kind, line->code,
            plain(line->value, value), line->detail);
}

Status events_chart(EventWriter *events, Chart *chart, const Dosing *dosing) {
    for (int i = 0; i < chart->count; i++) {
        TRY(doses_until(events, dosing, chart->line[i].after));
        write_line(&chart->line[i], events->file.text);
        TRY(run_file_flush(&events->file));
    }
    chart->count = 0;
    return events_doses(events, dosing);
}

Status events_action(EventWriter *events, double time_h, const char *text) {
    char time[TEXT_NUMBER];
    fprintf(events->file.text, "%s,action,user,,%s\n", text_number(time_h, time), text);
    return run_file_flush(&events->file);
}

void events_close(EventWriter *events) {
    run_file_close(&events->file);
    *events = (EventWriter){0};
}
