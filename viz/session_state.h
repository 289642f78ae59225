/* The inside of a session, shared by the session*.c files only.
 *
 * What is marked as shared is read and written under the lock alone; the rest belongs to the session's
 * thread, and the front of the mailbox to the window's. */
#ifndef MARROW_SESSION_STATE_H
#define MARROW_SESSION_STATE_H

#include <pthread.h>

#include "run/run.h"
#include "session.h"

enum { SESSION_LINE = 512, SESSION_NAME = 32 };

typedef struct Command {
    char line[SESSION_LINE];
    uint64_t serial;
    bool script; /* of a file: what follows one that went wrong is dropped */
} Command;

/* Grows; starts zeroed. */
typedef struct CommandQueue {
    Command *item;
    size_t first, count, room; /* waiting are first … count - 1 */
} CommandQueue;

/* Finished frames on their way to the window: one being made, one ready, one being looked at. */
typedef struct Mailbox {
    SessionFrame slot[3];
    int back, ready, front; /* ready, front: -1 for none */
} Mailbox;

/* The rows of one branch, from day 0 on: those before it left another are copies. */
typedef struct Branch {
    Observation *row;
    size_t count, room;
} Branch;

/* A moment kept by name: it may be another branch's, so what was done until then comes with it. */
typedef struct NamedMoment {
    char name[SESSION_NAME];
    RunMoment *moment;
    ActionList actions;
    int branch;
} NamedMoment;

/* A chosen cell and what it went through. */
typedef struct Trace {
    SessionTrace info;
    SessionPoint *point;
    size_t points, room;
    u32 events, place; /* it had gone through, and where it was, when it was last seen */
} Trace;

/* A frame whose pictures and sums are still on their way from the device. */
typedef struct FrameJob {
    bool under_way;
    SessionStatus status; /* when it was asked for */
    bool section_on, flow_on, flow_new;
    PictureView section_view, flow_view;
    SimRow row;
    PictureJob *section, *flow; /* kept for their memory */
} FrameJob;

struct Session {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed; /* something was asked, done, or finished */

    /* shared */
    CommandQueue queue;
    bool leaving, pause_now, section_on, flow_on;
    bool watched; /* somebody looks at frames */
    bool started; /* the thread; never changes again */
    PictureView section, flow;
    uint64_t looks; /* grows with every change of the views */
    Mailbox mail;
    uint64_t frames;
    SessionStatus status;
    Branch *branch;
    int branches, traces;
    DoseRecord *event;
    size_t events, event_room;
    SessionLine *line;
    size_t lines, line_room;
    Trace trace[SESSION_TRACES];
    Status wrong; /* the first command that went wrong, or the run's own end */
    char wrong_message[1024];

    /* the thread's own */
    Run run;
    bool open;       /* the run has begun */
    bool gone_back;  /* since the last publishing */
    bool broken;     /* half way to another moment: it cannot go on */
    bool playing;    /* or running to target_h */
    bool arrive;     /* at target_h, actions that are due are taken: a saved moment */
    bool hurry;      /* to target_h as fast as possible, whatever the speed */
    double target_h; /* NaN: none; commands wait until it is reached */
    uint64_t target_serial;
    int64_t steps_left; /* of `step N`; -1: none */
    double speed_per_s, next_step_s;
    double latest_h, traced_h; /* how far this branch has come; and chosen cells' curves without a gap */
    int64_t rows_seen;
    uint64_t changes, framed, framed_looks;              /* of the simulation; what the last frame shows */
    double frame_s, frame_asked_s, frame_cost_s, flow_s; /* when, how long asking and all of it took */
    Picture latest_flow;
    FrameJob frame;
    RunMoment **moment; /* in order of time */
    size_t moments, moment_room, moment_bytes, moment_budget;
    double moment_s, moment_cost_s;
    NamedMoment *named;
    size_t named_count;
    /* rates over the last second */
    double rate_s;
    int64_t rate_steps, rate_agent_steps, rate_pictures;
};

double session_now_s(void); /* of a clock that only goes forward */

/* ---- session_command.c ---- */

/* STATUS_BAD_INPUT if the line is no command. */
Status command_check(const char *line);

/* Does it. Between two intervals, on the session's thread. */
Status command_do(Session *s, const Command *command);

/* What is said about a command, or about the run. */
void session_say(Session *s, bool wrong, const char *format, ...) STATUS_PRINTF(3, 4);

/* ---- session_moments.c ---- */

/* After an interval: a moment is kept now and then, rows are taken over. */
Status moments_after_step(Session *s);
Status moments_first(Session *s); /* day 0, from which every day can be reached */
Status moments_seek(Session *s, double time_h);
Status moments_branch(Session *s); /* what was done later is forgotten, if there is a later */
Status moments_save(Session *s, const char *name);
Status moments_load(Session *s, const char *name);
void moments_forget(Session *s);               /* all of them */
Status rows_take(Session *s);                  /* the run's latest row, if it is new, into the branch */
Status branch_new(Session *s, double until_h); /* with the present one's rows up to then */

/* ---- session_frame.c ---- */

/* Whether a frame should be made now; and in how many seconds one may be, if not. */
bool frame_due(Session *s, double *wait_s);
Status frame_ask(Session *s);
Status frame_take(Session *s); /* publishes it */
void frame_forget(Session *s);
void status_publish(Session *s); /* the status alone */
void frames_destroy(Session *s);

/* What a script sees if no window has said what it wants to. */
void picture_view_usual(PictureView *view, bool flow);

/* The section or the cytometer as it is now, to a file. */
Status frame_write(Session *s, bool flow, const char *path);

/* ---- session_trace.c ---- */

Status traces_step(Session *s);   /* after an interval */
Status traces_return(Session *s); /* after going back */
void traces_branch(Session *s);   /* after what was later has become void */
Status traces_follow(Session *s, const Found *found);
Status traces_unfollow(Session *s, uint64_t identity); /* 0: all */

/* ---- session_look.c ---- */

/* "key=value …" over the view. STATUS_BAD_INPUT: no such key, or not its value. */
Status look_words(PictureView *view, const char *words);

/* ---- session_run.c ---- */

void *session_work(void *session);
Status session_restart(Session *s, int64_t seed);

/* ---- session_json.c ---- */

Status session_write_state(Session *s, const char *path);

#endif
