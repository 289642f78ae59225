/* The session behind the viewer: a run in a thread of its own, which never waits for a screen.
 *
 * A window needs to call:
 *
 *   session_open     once; returns at once, the device is opened by the session's thread
 *   session_frame    each time it redraws: the newest finished frame, or NULL if there is none yet that it
 * has not seen; it never blocks session_look     when camera, size, colours or axes change: what the next
 * pictures shall show session_ask      when somebody clicks: one command as a line of text, the same words as
 * in a script session_rows …   for charts: the rows of timeseries.csv so far, the events, the traces of
 * chosen cells session_close    once; ends the run and says how it ended
 *
 * Everything comes back by value or stays valid as long as it says; nothing of the simulation is shared. All
 * calls are for one thread, the window's.
 *
 * Commands (one line each; amounts are numbers, [brackets] may be left out). They are taken in order between
 * two intervals; `until` and `seek` hold up those after them until they are done.
 *
 *   play | pause               pause also ends an `until` under way
 *   step [N]                   N intervals (1), then pause
 *   speed N                    intervals a second; 0: as fast as possible (at first)
 *   until DAY | until end      as fast as `speed` allows, then pause; STATUS_BAD_INPUT if DAY is past
 *   seek DAY                   to that day, back or ahead, without luck changing: back by a kept moment and
 *                              intervals run again, ahead by running. What was done later is kept and comes
 *                              again at its time, unless something else is done first (then it is a branch)
 *   branch                     from here on without what was done later; the luck stays the same
 *   save NAME | load NAME      a moment by name, in memory; load is a seek that ends exactly there
 *   seed N                     the run anew with another seed, paused at day 0; not with -o
 *
 *   dose MG_PER_M2 [HOURS]     a dose now, infused over HOURS (1; 0: bolus)
 *   hold [HOURS] | release     the course waits, for so long or until released
 *   skip                       the next dose is not given
 *   scale FACTOR               later doses of the course times FACTOR
 *   cycle-doses N              label: 1 to 3 doses in cycles yet to start
 *   interrupt | stop           running infusions end; no later dose is given
 *   set KEY=VALUE              a key of the config that is live (`marrow check --schema` says which)
 *
 *   follow X Y                 the cell at pixel X, Y of the last picture asked for is traced from now on
 *   follow HEX                 the cell of this identity, 16 hex digits
 *   unfollow [HEX]             not any longer; all without HEX
 *
 *   look KEY=VALUE …           as session_look, a word a field: mode=dots|density width= height= x= y= zoom=
 *                              colour=QUANTITY lo= hi= kinds=blast_marrow,dying
 *   flow KEY=VALUE …           the cytometer: across=QUANTITY up=QUANTITY bins= kinds=
 *   picture FILE.png           the section as it is now; waits for it
 *   cytometer FILE.png         the same of the cytometer
 *   state FILE.json            everything a test wants to know: time, observables, doses, traces, branches
 *
 * dose … set are shortcuts: each is written to events.csv with its time, and `marrow run CONFIG --actions
 * events.csv` does the same at the same times, to the same bytes (host/run/action.h). */
#ifndef MARROW_SESSION_H
#define MARROW_SESSION_H

#include "dosing/dosing_change.h"
#include "run/options.h"
#include "sim/observe.h"
#include "sim/picture.h"

typedef struct Session Session;

/* What `marrow view` takes. */
extern const OptionsUse session_use;

typedef enum SessionState {
    SESSION_OPENING, /* device, kernels, founders: some seconds at most */
    SESSION_PAUSED,
    SESSION_PLAYING,
    SESSION_ENDED, /* the last day is reached; going back, pictures and states still work */
    SESSION_FAILED /* `message` says why; only session_close is left to call */
} SessionState;

typedef struct SessionStatus {
    SessionState state;
    char device[160]; /* "cpu: 2 threads, x86-64-v4"; "" while opening */
    char drug[CONFIG_NAME];
    int64_t seed;
    double bsa_m2;                /* mg/m2 to mg */
    bool constant;                /* in vitro: no doses, a concentration instead (drug.constant_ng_per_ml) */
    double time_h, until_h, dt_h; /* now, the run's end, one interval */
    double latest_h;              /* how far this branch has come; beyond time_h after going back */
    int branch, branches;         /* this one, from 0, and how many there are */
    double speed_per_s;           /* wanted intervals a second; 0: as fast as possible */
    double intervals_per_s, agent_steps_per_s, pictures_per_s; /* over the last second or so */
    int64_t agents, blast_weight;                              /* now */
    uint64_t asked, taken;        /* serial numbers of commands: of the last queued, of the last done */
    char message[1024];           /* of the last command or of the run: what went wrong, or what was done */
    bool wrong;                   /* the message is about something that went wrong */
    uint64_t messages;            /* how many there were: a new number, a new message */
    size_t moments, moment_bytes; /* kept to go back to */
    DosingView dosing; /* the next dose, what is running, whether held (host/dosing/dosing_change.h) */
} SessionStatus;

