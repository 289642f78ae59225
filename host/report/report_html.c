#include "report/report_html.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

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
    "sup{white-space:nowrap;font-size:.7em;line-height:0}.gates th{white-space:normal;vertical-align:bottom}"
    "th{background:#f0f2f5}thead th{position:sticky;top:0}"
    "pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:.8rem;background:#fff;padding:.8rem;"
    "border:1px solid #dcdfe4}summary{cursor:pointer}footer{margin:2rem 0 1rem;font-size:.85rem;color:#555}"
    "@media(max-width:480px){main{padding:.7rem}.tiles{grid-template-columns:1fr 1fr}th,td{padding:.25rem "
    ".4rem}}"
    "@media print{body{background:#fff;font-size:11pt}.plots{grid-template-columns:1fr "
    "1fr}h2{break-after:avoid}"
    ".gates table{font-size:8pt}.table{max-height:none;overflow:visible}"
    "figure,.tile,tr{break-inside:avoid}}";

void html_text(FILE *out, const char *text) {
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

void html_number(FILE *out, double value, int digits) {
    char text[32], *power;
    snprintf(text, sizeof text, "%.*g", digits, value);
    power = strchr(text, 'e');
    if (power) *power = '\0';
    fputs(text, out);
    if (power)
        fprintf(out, "·10<sup>%s%ld</sup>", power[1] == '-' ? "−" : "", labs(strtol(power + 1, NULL, 10)));
}

void html_tile(FILE *out, const char *name, double value, const char *unit) {
    fputs("<div class=\"tile\"><b>", out);
    if (isnan(value))
        fputs("–", out);
    else
        html_number(out, value, 4);
    if (!isnan(value) && *unit) fprintf(out, " <small>%s</small>", unit);
    fprintf(out, "</b><span>%s</span></div>\n", name);
}

static int nth(const HtmlPart *part, int i) {
    return part->items ? part->items[i] : i;
}

/* Numbers with more digits than anyone reads are cut to five. */
static void cell(FILE *out, const char *text, bool rounded) {
    char *end;
    double value = strtod(text, &end);
    if (rounded && end != text && !*end && strlen(text) > 7 && strpbrk(text, ".e"))
        html_number(out, value, 5);
    else
        html_text(out, text);
}

static void table_row(FILE *out, const CsvTable *t, int row, const HtmlPart *columns) {
    fputs("<tr>", out);
    for (int i = 0; i < columns->count; i++) {
        int column = nth(columns, i);
        fputs(row < 0 ? "<th scope=\"col\">" : "<td>", out);
        if (row < 0)
            html_text(out, csv_table_name(t, column));
        else
            cell(out, csv_table_field(t, row, column), columns->rounded);
        fputs(row < 0 ? "</th>" : "</td>", out);
    }
    fputs("</tr>", out);
}

void html_table_part(FILE *out, const CsvTable *t, HtmlPart rows, HtmlPart columns) {
    fputs("<div class=\"table\"><table><thead>", out);
    table_row(out, t, -1, &columns);
    fputs("</thead><tbody>\n", out);
    for (int i = 0; i < rows.count; i++) {
        table_row(out, t, nth(&rows, i), &columns);
        fputc('\n', out);
    }
    fputs("</tbody></table></div>\n", out);
}

void html_table(FILE *out, const char *title, const CsvTable *t) {
    const HtmlPart rows = {.count = t->rows}, columns = {.count = t->columns, .rounded = true};
    fprintf(out, "<h2>%s</h2>\n", title);
    if (t->columns)
        html_table_part(out, t, rows, columns);
    else
        fputs("<p>Not written: the run did not come to its end.</p>\n", out);
}

void html_json(FILE *out, const cJSON *object) {
    fputs("<div class=\"table run\"><table><tbody>\n", out);
    const cJSON *item;
    cJSON_ArrayForEach(item, object) {
        char *printed = cJSON_IsString(item) ? NULL : cJSON_PrintUnformatted(item);
        fputs("<tr><th scope=\"row\">", out);
        html_text(out, item->string);
        fputs("</th><td>", out);
        html_text(out, cJSON_IsString(item) ? item->valuestring : printed ? printed : "");
        fputs("</td></tr>\n", out);
        cJSON_free(printed);
    }
    fputs("</tbody></table></div>\n", out);
}

void html_head(FILE *out, const char *title) {
    fprintf(out,
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
            "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
            "<title>marrow: %s</title>\n<style>%s</style></head>\n<body><main>\n<h1>%c%s</h1>\n",
            title, style, toupper((unsigned char)title[0]), title + 1);
}

void html_notice(FILE *out) {
    fputs("<p class=\"note\"><strong>Research and teaching; not for treating patients.</strong></p>\n", out);
}

void html_config(FILE *out, const char *config) {
    fputs("<h2>Config</h2>\n<details><summary>config.yaml: running it again gives the same "
          "bytes</summary><pre>",
          out);
    html_text(out, config);
    fputs("</pre></details>\n", out);
}

void html_foot(FILE *out, const char *version, const char *git_id) {
    fputs("<footer>marrow ", out);
    html_text(out, version);
    fputs(", ", out);
    html_text(out, git_id);
    fputs(". Research and teaching; not for treating patients.</footer>\n</main></body></html>\n", out);
}
