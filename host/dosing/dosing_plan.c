/* The plan of a course: an array of records in order of time, of which the first `done` have happened. */
#include <stdlib.h>
#include <string.h>

#include "dosing/dosing_state.h"

bool plan_is_course(const DoseRecord *record) {
    return record->kind == DOSE_GIVEN && !record->asked;
}

static Status plan_grow(Dosing *dosing, size_t need) {
    if (need <= dosing->plan_room) return STATUS_OK;
    size_t room = need > 2 * dosing->plan_room ? need : 2 * dosing->plan_room;
    DoseRecord *plan = realloc(dosing->plan, room * sizeof *plan);
    REQUIRE(plan, STATUS_FAILED, "dosing: out of memory; use a smaller table");
    dosing->plan = plan;
    dosing->plan_room = room;
    return STATUS_OK;
}

/* Each dose runs at most once. */
static Status running_grow(Dosing *dosing, size_t need) {
    if (need <= dosing->running_room) return STATUS_OK;
    Infusion *running = realloc(dosing->running, need * sizeof *running);
    REQUIRE(running, STATUS_FAILED, "dosing: out of memory; use a smaller table");
    dosing->running = running;
    dosing->running_room = need;
    return STATUS_OK;
}

Status plan_fit(Dosing *dosing, size_t need) {
    TRY(plan_grow(dosing, need));
    return running_grow(dosing, dosing->plan_room);
}

Status plan_reserve(Dosing *dosing, size_t more) {
    return plan_fit(dosing, dosing->planned + more);
}

void plan_insert(Dosing *dosing, const DoseRecord *record) {
    size_t i = dosing->planned++;
    for (; i > dosing->done && dosing->plan[i - 1].time_h > record->time_h; i--)
        dosing->plan[i] = dosing->plan[i - 1];
    dosing->plan[i] = *record;
}

void plan_remove(Dosing *dosing, size_t index) {
    DoseRecord *at = &dosing->plan[index];
    memmove(at, at + 1, (--dosing->planned - index) * sizeof *at);
}

size_t plan_next(const Dosing *dosing) {
    bool held = dosing_is_held(dosing);
    size_t i = dosing->done;
    while (held && i < dosing->planned && plan_is_course(&dosing->plan[i])) i++;
    return i;
}

DoseRecord *plan_take(Dosing *dosing, size_t index) {
    DoseRecord taken = dosing->plan[index], *at = &dosing->plan[dosing->done];
    memmove(at + 1, at, (index - dosing->done) * sizeof *at);
    *at = taken;
    dosing->done++;
    return at;
}

/* Of two lists in order, one: the doses of the course have moved, the rest has not. */
Status plan_sort(Dosing *dosing) {
    size_t count = dosing->planned - dosing->done, moved = 0, stayed = 0;
    DoseRecord *plan = dosing->plan + dosing->done, *old = malloc((count + 1) * sizeof *old);
    REQUIRE(old, STATUS_FAILED, "dosing: out of memory; use a smaller table");
    memcpy(old, plan, count * sizeof *old);
    for (size_t i = 0; i < count; i++) {
        while (moved < count && !plan_is_course(&old[moved])) moved++;
        while (stayed < count && plan_is_course(&old[stayed])) stayed++;
        bool course = stayed == count ||
                      (moved < count && (old[moved].time_h < old[stayed].time_h ||
                                         (moved < stayed && old[moved].time_h == old[stayed].time_h)));
        plan[i] = old[course ? moved++ : stayed++];
    }
    free(old);
    return STATUS_OK;
}