/* One finished frame. Pictures may be absent (pixel NULL) when session_look asks for none. */
typedef struct SessionFrame {
    uint64_t serial; /* from 1 */
    SessionStatus status;
    Observation now;       /* as a row of timeseries.csv would be, at status.time_h */
    Picture section, flow; /* at the same moment; their own view says what they show */
} SessionFrame;

/* Starts the session's thread. The strings of `options` must live as long as the session. Errors:
 * STATUS_UNAVAILABLE under mpirun; STATUS_FAILED: no memory or thread. What is wrong with the config shows as
 * SESSION_FAILED. */
Status session_open(Session **out, const Options *options);

/* Ends the run (its files are closed as by SIGINT if it was not done), the thread and the session. Returns
 * how it ended: STATUS_OK also when it was left before its end; the message is of this thread then. */
Status session_close(Session *session); /* accepts NULL */

/* The newest finished frame if it is another than the one returned before, else NULL. Valid until the next
 * call that returns one. */
const SessionFrame *session_frame(Session *session);

/* The status alone, as it is now, without waiting for a picture. */
void session_status(Session *session, SessionStatus *out);

/* What pictures shall show from now on; NULL: none. Views are checked: STATUS_BAD_INPUT. */
Status session_look(Session *session, const PictureView *section, const PictureView *flow);
/* The views as they are now, commands of scripts included. False: none is asked for. */
bool session_section(Session *session, PictureView *out);
bool session_flow(Session *session, PictureView *out);

/* Queues a command. `serial`, unless NULL, gets its number: it is done when status.taken has reached it.
 * STATUS_BAD_INPUT at once if it is no command; what goes wrong later shows in status.message. */
Status session_ask(Session *session, const char *command, uint64_t *serial);

/* Queues every line of a file, after checking them all. Empty lines and those that start with # are passed
 * over. STATUS_BAD_INPUT: "FILE:LINE: what; what to do". */
Status session_ask_file(Session *session, const char *path);

/* The check alone: before a session is opened, so that a mistake leaves no trace. */
Status session_check_file(const char *path);

/* Waits until the command is done (0: all that were asked), or the session has failed: for scripts without a
 * window, never for a window. STATUS_FAILED or what the first command that went wrong returned, with its
 * message. */
Status session_wait(Session *session, uint64_t serial);

/* Rows of timeseries.csv of branch `branch`, from number `from` on, at most `room` of them: returns how many.
 * `total`, unless NULL, gets how many there are. A branch's rows before it left another are that one's. Rows
 * of the present branch are taken back when something is done in the past: draw anew when `status.branch`
 * changes. */
size_t session_rows(Session *session, int branch, size_t from, Observation *out, size_t room, size_t *total);

/* What has happened by now in the present branch: doses and changes of the course, as in events.csv. */
size_t session_events(Session *session, size_t from, DoseRecord *out, size_t room, size_t *total);

/* What the clinic wrote down by now (results, responses, adverse events, decisions), line by line as in
 * events.csv; nothing while it is off. */
typedef struct SessionLine {
    double time_h, value; /* value NaN: empty */
    char kind[24], code[32], detail[256];
} SessionLine;
size_t session_lines(Session *session, size_t from, SessionLine *out, size_t room, size_t *total);

/* A traced cell. States are molecules or breaks per cell (kernels/types.h). */
typedef struct SessionTrace {
    uint64_t identity, mother; /* mother 0: traced from the start */
    double from_h, gone_h;     /* gone NaN: still there */
    bool there, dying;         /* now; dying and what follows: when it was last seen */
    int kind, clone;           /* PictureKind while living; -1: healthy */
    double x_um, y_um;         /* where it is drawn */
} SessionTrace;
typedef struct SessionPoint {
    double time_h;
    f32 real[REAL_FIELDS]; /* REAL_CD22 … */
} SessionPoint;
enum { SESSION_TRACES = 32 };
size_t session_traces(Session *session, SessionTrace out[SESSION_TRACES]);
size_t session_points(Session *session, uint64_t identity, size_t from, SessionPoint *out, size_t room,
                      size_t *total);

#endif
