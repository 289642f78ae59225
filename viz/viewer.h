/* The window of `marrow view`: what is shown, and what the user has chosen. The simulation runs in its
 * session (session.h); everything here is about looking at it and asking it for things. */
#ifndef MARROW_VIEWER_H
#define MARROW_VIEWER_H

#include <stdio.h>

#include "history.h"
#include "look.h"
#include "session.h"
#include "window.h"

typedef enum ViewKind { VIEW_MARROW, VIEW_FLOW, VIEW_CHARTS, VIEWS } ViewKind;

/* The part of the section that is shown; the picture's middle in micrometres. */
typedef struct Camera {
    double x_um, y_um, zoom; /* zoom 1: the whole section fits */
} Camera;

/* What the user has set. Nothing of it reaches the simulation but by session_ask. */
typedef struct Choices {
    ViewKind view;
    bool light, density, help, vitro_linked;
    Quantity colour;          /* of the marrow view */
    double lo, hi;            /* its range; NaN: the usual one */
    int ramp;                 /* number of the colour map (colours.h) */
    unsigned kinds;           /* which cells are shown, a bit each */
    Quantity across, up;      /* of the flow view */
    double gate_x, gate_y;    /* on the axes of the quantities */
    int gate_of_x, gate_of_y; /* they were set for; others start in the middle */
    bool dots;                /* flow as dots, else density */
    double speed_per_s;       /* 0: as fast as possible */
    double dose_mg_per_m2, infusion_h;
    double run_to_day, what_if; /* what_if: number of a dose */
    double concentration_ng_ml;
} Choices;

enum { LABEL_DOSES = 64 };

struct Script;
struct Tour;
struct Record;
struct Playback;

typedef struct Viewer {
    Options *options;
    Config config; /* the effective one, as the run began */
    Config live;   /* what the sliders stand at */
    Window window;
    Session *session; /* one of these two is there (source.h) */
    struct Playback *playback;
    SessionStatus status;      /* as of this picture */
    const SessionFrame *frame; /* the newest; NULL before the first */
    History history;
    Choices choices;
    Camera camera;
    UiRect area; /* of the view, in pixels */
    PictureView asked, asked_flow;
    bool asked_any;
    double gate_left_percent, gate_right_percent; /* of blasts, in the flow view; NaN: not counted */
    PicturePalette palette;
    ViewKind in_texture;
    uint64_t painted;                         /* serial of the frame in the texture, */
    unsigned painted_how, painted_how_wanted; /* and a number that changes with the palette */
    uint32_t *pixels;
    size_t pixels_room;
    SessionTrace trace[SESSION_TRACES]; /* followed cells */
    size_t traces;
    bool clicked;        /* a cell was clicked and is not followed yet */
    double seek_day;     /* asked for last by dragging */
    uint64_t chosen;     /* identity of the cell in the panel; 0: none */
    SessionPoint *point; /* of the chosen cell */
    size_t points, points_room;
    DoseRecord label_dose[LABEL_DOSES]; /* the label's course, for comparison */
    int label_doses;
    double label_until_h; /* it was made for */
    const Look *look;
    struct Script *script;
    struct Tour *tour;
    struct Record *record; /* a video under way */
    char shot[256];        /* a file the next picture goes to */
    FILE *hands;           /* where events are written down, --record */
    char notice[256];      /* shown for a while */
    double notice_until_s;
    uint64_t messages_seen;
    double started_s, now_s, picture_s,
        cost_ms;                      /* the clock; since the picture before; what one picture costs */
    double touched_s, drawn_s;        /* when hands last did something, and when a picture was last drawn */
    bool news;                        /* a frame that was not drawn yet */
    uint64_t pictures, news_pictures; /* drawn; and those of them that showed a new frame */
    bool quit, scripted;              /* scripted: a fixed clock, nothing waits for the screen */
} Viewer;

/* Opens everything `options` asks for and shows pictures until the user leaves or a script ends. `tour` may
 * be NULL. */
Status viewer_run(Options *options, struct Tour *tour);

/* One command of the session (session.h); what is wrong with it becomes the notice. */
void viewer_ask(Viewer *viewer, const char *format, ...) STATUS_PRINTF(2, 3);
void viewer_notice(Viewer *viewer, const char *format, ...) STATUS_PRINTF(2, 3);

/* By name, as keys, buttons, scripts and tours call them (keys.c). False: there is no such thing. */
bool viewer_do(Viewer *viewer, const char *action);

#endif
