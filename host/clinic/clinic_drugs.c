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

/* What was measured last is the baseline of the cycle that starts. */
static void course_cycle(Clinic *c, int cycle, double began_h) {
    ClinicCourse *course = &c->s.course;
    course->others_only = 1;
    course->cycle = cycle;
    course->cycle_h = course->last_dose_h = began_h;
    course->doses++;
    course->cycles++;
    c->s.outcome.doses = course->doses;
    c->s.outcome.cycles = course->cycles;
    labs_cycle_starts(&c->s.labs);
}

void clinic_drugs_look(Clinic *c) {
    ClinicCourse *course = &c->s.course;
    int cycle;
    double began_h;
    const char *name;
    for (int i = 0; (name = sim_other_cycle(c->sim, i, &cycle, &began_h)); i++) {
        if (cycle <= course->other_cycle[i]) continue;
        course->other_cycle[i] = cycle;
        chart_note(&c->chart, c->now.time_h, "other_drug", name, cycle, "cycle %d begins", cycle);
        bool alone = !c->view.coming && (course->doses == 0 || course->others_only);
        if (i == 0 && alone) course_cycle(c, cycle, began_h);
    }
}

bool clinic_treated(const Clinic *c) {
    return c->view.coming || c->s.course.doses == 0 || sim_other_coming(c->sim);
}
