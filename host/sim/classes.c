#include "sim/classes.h"

#include <math.h>
#include <string.h>

static const double HOURS_PER_DAY = 24;

static double own(double value, double otherwise) {
    return isnan(value) ? otherwise : value;
}

i64 weight_for(double cells, double agents) {
    i64 weight = 1;
    while ((double)weight * agents < cells) weight *= 2;
    return weight;
}

static FlowRates rates_of(const Config *config, const CellTraits *t, Place place) {
    const FlowRates rates = {
        .kon_per_nm_h = config->drug.kon_per_nm_h,
        .koff_per_h = config->drug.koff_per_h,
        .kturn_per_h = t->kturn_per_h,
        .kint_per_h = t->kint_per_h,
        .recycled_fraction = t->recycled_fraction,
        .klys_per_h = t->klys_per_h,
        .dar = config->drug.dar,
        .keff_per_h = t->keff_per_h,
        .kact_per_h = t->kact_per_h,
        .f_dna = t->f_dna,
        .krep_per_h = t->krep_per_h,
        .place = place,
        .exposure = t->exposure_factor,
    };
    return rates;
}

static CellClass *add_class(CellClasses *all, const Config *config, CellKind kind, const CellTraits *t,
                            Place place) {
    CellClass *c = &all->cls[all->count++];
    *c = (CellClass){
        .kind = kind, .traits = *t, .rates = rates_of(config, t, place), .move_to = -1, .clone = -1};
    c->niche = t->niche_factor;
    c->natural_per_h = t->death_per_d / HOURS_PER_DAY;
    c->move_gain = 1;
    return c;
}

static CellTraits clone_traits(const Config *config, int clone) {
    const CloneTraits *own_traits = &config->cells.clones[clone];
    CellTraits t = config->cells.blast;
    t.cd22_per_cell = own(own_traits->cd22_per_cell, t.cd22_per_cell);
    t.d50_breaks = own(own_traits->d50_breaks, t.d50_breaks);
    t.keff_per_h = own(own_traits->keff_per_h, t.keff_per_h);
    t.birth_per_d = own(own_traits->birth_per_d, t.birth_per_d);
    t.death_per_d = own(own_traits->death_per_d, t.death_per_d);
    return t;
}

/* Marrow and blood of one clone. Blasts divide in marrow only. */
static void add_clone(CellClasses *all, const Config *config, int clone, double fraction, double agents) {
    CellTraits t = clone_traits(config, clone);
    double cells = fraction * config->patient.nucleated_marrow_cells * config->patient.marrow_blast_fraction;
    int group = all->group_count++, first = all->count;
    CellClass *marrow = add_class(all, config, KIND_BLAST, &t, PLACE_MARROW);
    marrow->marrow = true;
    marrow->birth_per_h = t.birth_per_d / HOURS_PER_DAY;
    marrow->death_per_h = t.death_per_d / HOURS_PER_DAY;
    marrow->move_per_h = t.egress_per_d / HOURS_PER_DAY;
    marrow->move_to = first + 1;
    marrow->initial_cells = cells;
    CellClass *blood = add_class(all, config, KIND_BLAST, &t, PLACE_PLASMA);
    blood->niche = t.blood_niche_factor;
    blood->move_per_h = t.homing_per_d / HOURS_PER_DAY;
    blood->move_to = first;
    blood->initial_cells = cells * config->patient.blood_blast_share;
    for (int i = first; i < all->count; i++) {
        all->cls[i].group = group;
        all->cls[i].clone = clone;
        all->cls[i].sink = true;
        all->cls[i].mutant = strcmp(config->cells.clones[clone].name, "cd22-loss") == 0;
    }
    double total = cells * (1 + config->patient.blood_blast_share);
    all->group[group] = (CellGroup){agents, weight_for(total, agents)};
}

/* Precursors mature at the rate that replaces dying mature cells; stem cells replace the precursors. */
static void add_b_cells(CellClasses *all, const Config *config, double agents) {
    const CellTraits *young = &config->cells.b_precursor, *old = &config->cells.b_mature;
    double mature_cells = config->patient.normal_b_cells * config->patient.b_cell_fraction;
    double turnover = mature_cells * old->death_per_d;
    double young_cells = young->maturation_per_d > 0 ? turnover / young->maturation_per_d : 0;
    int group = all->group_count++, first = all->count;
    CellClass *precursor = add_class(all, config, KIND_PRECURSOR, young, PLACE_PLASMA);
    precursor->move_per_h = young->maturation_per_d / HOURS_PER_DAY;
    precursor->move_to = first + 1;
    precursor->move_gain = young->cd22_per_cell > 0 ? old->cd22_per_cell / young->cd22_per_cell : 0;
    precursor->initial_cells = young_cells;
    precursor->inflow_cells_per_h = (turnover + young_cells * young->death_per_d) / HOURS_PER_DAY;
    CellClass *mature = add_class(all, config, KIND_MATURE, old, PLACE_PLASMA);
    mature->initial_cells = mature_cells;
    mature->sink = config->drug.b_cell_sink;
    precursor->group = mature->group = group;
    all->group[group] = (CellGroup){agents, weight_for(mature_cells + young_cells, agents)};
}

Status classes_create(CellClasses *out, const Config *config) {
    memset(out, 0, sizeof *out);
    double b_cells = config->patient.normal_b_cells * config->patient.b_cell_fraction;
    double share = b_cells > 0 ? config->simulation.b_agent_share : 0;
    double agents = (double)config->simulation.agents, rest = 1;
    for (int i = 1; i < config->cells.clone_count; i++) rest -= own(config->cells.clones[i].fraction, 0);
    REQUIRE(rest >= -1e-12, STATUS_BAD_INPUT, "cells.blast.clones: fractions sum to more than 1; lower them");
    for (int i = 0; i < config->cells.clone_count; i++) {
        double fraction = own(config->cells.clones[i].fraction, i == 0 ? fmax(rest, 0) : 0);
        add_clone(out, config, i, fraction, fmax(1, agents * (1 - share) / config->cells.clone_count));
    }
    if (share > 0) add_b_cells(out, config, fmax(1, agents * share));
    return STATUS_OK;
}

bool class_in_vessel(const CellClass *cls) {
    return cls->kind == KIND_MATURE || (cls->kind == KIND_BLAST && !cls->marrow);
}

void class_label(const CellClass *cls, const Config *config, char *out, size_t room) {
    if (cls->kind == KIND_BLAST)
        snprintf(out, room, "blast_%s:%s", cls->marrow ? "marrow" : "blood",
                 config->cells.clones[cls->clone].name);
    else
        snprintf(out, room, "%s", cls->kind == KIND_MATURE ? "b_mature" : "b_precursor");
}
