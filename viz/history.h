/* What the charts draw: the rows of timeseries.csv of every branch so far, kept up with the session. */
#ifndef MARROW_HISTORY_H
#define MARROW_HISTORY_H

#include "session.h"

enum { HISTORY_BRANCHES = 16, HISTORY_EVENTS = 1024 };

typedef struct HistoryBranch {
    Observation *row;
    size_t rows, room;
    double left_h; /* where it parted from the branch before it; NaN for the first */
} HistoryBranch;

/* Starts zeroed; destroy accepts any state. */
typedef struct History {
    HistoryBranch branch[HISTORY_BRANCHES]; /* the newest HISTORY_BRANCHES, by number modulo that */
    int present, branches;                  /* as in SessionStatus */
    DoseRecord event[HISTORY_EVENTS];
    size_t events;
    double seed; /* of the run it belongs to: another one starts anew */
} History;

void history_destroy(History *history);
void history_clear(History *history);

/* Fetches what is new. STATUS_FAILED: no memory. */
Status history_follow(History *history, Session *session, const SessionStatus *status);

const HistoryBranch *history_present(const History *history);

#endif
