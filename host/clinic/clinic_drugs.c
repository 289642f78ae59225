/* Other drugs as the clinic sees them: cycles that begin, and what they do to the body. Where no conjugate is
 * given their cycles are the course's. */
#include <math.h>

#include "clinic/clinic_state.h"

static double either(double a, double b) {
    return 1 - (1 - a) * (1 - b);
}

void clinic_drugs_drive(const Clinic *c, SystemicDrive *drive) {
    const DrugAction action = sim_drug_action(c->sim);
    drive->toxicity = either(drive->toxicity, action.marrow_toxicity);
    drive->hepatocyte_toxicity = either(drive->hepatocyte_toxicity, action.hepatocyte_toxicity);
    drive->lymphocyte_kill_per_h += action.lymphocyte_kill_per_h;
    drive->g_csf = fmax(drive->g_csf, action.g_csf);
}

static bool view(const Clinic *c, int regimen, DrugView *out) {
    return drugs_view(sim_other_drugs(c->sim), sim_other_course(c->sim), regimen, out);
}

bool clinic_chemo_due(const Clinic *c, int regimen) {
    DrugView v;
    return view(c, regimen, &v) && v.due_h < c->now.time_h + c->config->simulation.dt_h - 1e-9;
}

bool clinic_chemo_begins(const Clinic *c) {
    DrugView v;
    for (int i = 0; view(c, i, &v); i++)
        if (!v.held && clinic_chemo_due(c, i)) return true;
    return false;
}

bool clinic_chemo_waits(const Clinic *c) {
    DrugView v;
    for (int i = 0; view(c, i, &v); i++)
        if (v.held) return true;
    return false;
}

/* What was measured last is the baseline of the cycle that starts. */
static void course_cycle(Clinic *c, int cycle) {
    ClinicCourse *course = &c->s.course;
    course->others_only = 1;
    course->cycle = cycle;
    course->cycle_h = course->last_dose_h = c->now.time_h;
    course->doses++;
    course->cycles++;
    c->s.outcome.doses = course->doses;
    c->s.outcome.cycles = course->cycles;
    labs_cycle_starts(&c->s.labs);
}

void clinic_drugs_look(Clinic *c) {
    ClinicCourse *course = &c->s.course;
    DrugView v;
    for (int i = 0; view(c, i, &v); i++) {
        if (v.held || !clinic_chemo_due(c, i) || c->s.chemo[i].begun > v.begun) continue;
        c->s.chemo[i].begun = v.begun + 1;
        c->s.outcome.chemo_cycles++;
        course->other_h = c->now.time_h;
        bool alone = !c->view.coming && (course->doses == 0 || course->others_only);
        if (i == 0 && alone) course_cycle(c, v.begun + 1);
        chart_note(&c->chart, c->now.time_h, "other_drug", v.name, v.begun + 1, "cycle %d of %d begins",
                   v.begun + 1, v.cycles);
    }
}

void clinic_chemo_shift(Clinic *c, double hours) {
    DrugView v;
    for (int i = 0; hours > 0 && view(c, i, &v); i++) {
        if (v.held || !isfinite(v.due_h)) continue;
        drugs_shift(sim_other_course(c->sim), i, hours);
        chart_note(&c->chart, c->now.time_h, "other_delayed", "with-conjugate", clinic_days(hours),
                   "%s cycle %d: as late as the conjugate", v.name, v.begun + 1);
    }
}

void clinic_chemo_stop(Clinic *c, int regimen) {
    drugs_stop(sim_other_drugs(c->sim), sim_other_course(c->sim), regimen, c->now.time_h);
    for (int i = 0; i < DRUG_REGIMENS; i++)
        if (regimen < 0 || i == regimen) c->s.chemo[i].holding = 0;
}

bool clinic_treated(const Clinic *c) {
    return c->view.coming || c->s.course.doses == 0 ||
           drugs_coming(sim_other_drugs(c->sim), sim_other_course(c->sim), c->now.time_h);
}
