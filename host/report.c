#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report_plots.h"
#include "run_folder.h"

/* Complete remission: under 5 % blasts in the marrow; MRD negative: under 1e-4 (docs/model.md). */
#define REMISSION 0.05
#define MRD 1e-4

static const char style[] =
    ":root{color-scheme:light}*{box-sizing:border-box}"
    "body{font:16px/1.5 system-ui,sans-serif;color:#1a1a1a;background:#f5f6f8;margin:0}"
    "main{max-width:1060px;margin:0 auto;padding:1rem}h1{font-size:1.6rem;margin:.4rem 0}"
    "h2{font-size:1.2rem;margin:1.8rem 0 .6rem}"
    ".note,.warn{padding:.6rem .9rem;border-left:5px solid #0072b2;background:#e6f1f8;margin:.6rem 0}"
    ".warn{border-color:#d55e00;background:#fbeadf}"
    ".tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(9.6rem,1fr));gap:.6rem}"
    ".tile,figure,.table{background:#fff;border:1px solid #dcdfe4;border-radius:6px}"
    ".tile{padding:.6rem .8rem}.tile b{display:block;font-size:1.25rem;white-space:nowrap}.tile "
    "small{font-size:.9rem}.tile "
    "span{font-size:.85rem;color:#555}"
    ".plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,30rem),1fr));gap:.8rem}"
    "figure{margin:0;padding:.5rem}figcaption{font-weight:600;padding:0 .3rem}svg{width:100%;height:auto}"
    ".run{max-height:none!important}.run td{white-space:normal;overflow-wrap:anywhere}"
    ".table{overflow:auto;max-height:26rem}table{border-collapse:collapse;width:100%;font-size:.85rem}"
    "th,td{padding:.25rem .7rem;text-align:left;border-bottom:1px solid #eceef1;white-space:nowrap}"
    "th{background:#f0f2f5}thead th{position:sticky;top:0}"
    "pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:.8rem;background:#fff;padding:.8rem;"
    "border:1px solid #dcdfe4}summary{cursor:pointer}footer{margin:2rem 0 1rem;font-size:.85rem;color:#555}"
    "@media(max-width:480px){main{padding:.7rem}.tiles{grid-template-columns:1fr 1fr}th,td{padding:.25rem "
    ".4rem}}"
    "@media print{body{background:#fff;font-size:11pt}.table{max-height:none;overflow:visible}"
    "figure,.tile,tr{break-inside:avoid}}";

/* Text of the folder: characters HTML would act on, or forbids, never come through. */
static void escape(FILE *out, const char *text) {
    for (; *text; text++) switch (*text) {
        case '&': fputs("&amp;", out); break;
        case '<': fputs("&lt;", out); break;
        case '>': fputs("&gt;", out); break;
        case '"': fputs("&quot;", out); break;
        case '\'': fputs("&#39;", out); break;
        default: {
            unsigned char c = (unsigned char)*text;
            bool control = (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f;
            fputs(control ? "&#xfffd;" : (char[]){*text, '\0'}, out);
        }
        }
}

static const char *run_text(const Report *r, const char *name) {
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(r->run, name));
    return text ? text : "";
}

static bool finished(const Report *r) {
    return strcmp(run_text(r, "result"), "finished") == 0;
}

static Status json_read(Report *r, const char *folder) {
    char *text = NULL;
    TRY(report_file_read(folder, "run.json", &text));
    r->run = cJSON_ParseWithOpts(text, NULL, true);
    free(text);
    REQUIRE(cJSON_IsObject(r->run), STATUS_BAD_INPUT, "%s/run.json: is no JSON object; run it again", folder);
    return STATUS_OK;
}

