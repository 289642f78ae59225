#include "sweep/sweep_child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"

extern char **environ;

/* A growing list of words that ends in NULL; each is a copy. Out of memory leaves `broken`. */
typedef struct Words {
    char **items;
    size_t count;
    bool broken;
} Words;

static void word_add(Words *words, const char *text) {
    char **items = realloc(words->items, (words->count + 2) * sizeof *items);
    char *copy = items ? strdup(text) : NULL;
    if (items) words->items = items;
    words->broken = words->broken || !copy;
    if (!copy) return;
    items[words->count++] = copy;
    items[words->count] = NULL;
}

static void option_add(Words *words, const char *option, const char *value) {
    if (!*value) return;
    word_add(words, option);
    word_add(words, value);
}

static void words_free(Words *words) {
    for (size_t i = 0; i < words->count; i++) free(words->items[i]);
    free(words->items);
    *words = (Words){0};
}

/* --- what it is told --- */

static void number_add(Words *words, const char *option, int value) {
    char text[TEXT_NUMBER];
    if (value <= 0) return;
    snprintf(text, sizeof text, "%d", value);
    option_add(words, option, text);
}

static void backend_add(Words *words, const SweepCommand *c) {
    static const char *const shapes[] = {
        [SHAPE_AUTO] = "", [SHAPE_OF_PAGES] = "pages", [SHAPE_OF_LANES] = "lanes"};
    const BackendOptions *o = &c->options->backend;
    option_add(words, "--backend", c->backend);
    option_add(words, "--device", o->devices);
    number_add(words, "--threads", c->threads);
    option_add(words, "--isa", o->isa);
    option_add(words, "--shape", shapes[o->shape]);
    number_add(words, "--lanes", o->lanes);
}

/* The config is the copy in the sweep's folder: an edit of the original changes no run that comes later. */
static Status command_make(Words *words, const SweepCommand *c, int run, const char *how) {
    char path[RUN_PATH], assignment[SWEEP_NAME];
    TRY(run_path(path, c->dir, "config.yaml"));
    word_add(words, "marrow");
    word_add(words, "run");
    word_add(words, path);
    for (int k = 0; k < c->plan->keys; k++)
        if (sweep_plan_assignment(c->plan, run, k, assignment)) option_add(words, "--set", assignment);
    TRY(sweep_run_path(path, c->dir, run));
    option_add(words, "--output", path);
    backend_add(words, c);
    word_add(words, "--quiet");
    if (!c->options->keep_checkpoints) word_add(words, "--drop-checkpoint");
    if (*how) word_add(words, how);
    REQUIRE(!words->broken, STATUS_FAILED, "out of memory");
    return STATUS_OK;
}

/* Ours without what a launcher of MPI put there: a child is a program of its own. */
static Status environment_make(Words *words) {
    static const char *const launchers[] = {"OMPI_", "PMIX_", "PMI_", "ORTE_", "PRTE_"};
    for (char **word = environ; *word; word++) {
        bool launcher = false;
        for (size_t i = 0; i < sizeof launchers / sizeof launchers[0]; i++)
            launcher = launcher || strncmp(*word, launchers[i], strlen(launchers[i])) == 0;
        if (!launcher) word_add(words, *word);
    }
    REQUIRE(!words->broken, STATUS_FAILED, "out of memory");
    return STATUS_OK;
}

/* --- starting --- */

/* In the child, between fork and exec: only calls that are safe there. A sweep that is killed takes its
 * children along, each to its checkpoint. */
static void become(int log, pid_t parent, char **words, char **environment) {
    static const char cannot[] = "marrow: the program cannot be started again; is it still there?\n";
    sigset_t none;
    int nothing = open("/dev/null", O_RDWR);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) _exit(1);
    dup2(nothing, STDIN_FILENO);
    dup2(nothing, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve("/proc/self/exe", words, environment);
    (void)!write(STDERR_FILENO, cannot, sizeof cannot - 1);
    _exit(1);
}

static Status process_start(SweepChild *child, const SweepCommand *c, const char *how) {
    Words words = {0}, environment = {0};
    pid_t parent = getpid();
    Status status = command_make(&words, c, child->run, how);
    if (status == STATUS_OK) status = environment_make(&environment);
    if (status == STATUS_OK) {
        pid_t process = fork();
        if (process == 0) become(child->log, parent, words.items, environment.items);
        if (process < 0)
            status =
                status_set(STATUS_FAILED, "a process cannot be made: %s; try fewer --jobs", strerror(errno));
        else
            child->process = process;
    }
    words_free(&words);
    words_free(&environment);
    return status;
}

/* "DIR/logs/000001.log.part", while it is at work. */
static Status part_path(char out[RUN_PATH], const char *dir, int run) {
    char log[RUN_PATH];
    TRY(sweep_log_path(log, dir, run));
    REQUIRE(snprintf(out, RUN_PATH, "%s.part", log) < RUN_PATH, STATUS_BAD_INPUT,
            "%.60s...: the path is too long", log);
    return STATUS_OK;
}

