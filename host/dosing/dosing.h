/* What is given, and when: label regimens, regimen files and NONMEM-style dosing tables (docs/dosing.md).
 *
 * Time is hours from the start of the run. The plasma solver asks for segments: stretches in which
 * the infusion rate is constant, with boluses and resets only at their starts. */
#ifndef MARROW_DOSING_H
#define MARROW_DOSING_H

#include <stdbool.h>
#include <stdio.h>

#include "base/pieces.h"
#include "config/config.h"

typedef struct Dosing Dosing;

/* A stretch of time with constant input. */
typedef struct DoseSegment {
    double start_h, end_h;
    bool reset;           /* EVID 3/4: amounts to zero before anything else */
    double bolus_mg;      /* added at start_h, after a reset */
    double rate_mg_per_h; /* sum of running infusions over the stretch */
} DoseSegment;

/* One thing that happened, in order, for events.csv and doses.csv. From DOSE_HELD on: changes of the course
 * (dosing_change.h). */
typedef enum DoseKind {
    DOSE_GIVEN,
    DOSE_RESET,
    DOSE_OTHER,
    DOSE_OBSERVATION,
    DOSE_HELD,
    DOSE_RESUMED,
    DOSE_OMITTED,
    DOSE_REDUCED,
    DOSE_RAISED,
    DOSE_INTERRUPTED,
    DOSE_DISCONTINUED,
    DOSE_ASKED,
    DOSE_KINDS
} DoseKind;

typedef struct DoseRecord {
    double time_h, amount_mg, rate_mg_per_h; /* rate 0: bolus */
    DoseKind kind;                           /* EVID 1/4, 3, 2, 0, changes */
    int evid;                                /* as in the table; regimen doses 1 */
    int cycle, day;                          /* of the label, from 1; 0 in tables */
    bool asked;                              /* added while running: no part of the course */
    double observed; /* DV of an observation, value of a change (docs/dosing.md); NaN if none */
    char code[32];   /* of a change: who or which rule asked for it */
    char note[160];  /* "cycle 1 day 8", "row 4", "row 4 ADDL 2", why a change was made */
} DoseRecord;

/* Whether this is a change of the course rather than something given or observed. */
static inline bool dose_is_change(DoseKind kind) {
    return kind >= DOSE_HELD;
}

/* Reads what the config names (dosing.file wins over dosing.regimen; "label" and "none" are built in).
 * Errors: STATUS_BAD_INPUT `file:line: what; remedy` for everything docs/dosing.md lists; what is legal
 * NONMEM but not supported here (SS, RATE -1/-2, CMT other than 1, several IDs, covariate columns, negative
 * ADDL, EVID > 4) is refused by name. */
Status dosing_create(Dosing **out, const Config *config);
void dosing_destroy(Dosing *dosing); /* accepts NULL */

/* The segment that starts at `from_h`; its end is the next change of input or `until_h`, whichever is first.
 * Calls must advance: from_h is the previous end_h. `blast_fraction` (0-1) is the marrow's at from_h:
 * regimens that adapt (0.5 x 3 after a cycle that ended below 5 %) read it when a cycle starts. Marks doses
 * starting here as given. */
Status dosing_segment(Dosing *dosing, double from_h, double until_h, double blast_fraction,
                      DoseSegment *segment);

/* Everything that decides what is still to come, kept apart from the original; and the way back: `dosing`
 * then stands where `saved` stood. Both must have been created from the same config. STATUS_FAILED: out of
 * memory.
 */
Status dosing_save(const Dosing *dosing, Dosing **saved);
Status dosing_restore(Dosing *dosing, const Dosing *saved);

/* A saved one as pieces, for who writes it down; and back again, into a dosing created from the same config.
 * STATUS_FAILED: out of memory, or they cannot be of it. */
Status dosing_pieces(const Dosing *saved, Pieces *pieces);
Status dosing_restore_pieces(Dosing *dosing, const Pieces *pieces);

/* Records so far, oldest first; valid until the next dosing_segment or change. */
size_t dosing_records(const Dosing *dosing, const DoseRecord **records);

/* Whether the course waits to be released (dosing_hold). */
bool dosing_is_held(const Dosing *dosing);

/* Realised dosing in NONMEM form: what was given, none of the changes. ID,TIME,AMT,RATE,EVID,CMT,II,ADDL.
 * Read back as dosing.file, it gives the same run. */
Status dosing_write(const Dosing *dosing, FILE *out);

#endif