Status report_read(Report *r, const char *folder) {
    TRY(json_read(r, folder));
    TRY(report_file_read(folder, "config.yaml", &r->config));
    TRY(report_table_read(&r->series, folder, "timeseries.csv"));
    REQUIRE(report_table_column(&r->series, "time_h") >= 0, STATUS_BAD_INPUT,
            "%s/timeseries.csv: has no column time_h; run it again", folder);
    TRY(report_table_read(&r->events, folder, "events.csv"));
    char path[RUN_PATH];
    snprintf(path, sizeof path, "%s/doses.csv", folder);
    if (!finished(r) && access(path, F_OK) != 0) return STATUS_OK;
    return report_table_read(&r->doses, folder, "doses.csv");
}

void report_destroy(Report *r) {
    cJSON_Delete(r->run);
    free(r->config);
    report_table_destroy(&r->series);
    report_table_destroy(&r->events);
    report_table_destroy(&r->doses);
    *r = (Report){0};
}

static void tile(FILE *out, const char *name, double value, const char *unit) {
    fputs("<div class=\"tile\"><b>", out);
    if (isnan(value))
        fputs("–", out);
    else
        fprintf(out, "%.4g%s%s%s", value, *unit ? " <small>" : "", unit, *unit ? "</small>" : "");
    fprintf(out, "</b><span>%s</span></div>\n", name);
}

static double first_day_below(const Report *r, double bound) {
    int time = report_table_column(&r->series, "time_h");
    int column = report_table_column(&r->series, "marrow_blast_fraction");
    for (int row = 0; row < r->series.rows; row++)
        if (report_table_number(&r->series, row, column) < bound)
            return report_table_number(&r->series, row, time) / 24;
    return NAN;
}

static double last_of(const Report *r, const char *name) {
    return r->series.rows
               ? report_table_number(&r->series, r->series.rows - 1, report_table_column(&r->series, name))
               : (double)NAN;
}

static double first_of(const Report *r, const char *name) {
    return r->series.rows ? report_table_number(&r->series, 0, report_table_column(&r->series, name))
                          : (double)NAN;
}

/* The lowest (sign 1) or highest (sign -1) value of a column. */
static double extreme(const Report *r, const char *name, int sign) {
    int column = report_table_column(&r->series, name);
    double found = NAN;
    for (int row = 0; row < r->series.rows; row++) {
        double value = report_table_number(&r->series, row, column);
        if (!isnan(value) && !(sign * value >= sign * found)) found = value;
    }
    return found;
}

static double dose_total_mg(const Report *r) {
    int kind = report_table_column(&r->events, "kind"), value = report_table_column(&r->events, "value");
    double total = 0;
    for (int row = 0; kind >= 0 && row < r->events.rows; row++) {
        double mg = report_table_number(&r->events, row, value);
        if (strcmp(report_table_field(&r->events, row, kind), "dose") == 0 && !isnan(mg)) total += mg;
    }
    return total;
}

static void tiles(FILE *out, const Report *r) {
    double before = first_of(r, "blasts_marrow_cells"), after = last_of(r, "blasts_marrow_cells");
    fputs("<h2>Key figures</h2>\n<div class=\"tiles\">\n", out);
    tile(out, "simulated", last_of(r, "time_h") / 24, "d");
    tile(out, "given in all", dose_total_mg(r), "mg");
    tile(out, "highest conjugate in plasma", extreme(r, "adc_central_ng_ml", -1), "ng/mL");
    tile(out, "first day below 5 % blasts (CR)", first_day_below(r, REMISSION), "");
    tile(out, "first day below 10<sup>-4</sup> (MRD negative)", first_day_below(r, MRD), "");
    tile(out, "lowest share of blasts", extreme(r, "marrow_blast_fraction", 1), "");
    tile(out, "blasts in marrow at the end", after, "");
    tile(out, "log<sub>10</sub> kill at the end",
         after > 0 && before > 0 ? log10(before / after) : (double)NAN, "");
    tile(out, "fewest mature B cells, of the start",
         100 * extreme(r, "b_mature_cells", 1) / first_of(r, "b_mature_cells"), "%");
    fputs("</div>\n<p>– : not reached, or not known.</p>\n", out);
}

