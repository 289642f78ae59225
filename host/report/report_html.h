/* Pieces of a page of HTML that needs nothing else: no script, no other file, no network. */
#ifndef MARROW_REPORT_HTML_H
#define MARROW_REPORT_HTML_H

#include <cjson/cJSON.h>
#include <stdio.h>

#include "files/csv_table.h"

/* Text from a folder: characters HTML would act on, or forbids, never come through. */
void html_text(FILE *out, const char *text);

/* Everything up to the first paragraph; `title` as in "report of a run", ours and not a folder's. */
void html_head(FILE *out, const char *title);
void html_notice(FILE *out); /* not for treating patients */

/* Digits that count; 1.7·10⁸ instead of 1.7e+08. */
void html_number(FILE *out, double value, int digits);

/* One figure, "–" where it is NAN; they stand in a <div class="tiles">. Name and unit are HTML. */
void html_tile(FILE *out, const char *name, double value, const char *unit);

/* Which rows or columns of a table, in which order; without `items` the first `count`. */
typedef struct HtmlPart {
    const int *items;
    int count;
    bool rounded; /* of columns: long numbers to five digits */
} HtmlPart;

void html_table_part(FILE *out, const CsvTable *t, HtmlPart rows, HtmlPart columns);

/* A heading and all of a table, long numbers to five digits; a zeroed one was not written. */
void html_table(FILE *out, const char *title, const CsvTable *t);

/* Every field of an object, a row each. */
void html_json(FILE *out, const cJSON *object);

void html_config(FILE *out, const char *config);
void html_foot(FILE *out, const char *version, const char *git_id);

#endif
