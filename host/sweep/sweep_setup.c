/* How a sweep is spread: which runs are ours, how many at once, on what. */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/ranks.h"
#include "sweep/sweep.h"

static Status slice(Sweep *s) {
    const Options *o = &s->options;
    REQUIRE((o->index < 0) == (o->of == 0), STATUS_BAD_INPUT,
            "--index and --of belong together: --index 0 --of 4 is the first of four slices");
    s->of = o->of ? o->of : 1;
    s->index = o->index < 0 ? 0 : o->index;
    REQUIRE(s->index < s->of, STATUS_BAD_INPUT, "--index %d --of %d: slices are counted from 0 to %d",
            s->index, s->of, s->of - 1);
    s->own = s->plan.runs > s->index ? (s->plan.runs - s->index + s->of - 1) / s->of : 0;
    return STATUS_OK;
}

/* What auto takes here, asked in a process of its own: drivers leave threads and memory behind. */
static void auto_ask(Sweep *s) {
    static const char *const names[] = {"cpu", "opencl", "cuda"};
    int result = 0;
    pid_t asked = fork();
    if (asked == 0) {
        Backend backend;
        Status status = backend_open_one(&backend, &s->options.backend);
        for (int i = 1; status == STATUS_OK && i < 3; i++)
            if (strcmp(backend.calls->name, names[i]) == 0) _exit(i);
        _exit(0);
    }
    if (asked > 0) waitpid(asked, &result, 0);
    int found = WIFEXITED(result) ? WEXITSTATUS(result) : 0;
    strcpy(s->backend, names[found < 3 ? found : 0]);
}

static void backend_choose(Sweep *s) {
    const char *name = s->options.backend.name;
    if (*name && strcmp(name, "auto") != 0)
        strcpy(s->backend, name);
    else
        auto_ask(s);
}

static int at_least_one(int n) {
    return n < 1 ? 1 : n;
}

/* On the processor, jobs times threads are its processors, and few runs get many threads; a GPU is given one
 * run at a time. */
static void share(Sweep *s) {
    int processors = ranks_processors(), ranks = ranks_count();
    int runs = at_least_one((s->own + ranks - 1) / ranks);
    bool cpu = strcmp(s->backend, "cpu") == 0;
    s->command.threads = s->options.backend.threads;
    s->jobs = s->options.jobs;
    if (!s->jobs) s->jobs = cpu ? at_least_one(processors / at_least_one(s->command.threads)) : 1;
    if (s->jobs > runs) s->jobs = runs;
    if (!s->command.threads && cpu) s->command.threads = at_least_one(processors / s->jobs);
}

Status sweep_setup(Sweep *s) {
    TRY(slice(s));
    backend_choose(s);
    share(s);
    s->command.plan = &s->plan;
    s->command.options = &s->options;
    s->command.dir = s->options.folder;
    s->command.backend = s->backend;
    s->children = calloc((size_t)s->jobs, sizeof *s->children);
    s->elsewhere = calloc((size_t)s->own + 1, sizeof *s->elsewhere);
    REQUIRE(s->children && s->elsewhere, STATUS_FAILED, "out of memory");
    return STATUS_OK;
}
