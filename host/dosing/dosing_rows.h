/* The text of a dosing table, read and checked row by row (docs/dosing.md). Private to dosing_table.c.
 */
#ifndef MARROW_DOSING_ROWS_H
#define MARROW_DOSING_ROWS_H

#include <stddef.h>

#include "base/status.h"

enum {
    DOSING_ROWS = 1000000,         /* most rows, and most after ADDL is written out */
    DOSING_INFUSION_H_MAX = 87600, /* longest infusion: the longest run, ten years */
};

typedef struct DosingRow {
    double time_h, amount_mg, rate_mg_per_h; /* rate 0: bolus */
    double interval_h;                       /* II */
    double observed;                         /* DV; NaN if none */
    int evid, additional;                    /* EVID 0 to 4, ADDL */
    int line;                                /* in the file, from 1 */
} DosingRow;

typedef struct DosingRows {
    DosingRow *rows;
    size_t count, room;
} DosingRows;

/* Reads `text`, cutting it up; text[length] must be a zero byte. `name` stands for the file in
 * messages. On success at least one row, in the order of the file, with time never going back. What
 * `rows` (zeroed before) holds is freed by the caller, also after an error. */
Status dosing_rows_parse(DosingRows *rows, const char *name, char *text, size_t length, double bsa_m2);

#endif
