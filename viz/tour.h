/* A teaching tour: a YAML file of steps, each a text, what it sets up, what it waits for and what it points
 * at.
 *
 *   title: What a dose does
 *   config: ../label.yaml        # from the tour's own folder
 *   set: [simulation.agents=100000]
 *   steps:
 *     - text: At day {day} there are {blasts} blasts.   # values of the window (docs/view.md)
 *       do: [view charts, ...]   # lines of a script
 *       point: Conjugate         # a widget or a chart, by its name
 *       until: day >= 2          # Next waits for it
 *       expect: [blasts > 1e11]  # what must hold then: checked when unattended */
#ifndef MARROW_TOUR_H
#define MARROW_TOUR_H

#include "viewer.h"

enum { TOUR_STEPS = 32, TOUR_LINES = 12 };

typedef struct TourStep {
    char *text, *point, *until;
    char *line[TOUR_LINES], *expect[TOUR_LINES];
    int lines, expects, mark; /* mark: of the step in the file, for messages */
} TourStep;

typedef struct Tour {
    char path[1024], *title, *config;
    char *set[TOUR_LINES];
    int sets;
    TourStep step[TOUR_STEPS];
    int steps;
    struct Script *script; /* its lines go through one of its own */
    /* where it stands */
    int at, line; /* step; its next line to do */
    bool unattended, kept, reached, left;
    double shown_s; /* since when the step is shown */
} Tour;

/* Reads a tour: a file, or a name (NAME.yaml in configs/tours, or where they are installed).
 * STATUS_BAD_INPUT: "FILE:LINE: what; what to do". */
Status tour_open(Tour **out, const char *name);
void tour_close(Tour *tour); /* accepts NULL */

/* The tour's config and keys, under what the command line says; the strings are the tour's. */
Status tour_options(const Tour *tour, Options *options);

/* Once a picture, before events: does the step's lines, looks whether it is reached; unattended it also goes
 * on, and fails when something expected does not hold. */
Status tour_step(Viewer *viewer);
void tour_next(Viewer *viewer);
void tour_back(Viewer *viewer);

/* The step's text with its values, and the frame around what it points at. The height it needs; 0: no tour.
 */
float panel_tour_height(const Viewer *viewer, float width);
void panel_tour(Viewer *viewer, UiRect rect);

#endif