static void warnings(FILE *out, const Report *r) {
    double imbalance = cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(r->run, "imbalance_cells"));
    if (!finished(r)) {
        fputs("<p class=\"warn\">This run is not finished: its result is “", out);
        escape(out, run_text(r, "result"));
        fputs("”. Figures and plots show what there is.</p>\n", out);
    }
    if (run_text(r, "message")[0]) {
        fputs("<p class=\"warn\">", out);
        escape(out, run_text(r, "message"));
        fputs("</p>\n", out);
    }
    if (imbalance != 0 && !(isnan(imbalance) && !finished(r)))
        fprintf(out,
                "<p class=\"warn\">The books of cells do not balance: off by %.17g cells. Do not use this "
                "run.</p>\n",
                imbalance);
    if (r->series.rows == 0) fputs("<p class=\"warn\">timeseries.csv has no row.</p>\n", out);
}

static void run_rows(FILE *out, const Report *r) {
    fputs("<h2>Run</h2>\n<div class=\"table run\"><table><tbody>\n", out);
    const cJSON *item;
    cJSON_ArrayForEach(item, r->run) {
        char *printed = cJSON_IsString(item) ? NULL : cJSON_PrintUnformatted(item);
        fputs("<tr><th scope=\"row\">", out);
        escape(out, item->string);
        fputs("</th><td>", out);
        escape(out, cJSON_IsString(item) ? item->valuestring : printed ? printed : "");
        fputs("</td></tr>\n", out);
        cJSON_free(printed);
    }
    fputs("</tbody></table></div>\n", out);
}

static void table(FILE *out, const char *title, const ReportTable *t) {
    fprintf(out, "<h2>%s</h2>\n", title);
    if (!t->columns) {
        fputs("<p>Not written: the run did not come to its end.</p>\n", out);
        return;
    }
    fputs("<div class=\"table\"><table><thead><tr>", out);
    for (int i = 0; i < t->columns; i++) {
        fputs("<th scope=\"col\">", out);
        escape(out, report_table_name(t, i));
        fputs("</th>", out);
    }
    fputs("</tr></thead><tbody>\n", out);
    for (int row = 0; row < t->rows; row++) {
        fputs("<tr>", out);
        for (int i = 0; i < t->columns; i++) {
            fputs("<td>", out);
            escape(out, report_table_field(t, row, i));
            fputs("</td>", out);
        }
        fputs("</tr>\n", out);
    }
    fputs("</tbody></table></div>\n", out);
}

static void head(FILE *out, const Report *r) {
    fprintf(out,
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
            "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
            "<title>marrow: report of a run</title>\n<style>%s</style></head>\n<body><main>\n"
            "<h1>Report of a run</h1>\n<p>",
            style);
    escape(out, run_text(r, "drug"));
    fputs(" · config ", out);
    escape(out, run_text(r, "config_hash"));
    fputs("</p>\n<p class=\"note\"><strong>Research and teaching; not for treating patients.</strong></p>\n",
          out);
}

static Status page(FILE *out, const Report *r) {
    head(out, r);
    warnings(out, r);
    tiles(out, r);
    fputs("<h2>Course</h2>\n<div class=\"plots\">\n", out);
    TRY(report_plots_write(out, &r->series, &r->events));
    fputs("</div>\n", out);
    table(out, "Doses as given", &r->doses);
    table(out, "Events", &r->events);
    run_rows(out, r);
    fputs("<h2>Config</h2>\n<details><summary>config.yaml: running it again gives the same "
          "bytes</summary><pre>",
          out);
    escape(out, r->config);
    fputs("</pre></details>\n<footer>marrow ", out);
    escape(out, run_text(r, "version"));
    fputs(", ", out);
    escape(out, run_text(r, "git_id"));
    fputs(". Research and teaching; not for treating patients.</footer>\n</main></body></html>\n", out);
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
    if (status == STATUS_OK) status = page(file.text, report);
    if (status == STATUS_OK) status = run_file_commit(&file);
    run_file_close(&file);
    run_folder_close(&folder);
    return status;
}
