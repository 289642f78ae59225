/* What somebody does to a run while it goes on: a dose, a hold, another value of a key. Each is a line of
 * text that is taken between two intervals; the same lines at the same times give the same run, to the byte,
 * whoever drives it.
 *
 *   dose MG_PER_M2 [HOURS]   a dose now, infused over HOURS (1 unless given; 0: bolus)
 *   hold [HOURS] | release   the course waits, for so long or until released
 *   skip                     the next dose is not given
 *   scale FACTOR             later doses of the course times FACTOR
 *   cycle-doses N            label: 1 to 3 doses in cycles yet to start
 *   interrupt | stop         running infusions end; no later dose is given
 *   set KEY=VALUE            a key that is live (`marrow check --schema`)
 *
 * events.csv has a row of kind `action` for each, the line in `detail`. A file of actions is any file of that
 * form, a run's own events.csv too: its other rows are passed over. */
#ifndef MARROW_ACTION_H
#define MARROW_ACTION_H

#include "config/config.h"
#include "dosing/dosing.h"
#include "sim/sim.h"

enum { ACTION_TEXT = 112 };

typedef struct Action {
    double time_h; /* taken at the first interval that starts then or later */
    char text[ACTION_TEXT];
} Action;

/* In order of time; the first `done` have been taken. Starts zeroed. */
typedef struct ActionList {
    Action *item;
    size_t count, room, done;
} ActionList;

/* Whether this is an action, with numbers that can be. STATUS_BAD_INPUT says what it takes. */
Status action_check(const char *text);

/* Whether the first word is one of the table above. */
bool action_is_one(const char *text);

/* What actions act on. `config` is the simulation's own. */
typedef struct ActionTarget {
    Config *config;
    Dosing *dosing;
    Sim *sim;
} ActionTarget;

/* Does it, or leaves everything as it was: STATUS_BAD_INPUT when there is nothing to act on (no dose is
 * coming, in vitro), a key is not live or a value out of range. */
Status action_take(const char *text, const ActionTarget *target);

/* What is left of an action when a saved simulation is gone back to: `set`, whose keys are not saved with the
 * cells. Others do nothing. */
Status action_take_again(const char *text, const ActionTarget *target);

/* After all that come at its time or earlier. STATUS_FAILED: out of memory. */
Status actions_add(ActionList *list, double time_h, const char *text);
/* The next one, and taken: before all that are still to come. */
Status actions_put(ActionList *list, double time_h, const char *text);
Status actions_reserve(ActionList *list, size_t room);
void actions_cut(ActionList *list, size_t count); /* keeps the first `count` */
void actions_drop(ActionList *list);              /* the next one; there is one */
Status actions_copy(ActionList *to, const ActionList *from);
void actions_destroy(ActionList *list); /* accepts any state */

/* The next one, if it is due at `time_h`; else NULL. */
const Action *actions_due(const ActionList *list, double time_h);

/* Adds the actions in a file of the form of events.csv. STATUS_BAD_INPUT: "FILE:LINE: what; what to do". */
Status actions_read(ActionList *list, const char *path);

/* The same from a run's own table, which need not be there, and whose last line may be cut short. */
Status actions_read_own(ActionList *list, const char *path);

#endif
