#include "run/run_actions.h"

#include <stdio.h>
#include <string.h>

#include "base/ranks.h"

static ActionTarget target_of(Run *run) {
    return (ActionTarget){&run->live, run->dosing, run->sim};
}

/* A list that rank 0 has read. */
static Status share(ActionList *list) {
    ranks_share(&list->count, sizeof list->count);
    if (ranks_index() > 0) TRY(actions_reserve(list, list->count));
    if (list->count) ranks_share(list->item, list->count * sizeof *list->item);
    return STATUS_OK;
}

static void say_again(const Run *run) {
    size_t again = run->actions.count - run->actions.done;
    if (run->options.actions || again == 0 || !run_writes(run) || run->options.quiet || run->options.json)
        return;
    fprintf(stderr, "marrow: %s: %zu of the actions in events.csv will be done again\n", run->options.folder,
            again);
}

Status run_actions_find(Run *run) {
    char path[RUN_PATH];
    if (run->options.actions) return STATUS_OK;
    if (ranks_index() == 0) {
        TRY(run_path(path, run->options.folder, "events.csv"));
        TRY(actions_read_own(&run->actions, path));
    }
    TRY(share(&run->actions));
    if (!run->going_on) say_again(run);
    return STATUS_OK;
}

/* What was done before the checkpoint is in its table, which rank 0 alone has open. */
static Status actions_taken(Run *run, ActionList *taken) {
    if (ranks_index() == 0) TRY(actions_read(taken, run->events.file.path));
    return share(taken);
}

/* Keys that were set are set again, and a list that was given must begin with the same. */
static Status actions_again(Run *run, const ActionList *taken) {
    const ActionTarget target = target_of(run);
    for (size_t i = 0; i < taken->count; i++) {
        REQUIRE(i < run->actions.count && strcmp(taken->item[i].text, run->actions.item[i].text) == 0,
                STATUS_BAD_INPUT,
                "--actions %s: does not begin with what was done before day %g; give the same list, or none",
                run->options.actions, sim_time_h(run->sim) / 24);
        TRY(action_take_again(taken->item[i].text, &target));
    }
    run->actions.done = taken->count;
    return STATUS_OK;
}

Status run_actions_continue(Run *run) {
    ActionList taken = {0};
    Status status = actions_taken(run, &taken);
    if (status == STATUS_OK) status = actions_again(run, &taken);
    actions_destroy(&taken);
    if (status == STATUS_OK) say_again(run);
    return status;
}

/* Taken, and in the table: what was done is known even if the run ends here. */
static Status act(Run *run, const char *text) {
    const ActionTarget target = target_of(run);
    TRY(action_take(text, &target));
    return run_writes(run) ? events_action(&run->events, sim_time_h(run->sim), text) : STATUS_OK;
}

static void drop(Run *run) {
    char why[1024];
    snprintf(why, sizeof why, "%s; left out", status_message());
    actions_drop(&run->actions);
    run->action_dropped(run->action_dropped_who, why);
}

Status run_actions(Run *run) {
    for (const Action *due; (due = actions_due(&run->actions, sim_time_h(run->sim))) != NULL;) {
        Status status = act(run, due->text);
        if (status == STATUS_BAD_INPUT && run->action_dropped) {
            drop(run);
            continue;
        }
        TRY(status);
        run->actions.done++;
    }
    return STATUS_OK;
}

Status run_actions_at_end(Run *run) {
    return run_done(run) ? run_actions(run) : STATUS_OK;
}

Status run_act(Run *run, const char *text) {
    TRY(act(run, text));
    return actions_put(&run->actions, sim_time_h(run->sim), text);
}

void run_actions_warn(const Run *run) {
    size_t left = run->actions.count - run->actions.done;
    if (!run->options.actions || left == 0 || !run_done(run) || ranks_index() > 0) return;
    fprintf(stderr,
            "marrow: --actions %s: %zu of %zu come after day %g, the end, and were not done; see --until\n",
            run->options.actions, left, run->actions.count, sim_time_h(run->sim) / 24);
}
