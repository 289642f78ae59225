/* Changing the coming doses between two intervals, at the dosing's present time: what a physician, a rule or
 * somebody at the viewer asks for.
 *
 * Every change is a record (dosing_records, events.csv) with its own kind. doses.csv holds what was given, so
 * that it gives the same run without the changes being made again.
 *
 * "The course" is the regimen or table; doses added by dosing_add are no part of it: they are not held and
 * not scaled, but can be omitted. Resets and observations of a table stay where they are. */
#ifndef MARROW_DOSING_CHANGE_H
#define MARROW_DOSING_CHANGE_H

#include "dosing/dosing.h"

/* Who or which rule asks (code, at most 31 bytes are kept), and why (at most 159). Commas, quotes and line
 * ends become blanks: both are fields of a CSV. */
typedef struct DosingReason {
    const char *code, *detail;
} DosingReason;

/* What is known about the course now. */
typedef struct DosingView {
    double now_h;
    /* the next dose that has not begun */
    bool coming;                                /* false: none, and what follows is zero */
    double next_h, next_mg, next_rate_mg_per_h; /* rate 0: bolus */
    int next_cycle, next_day;                   /* of the label, from 1; 0 in tables and for added doses */
    bool next_starts_cycle;                     /* the first of its cycle; nothing of the cycle was given */
    bool next_asked;                            /* added by dosing_add */
    /* so far */
    double last_h;           /* start of the latest dose; NaN: none */
    double first_h;          /* start of the first dose; NaN: none */
    int given;               /* doses begun */
    int cycles;              /* of the label that have started */
    double running_mg_per_h; /* of infusions */
    double held_since_h;     /* NaN: not held */
    double scale;            /* product of all reductions */
    int cycle_doses;         /* in a cycle yet to start, 1 to 3 */
    bool discontinued;
} DosingView;

/* `blast_fraction` (0-1) of the marrow now: the amount of a cycle's first dose asks for it. */
void dosing_view(const Dosing *dosing, double blast_fraction, DosingView *view);

/* One more dose at `time_h`, now or later; rate 0: bolus. Errors: STATUS_BAD_INPUT for a time that is past,
 * an amount that is not positive, a negative rate, an infusion longer than a run. */
Status dosing_add(Dosing *dosing, double time_h, double amount_mg, double rate_mg_per_h, DosingReason reason);

/* The changes below need something to act on: STATUS_BAD_INPUT if no dose is coming. */

/* The next dose is not given. */
Status dosing_skip(Dosing *dosing, DosingReason reason);

/* The next dose of the course and all later ones move by `hours` (0 or more). INFINITY: they wait until
 * dosing_release, then move by as much as the first of them is late. */
Status dosing_hold(Dosing *dosing, double hours, DosingReason reason);
Status dosing_release(Dosing *dosing, DosingReason reason); /* STATUS_BAD_INPUT if the course is not held */

/* Amount and rate of all later doses of the course times `factor` (above 0, at most 100). */
Status dosing_scale(Dosing *dosing, double factor, DosingReason reason);

/* Label regimen only: what whoever treats knows of the response, from now on; cycles yet to start are given
 * by it, and no longer by the marrow as it is. No record: it changes no dose by itself. */
void dosing_responded(Dosing *dosing, bool response);

/* Label regimen only: cycles that are yet to start have `doses` doses, 1 to 3. */
Status dosing_cycle_doses(Dosing *dosing, int doses, DosingReason reason);

/* Running infusions end now; the rest of them is not given. STATUS_BAD_INPUT if none is running. */
Status dosing_interrupt(Dosing *dosing, DosingReason reason);

/* No later dose is given. dosing_add still works. */
Status dosing_stop(Dosing *dosing, DosingReason reason);

#endif
