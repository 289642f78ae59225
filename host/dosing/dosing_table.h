/* Reading a dosing table in NONMEM form into the list of things that happen.
 *
 * Columns, in any order and case, separated by commas:
 *   ID, TIME (h), AMT               required; one subject
 *   RATE (per h) or DUR/TINF (h)    required with any dose; 0 is a bolus
 *   EVID                            absent: 1 where AMT > 0, else 0
 *   CMT, II (h), ADDL, MDV, DV      optional
 *   SS                              must be 0
 *   DOSEUNIT                        mg (default) or mg/m2, for AMT and RATE
 * `.` and empty stand for 0 (DV: none). Lines that start with # are comments. */
#ifndef MARROW_DOSING_TABLE_H
#define MARROW_DOSING_TABLE_H

#include <stddef.h>

#include "dosing/dosing.h"

enum { DOSING_TABLE_BYTES = 16 << 20 }; /* largest file */

/* Everything the table asks for, ADDL written out, in order of time. At one time ADDL doses come
 * first (mrgsolve's recsort=1), then rows as in the file. A reset (EVID 3, 4) cancels the ADDL doses
 * of earlier rows that are due at its time or later. Infusions too short to have a length (below
 * 1e-9 h) become boluses. `bsa_m2` converts mg/m2. The caller frees `*records`, NULL after an error. */
Status dosing_table_read(const char *path, double bsa_m2, DoseRecord **records, size_t *count);

/* The same from memory; `name` stands for the file in messages, `text` is cut up while reading and
 * must have a zero byte at text[length]. */
Status dosing_table_parse(const char *name, char *text, size_t length, double bsa_m2, DoseRecord **records,
                          size_t *count);

/* The rate of an infusion of this length at this time: 0, a bolus, when it is too short to have a length. */
double dosing_rate(double time_h, double amount_mg, double rate_mg_per_h);

#endif
