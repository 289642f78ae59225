#include "report/report.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files/figures.h"
#include "files/run_folder.h"
#include "report/report_cells.h"
#include "report/report_clinic.h"
#include "report/report_html.h"
#include "report/report_plots.h"

static const char *run_text(const Report *r, const char *name) {
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(r->run, name));
    return text ? text : "";
}

static bool finished(const Report *r) {
    return strcmp(run_text(r, "result"), "finished") == 0;
}

static Status json_read(Report *r, const char *folder) {
    char *text = NULL;
    TRY(folder_file_read(folder, "run.json", &text));
    r->run = cJSON_ParseWithOpts(text, NULL, true);
    free(text);
    REQUIRE(cJSON_IsObject(r->run), STATUS_BAD_INPUT, "%s/run.json: is no JSON object; run it again", folder);
    return STATUS_OK;
}

Status report_read(Report *r, const char *folder) {
    TRY(json_read(r, folder));
    TRY(folder_file_read(folder, "config.yaml", &r->config));
    TRY(csv_table_read(&r->series, folder, "timeseries.csv"));
    REQUIRE(csv_table_column(&r->series, "time_h") >= 0, STATUS_BAD_INPUT,
            "%s/timeseries.csv: has no column time_h; run it again", folder);
    TRY(csv_table_read(&r->events, folder, "events.csv"));
    char path[RUN_PATH];
    snprintf(path, sizeof path, "%s/doses.csv", folder);
    if (!finished(r) && access(path, F_OK) != 0) return STATUS_OK;
    return csv_table_read(&r->doses, folder, "doses.csv");
}

void report_destroy(Report *r) {
    cJSON_Delete(r->run);
    free(r->config);
    csv_table_destroy(&r->series);
    csv_table_destroy(&r->events);
    csv_table_destroy(&r->doses);
    *r = (Report){0};
}

static void tiles(FILE *out, const Report *r) {
    Course time = course_of(&r->series, "time_h"), plasma = course_of(&r->series, "adc_central_ng_ml");
    Course share = course_of(&r->series, "marrow_blast_fraction");
    Course blasts = course_of(&r->series, "blasts_marrow_cells"), b = course_of(&r->series, "b_mature_cells");
    fputs("<h2>Key figures</h2>\n<div class=\"tiles\">\n", out);
    html_tile(out, "simulated", course_last(&time) / 24, "d");
    html_tile(out, "given in all", figure_doses(&r->events, true), "mg");
    html_tile(out, "highest conjugate in plasma", course_extreme(&plasma, -1), "ng/mL");
    html_tile(out, "first day below 5 % blasts (CR)", course_first_day_below(&share, FIGURE_REMISSION), "");
    html_tile(out, "first day below 10<sup>-4</sup> (MRD negative)",
              course_first_day_below(&share, FIGURE_MRD), "");
    html_tile(out, "lowest share of blasts", course_extreme(&share, 1), "");
    html_tile(out, "blasts in marrow at the end", course_last(&blasts), "");
    html_tile(out, "log<sub>10</sub> kill at the end", course_log10_kill(&blasts, course_last(&blasts)), "");
    html_tile(out, "fewest mature B cells, of the start", 100 * course_extreme(&b, 1) / course_first(&b),
              "%");
    fputs("</div>\n<p>– : not reached, or not known.</p>\n", out);
}

static void warnings(FILE *out, const Report *r) {
    double imbalance = cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(r->run, "imbalance_cells"));
    if (!finished(r)) {
        fputs("<p class=\"warn\">This run is not finished: its result is “", out);
        html_text(out, run_text(r, "result"));
        fputs("”. Figures and plots show what there is.</p>\n", out);
    }
    if (run_text(r, "message")[0]) {
        fputs("<p class=\"warn\">", out);
        html_text(out, run_text(r, "message"));
        fputs("</p>\n", out);
    }
    if (imbalance != 0 && !(isnan(imbalance) && !finished(r)))
        fprintf(out,
                "<p class=\"warn\">The books of cells do not balance: off by %.17g cells. Do not use this "
                "run.</p>\n",
                imbalance);
    if (r->series.rows == 0) fputs("<p class=\"warn\">timeseries.csv has no row.</p>\n", out);
}

static void head(FILE *out, const Report *r) {
    html_head(out, "report of a run");
    fputs("<p>", out);
    html_text(out, run_text(r, "drug"));
    fputs(" · config ", out);
    html_text(out, run_text(r, "config_hash"));
    fputs("</p>\n", out);
    html_notice(out);
}

static Status page(FILE *out, const Report *r, const char *folder) {
    head(out, r);
    warnings(out, r);
    tiles(out, r);
    fputs("<h2>Course</h2>\n<div class=\"plots\">\n", out);
    TRY(report_plots_write(out, &r->series, &r->events));
    fputs("</div>\n", out);
    TRY(report_clinic_write(out, folder, &r->series, &r->events));
    TRY(report_cells_write(out, folder));
    html_table(out, "Doses as given", &r->doses);
    html_table(out, "Events", &r->events);
    fputs("<h2>Run</h2>\n", out);
    html_json(out, r->run);
    html_config(out, r->config);
    html_foot(out, run_text(r, "version"), run_text(r, "git_id"));
    return STATUS_OK;
}

/* The folder is not taken as a run takes it: that would clear it, and a run that is at work may be looked at.
 */
Status report_write(const Report *report, const char *path) {
    RunFolder folder = {path, open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    REQUIRE(folder.handle >= 0, STATUS_BAD_INPUT, "%s: cannot be read: %s; give the folder of a run", path,
            strerror(errno));
    RunFile file = {0};
    Status status = run_file_whole(&file, &folder, "report.html");
    if (status == STATUS_OK) status = page(file.text, report, path);
    if (status == STATUS_OK) status = run_file_commit(&file);
    run_file_close(&file);
    run_folder_close(&folder);
    return status;
}
