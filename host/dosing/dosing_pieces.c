/* A course of doses as pieces, and back: what comes from a file is looked through before it is believed. */
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "dosing/dosing_state.h"

Status dosing_pieces(const Dosing *saved, Pieces *pieces) {
    TRY(pieces_add(pieces, "dosing", saved, sizeof *saved));
    TRY(pieces_add(pieces, "dosing_plan", saved->plan, saved->planned * sizeof *saved->plan));
    return pieces_add(pieces, "dosing_running", saved->running,
                      saved->running_count * sizeof *saved->running);
}

static bool number_or_none(double value) {
    return isfinite(value) || isnan(value);
}

static bool cycles_sound(const Dosing *d) {
    return d->cycles >= 0 && d->cycles <= LABEL_CYCLES && d->cycle >= 0 && d->cycle <= LABEL_CYCLES &&
           d->window_d >= 0 && d->window_d <= 2 && d->cycle_doses >= 1 && d->cycle_doses <= CYCLE_DOSES &&
           d->omitted >= 0 && d->omitted < CYCLE_DOSES;
}

static bool numbers_sound(const Dosing *d) {
    const double plain[] = {d->rate_mg_per_h, d->rate_error_mg_per_h, d->cycle_start_h, d->bsa_m2, d->scale,
                            d->now_h};
    bool sound = number_or_none(d->mg_per_m2) && number_or_none(d->held_since_h);
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) sound = sound && isfinite(plain[i]);
    return sound && d->done <= d->planned && d->opened <= d->planned;
}

static const double MOST_MG = 1e15; /* of a dose, or in an hour: as in tables */

static bool text_ends(const char *text, size_t room) {
    return memchr(text, '\0', room) != NULL;
}

/* A truth value read as bytes may be neither. */
static bool record_sound(const DoseRecord *r) {
    unsigned char asked;
    memcpy(&asked, (const char *)r + offsetof(DoseRecord, asked), 1);
    return isfinite(r->time_h) && r->amount_mg >= 0 && r->amount_mg <= MOST_MG && r->rate_mg_per_h >= 0 &&
           r->rate_mg_per_h <= MOST_MG && (unsigned)r->kind < DOSE_KINDS && r->evid >= 0 && r->evid <= 4 &&
           asked <= 1 && text_ends(r->code, sizeof r->code) && text_ends(r->note, sizeof r->note);
}

static bool lists_sound(const Dosing *d) {
    bool sound = true;
    for (size_t i = 0; i < d->planned; i++) sound = sound && record_sound(&d->plan[i]);
    for (size_t i = 0; i < d->running_count; i++)
        sound = sound && d->running[i].record < d->done && isfinite(d->running[i].end_h) &&
                isfinite(d->running[i].rate_mg_per_h);
    return sound;
}

Status dosing_restore_pieces(Dosing *dosing, const Pieces *pieces) {
    const Piece *numbers, *plan, *running;
    Dosing saved;
    TRY(pieces_need(pieces, "dosing", PIECE_BYTES, sizeof saved, &numbers));
    memcpy(&saved, numbers->bytes, sizeof saved);
    const size_t most = SIZE_MAX / sizeof *saved.plan;
    REQUIRE(saved.planned < most && saved.running_count <= saved.planned, STATUS_FAILED,
            "dosing: its numbers cannot be");
    TRY(pieces_need(pieces, "dosing_plan", PIECE_BYTES, saved.planned * sizeof *saved.plan, &plan));
    TRY(pieces_need(pieces, "dosing_running", PIECE_BYTES, saved.running_count * sizeof *saved.running,
                    &running));
    saved.plan = plan->bytes;
    saved.running = running->bytes;
    REQUIRE(numbers_sound(&saved) && cycles_sound(&saved) && lists_sound(&saved), STATUS_FAILED,
            "dosing: its numbers cannot be");
    return dosing_restore(dosing, &saved);
}