/* Whether the file we have locked is still the one of that name: whoever had it before may have taken it
 * away. */
static bool same_file(int handle, const char *path) {
    struct stat ours, there;
    return fstat(handle, &ours) == 0 && stat(path, &there) == 0 && ours.st_ino == there.st_ino &&
           ours.st_dev == there.st_dev;
}

/* Opens and locks the log; -1 if somebody else has it. The lock goes with the last process that has it open.
 */
static Status log_take(const char *path, int *log) {
    for (;;) {
        *log = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
        REQUIRE(*log >= 0, STATUS_FAILED,
                "%s: cannot be written: %s; free some space or choose another folder", path, strerror(errno));
        bool locked = flock(*log, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
        if (locked && same_file(*log, path)) return STATUS_OK;
        close(*log);
        *log = -1;
        if (!locked) return STATUS_OK;
    }
}

static void log_drop(SweepChild *child, const char *part) {
    unlink(part);
    close(child->log);
    child->log = -1;
}

/* Whether there is something to go on from. */
static Status has_checkpoint(const char *dir, int run, bool *has) {
    static const char *const names[] = {"checkpoint.hdf", "checkpoint-previous.hdf"};
    char folder[RUN_PATH], path[RUN_PATH];
    *has = false;
    TRY(sweep_run_path(folder, dir, run));
    for (int i = 0; i < 2; i++) {
        TRY(run_path(path, folder, names[i]));
        *has = *has || access(path, F_OK) == 0;
    }
    return STATUS_OK;
}

/* What is there without --resume came after we began: another call is at work in the same folder. */
static Status begin_or_resume(SweepChild *child, const SweepCommand *c, const char *part, SweepStart *how) {
    char log[RUN_PATH];
    SweepRun found;
    bool checkpoint = false;
    TRY(sweep_run_read(&found, c->dir, child->run, c->plan->hash[child->run]));
    if (!c->options->force && found.state == SWEEP_FINISHED) {
        *how = SWEEP_DONE_BEFORE;
        log_drop(child, part);
        return STATUS_OK;
    }
    if (!c->options->force) TRY(has_checkpoint(c->dir, child->run, &checkpoint));
    child->resumed = checkpoint && found.state != SWEEP_WAITING;
    TRY(sweep_log_path(log, c->dir, child->run));
    unlink(log); /* of an attempt before this one */
    if (ftruncate(child->log, 0) != 0) return status_set(STATUS_FAILED, "%s: %s", part, strerror(errno));
    return process_start(child, c, child->resumed ? "--resume" : c->options->force ? "--force" : "");
}

Status sweep_child_start(SweepChild *child, const SweepCommand *c, int run, SweepStart *how) {
    char part[RUN_PATH];
    *child = (SweepChild){.run = run, .log = -1};
    *how = SWEEP_ELSEWHERE;
    TRY(part_path(part, c->dir, run));
    TRY(log_take(part, &child->log));
    if (child->log < 0) return STATUS_OK;
    *how = SWEEP_STARTED;
    Status status = begin_or_resume(child, c, part, how);
    if (status != STATUS_OK && child->log >= 0) log_drop(child, part);
    return status;
}

/* --- ending --- */

static int exit_status(int result) {
    return WIFEXITED(result) ? WEXITSTATUS(result) : 1;
}

static bool said_something(const SweepChild *child) {
    struct stat about;
    return fstat(child->log, &about) == 0 && about.st_size > 0;
}

/* Warnings of a run that finished are kept as what a failed one said is; of one that was stopped there is
 * nothing to say. */
static Status log_settle(SweepChild *child, const char *dir, int status) {
    char part[RUN_PATH], log[RUN_PATH];
    TRY(part_path(part, dir, child->run));
    TRY(sweep_log_path(log, dir, child->run));
    if (status != STATUS_STOPPED && said_something(child)) (void)rename(part, log);
    log_drop(child, part);
    return STATUS_OK;
}

Status sweep_child_end(SweepChild *child, const SweepCommand *c, int result, bool *again, int *status) {
    *again = child->resumed && exit_status(result) == STATUS_BAD_INPUT;
    *status = exit_status(result);
    child->process = 0;
    if (*again) {
        child->resumed = false;
        dprintf(child->log, "marrow: the run is begun anew\n");
        return process_start(child, c, "--force");
    }
    if (WIFSIGNALED(result))
        dprintf(child->log, "marrow: killed by SIG%s; try again with --resume\n",
                sigabbrev_np(WTERMSIG(result)));
    else if (*status && !said_something(child))
        dprintf(child->log, "marrow: ended with status %d and said nothing; try again with --resume\n",
                *status);
    return log_settle(child, c->dir, *status);
}
