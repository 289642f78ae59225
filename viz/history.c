#include "history.h"

#include <math.h>
#include <stdlib.h>

void history_clear(History *history) {
    for (int i = 0; i < HISTORY_BRANCHES; i++) history->branch[i].rows = 0;
    history->branches = history->present = 0;
    history->events = 0;
}

void history_destroy(History *history) {
    for (int i = 0; i < HISTORY_BRANCHES; i++) free(history->branch[i].row);
    *history = (History){0};
}

const HistoryBranch *history_present(const History *history) {
    return &history->branch[history->present % HISTORY_BRANCHES];
}

static Status make_room(HistoryBranch *branch, size_t rows) {
    if (rows <= branch->room) return STATUS_OK;
    size_t room = rows + rows / 2 + 64;
    Observation *grown = realloc(branch->row, room * sizeof *grown);
    REQUIRE(grown, STATUS_FAILED, "charts: out of memory; show fewer days or rows");
    branch->row = grown;
    branch->room = room;
    return STATUS_OK;
}

static Status follow_branch(History *history, Session *session, int number) {
    HistoryBranch *branch = &history->branch[number % HISTORY_BRANCHES];
    size_t total;
    session_rows(session, number, 0, NULL, 0, &total);
    if (total < branch->rows) branch->rows = 0;
    if (total == branch->rows) return STATUS_OK;
    TRY(make_room(branch, total));
    branch->rows += session_rows(session, number, branch->rows, branch->row + branch->rows,
                                 branch->room - branch->rows, NULL);
    return STATUS_OK;
}

/* Cells, and what they have taken up: two courses that differ in anything differ in these. */
static bool same_row(const Observation *a, const Observation *b) {
    return a->time_h == b->time_h && a->blasts_marrow_cells == b->blasts_marrow_cells &&
           a->agents == b->agents && a->b_mature_cells == b->b_mature_cells &&
           a->drug_given_nmol == b->drug_given_nmol && a->drug_taken_nmol == b->drug_taken_nmol &&
           a->adc_central_ng_ml == b->adc_central_ng_ml;
}

/* Where two branches hold the same rows they are one. */
static void find_fork(History *history, int number) {
    HistoryBranch *branch = &history->branch[number % HISTORY_BRANCHES];
    const HistoryBranch *other = &history->branch[(number + HISTORY_BRANCHES - 1) % HISTORY_BRANCHES];
    size_t same = 0;
    while (same < branch->rows && same < other->rows && same_row(&branch->row[same], &other->row[same]))
        same++;
    branch->left_h = same > 0 ? branch->row[same - 1].time_h : NAN;
}

static Status new_branches(History *history, Session *session, const SessionStatus *status) {
    for (int i = history->branches; i < status->branches; i++) {
        history->branch[i % HISTORY_BRANCHES].rows = 0;
        history->branch[i % HISTORY_BRANCHES].left_h = NAN;
        TRY(follow_branch(history, session, i));
        if (i > 0) find_fork(history, i);
    }
    history->branches = status->branches;
    return STATUS_OK;
}

Status history_follow(History *history, Session *session, const SessionStatus *status) {
    if (status->branches < history->branches || (double)status->seed != history->seed) history_clear(history);
    history->seed = (double)status->seed;
    TRY(new_branches(history, session, status));
    if (status->branch != history->present && status->branch < status->branches)
        history->branch[status->branch % HISTORY_BRANCHES].rows = 0; /* rows may have been taken back */
    history->present = status->branch;
    TRY(follow_branch(history, session, status->branch));
    history->events = session_events(session, 0, history->event, HISTORY_EVENTS, NULL);
    return STATUS_OK;
}
