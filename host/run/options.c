#include "run/options.h"

#include <argp.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum {
    KEY_DEVICE = 256,
    KEY_THREADS,
    KEY_ISA,
    KEY_SHAPE,
    KEY_LANES,
    KEY_SEED,
    KEY_PATIENT_SEED,
    KEY_DOSING,
    KEY_UNTIL,
    KEY_FORCE,
    KEY_JSON,
    KEY_SCHEMA,
    KEY_MPI,
    KEY_RESUME,
    KEY_SNAPSHOT,
    KEY_CHECKPOINT,
    KEY_FORMAT,
    KEY_AT,
    KEY_CELLS,
    KEY_DROP,
    KEY_KEEP,
    KEY_VARY,
    KEY_TABLE,
    KEY_INDEX,
    KEY_OF,
    KEY_MERGE,
    KEY_ACTIONS,
    KEY_HEADLESS,
    KEY_WATCH,
    KEY_SCRIPT,
    KEY_TOUR,
    KEY_UNATTENDED,
    KEY_RECORD,
    KEY_FUZZ,
    KEY_SCALE,
    KEY_LIGHT
};

/* Below it are our keys, and 0 for an argument; above it argp's own. */
enum { OWN_KEYS_END = 0x1000000 };

typedef struct Row {
    struct argp_option option;
    unsigned group; /* 0: every command */
} Row;

static const Row rows[] = {
    {{"backend", 'b', "NAME", 0, "auto, cpu, opencl or cuda; auto is the fastest usable one", 1},
     OPTIONS_BACKEND},
    {{"device", KEY_DEVICE, "N[,N]", 0, "the backend's device of this number (marrow devices), or several",
      1},
     OPTIONS_BACKEND},
    {{"threads", KEY_THREADS, "N", 0, "cpu: threads; 0 is one per processor", 1}, OPTIONS_BACKEND},
    {{"isa", KEY_ISA, "NAME", 0, "cpu: x86-64-v3 or x86-64-v4 instead of the best", 1}, OPTIONS_BACKEND},
    {{"shape", KEY_SHAPE, "NAME", 0, "opencl: auto, pages (CPUs) or lanes (GPUs)", 1}, OPTIONS_BACKEND},
    {{"lanes", KEY_LANES, "N", 0, "opencl, cuda: width of a group, 1 to 4096 or 1024; 0 picks", 1},
     OPTIONS_BACKEND},
    {{"set", 's', "KEY=VALUE", 0, "one key of the config, by its dotted name; repeatable", 2},
     OPTIONS_CONFIG},
    {{"seed", KEY_SEED, "N", 0, "the same as -s simulation.seed=N", 2}, OPTIONS_CONFIG},
    {{"dosing", KEY_DOSING, "FILE.csv", 0, "dosing table in NONMEM form: -s dosing.file=FILE.csv", 2},
     OPTIONS_CONFIG},
    {{"until", KEY_UNTIL, "DAYS", 0, "the same as -s simulation.until_days=DAYS", 2}, OPTIONS_CONFIG},
    {{"actions", KEY_ACTIONS, "FILE.csv", 0, "do what an events.csv says was done by hand, at the same times",
      2},
     OPTIONS_ACTIONS},
    {{"script", KEY_SCRIPT, "FILE", 0, "do the commands in FILE, one a line", 2}, OPTIONS_VIEW},
    {{"tour", KEY_TOUR, "NAME", 0, "a teaching tour: a file, or a name of configs/tours; needs no CONFIG", 2},
     OPTIONS_VIEW},
    {{"unattended", KEY_UNATTENDED, 0, 0,
      "the tour goes by itself, and ends with an error if something it says does not hold", 2},
     OPTIONS_VIEW},
    {{"record", KEY_RECORD, "FILE", 0, "write down what mouse and keys do, as a script", 2}, OPTIONS_VIEW},
    {{"fuzz", KEY_FUZZ, "SECONDS", 0, "random mouse and keys, of the seed", 2}, OPTIONS_VIEW},
    {{"scale", KEY_SCALE, "FACTOR", 0, "text and widgets so much larger, 0.5 to 4", 2}, OPTIONS_VIEW},
    {{"light", KEY_LIGHT, 0, 0, "light colours, for bright rooms", 2}, OPTIONS_VIEW},
    {{"headless", KEY_HEADLESS, 0, 0, "open no window; end with the script, or without one when the run does",
      2},
     OPTIONS_VIEW},
    {{"output", 'o', "DIR", 0, "folder for the run's files; made if missing", 3}, OPTIONS_FOLDER},
    {{"force", KEY_FORCE, 0, 0, "replace the files of another run in DIR", 3}, OPTIONS_FOLDER},
    {{"resume", KEY_RESUME, 0, 0, "go on from the checkpoint in DIR, or begin if there is none yet", 3},
     OPTIONS_FOLDER},
    {{"snapshot-every", KEY_SNAPSHOT, "DAYS", 0, "the same as -s output.snapshot_every_days=DAYS", 3},
     OPTIONS_FOLDER},
    {{"checkpoint-every", KEY_CHECKPOINT, "MINUTES", 0,
      "wall time between checkpoints; 0: only at the end or when stopped", 3},
     OPTIONS_FOLDER},
    {{"format", KEY_FORMAT, "NAME", 0, "fcs, hdf, csv or gates", 3}, OPTIONS_EXPORT},
    {{"at", KEY_AT, "DAY", 0, "the last snapshot up to this day; without it the last of all", 3},
     OPTIONS_EXPORT},
    {{"cells", KEY_CELLS, "CLASS", 0, "only classes whose name begins so: blast, blast_blood, b_mature", 3},
     OPTIONS_EXPORT},
    {{"output", 'o', "FILE", 0, "the file; without it one named after DIR and day, here", 3}, OPTIONS_EXPORT},
    {{"force", KEY_FORCE, 0, 0, "replace the file if it is there", 3}, OPTIONS_EXPORT},
    {{"drop-checkpoint", KEY_DROP, 0, 0, "keep no checkpoint once the run is finished", 3}, OPTIONS_ONE},
    {{"keep-checkpoints", KEY_KEEP, 0, 0, "keep the checkpoints of finished runs too", 3}, OPTIONS_SWEEP},
    {{"vary", KEY_VARY, "KEY=V1,V2,...", 0, "values one key takes; repeatable, each multiplies the runs", 5},
     OPTIONS_SWEEP},
    {{"table", KEY_TABLE, "FILE.csv", 0,
      "one row a run: a column a key, by its dotted name, and if you like a column name", 5},
     OPTIONS_SWEEP},
    {{"jobs", 'j', "N", 0, "runs at once; as many as processors, divided by --threads", 5}, OPTIONS_SWEEP},
    {{"index", KEY_INDEX, "I", 0, "with --of: only runs I, I+K, I+2K, ..., counted from 0", 5},
     OPTIONS_SWEEP},
    {{"of", KEY_OF, "K", 0, "how many slices share the runs", 5}, OPTIONS_SWEEP},
    {{"merge", KEY_MERGE, 0, 0, "run nothing; make runs.csv of what is there", 5}, OPTIONS_SWEEP},
    {{NULL, 'n', "N", 0, "how many patients", 3}, OPTIONS_PATIENTS},
    {{"seed", KEY_PATIENT_SEED, "N", 0, "of the table; 1 unless given", 3}, OPTIONS_PATIENTS},
    {{"output", 'o', "FILE", 0, "the table; without it, standard output", 3}, OPTIONS_PATIENTS},
    {{"force", KEY_FORCE, 0, 0, "replace the file if it is there", 3}, OPTIONS_PATIENTS},
    {{"quiet", 'q', 0, 0, "no first line, progress or summary", 4}, OPTIONS_PROGRESS},
    {{"json", KEY_JSON, 0, 0, "machine-readable, one JSON object a line", 4}, OPTIONS_JSON},
    {{"schema", KEY_SCHEMA, 0, 0, "every key with type, range, default, meaning and source; needs no CONFIG",
      4},
     OPTIONS_SCHEMA},
    {{"view", KEY_WATCH, 0, 0, "pictures, and what watching costs the simulation", 4}, OPTIONS_MPI},
    {{"mpi", KEY_MPI, 0, 0, "under mpirun: all processes against one, each with one thread", 4}, OPTIONS_MPI},
    {{"help", 'h', 0, 0, "this help", -1}, 0},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

typedef struct Parse {
    Options *out;
    const OptionsUse *use;
    Status status; /* of the first mistake; argp itself prints nothing */
} Parse;

static bool takes(const OptionsUse *use, unsigned group) {
    return group == 0 || (use->groups & group);
}

static Status count(const char *option, const char *text, int *out) {
    char *end;
    long value = strtol(text, &end, 10);
    REQUIRE(*text && !*end && value >= 0 && value <= 1000000, STATUS_BAD_INPUT,
            "%s %s: takes a whole number from 0; see --help", option, text);
    *out = (int)value;
    return STATUS_OK;
}

static Status day(const char *option, const char *text, double *out) {
    char *end;
    *out = strtod(text, &end);
    REQUIRE(*text && !*end && isfinite(*out), STATUS_BAD_INPUT, "%s %s: takes a day, for example 21", option,
            text);
    return STATUS_OK;
}

static Status factor(const char *option, const char *text, double *out) {
    char *end;
    *out = strtod(text, &end);
    REQUIRE(*text && !*end && *out >= 0.5 && *out <= 4, STATUS_BAD_INPUT, "%s %s: takes 0.5 to 4; see --help",
            option, text);
    return STATUS_OK;
}

static Status name_of(const char *option, const char *text, char *out, size_t room) {
    REQUIRE(*text && strlen(text) < room, STATUS_BAD_INPUT, "%s \"%s\": no such name; see --help", option,
            text);
    memcpy(out, text, strlen(text) + 1);
    return STATUS_OK;
}

static Status shape(const char *text, KernelShape *out) {
    static const char *const names[] = {
        [SHAPE_AUTO] = "auto", [SHAPE_OF_PAGES] = "pages", [SHAPE_OF_LANES] = "lanes"};
    for (int i = 0; i < 3; i++)
        if (strcmp(names[i], text) == 0) {
            *out = (KernelShape)i;
            return STATUS_OK;
        }
    return status_set(STATUS_BAD_INPUT, "--shape %s: takes auto, pages or lanes", text);
}

/* There is room for one per word of the command line. */
static Status vary(Options *out, char *text) {
    out->vary[out->vary_count++] = text;
    return STATUS_OK;
}

/* Remembers KEY=VALUE. There is room for one per word of the command line. */
static Status assign(Options *out, const char *key, const char *value) {
    char *text = NULL;
    int length = key ? asprintf(&text, "%s=%s", key, value) : asprintf(&text, "%s", value);
    REQUIRE(length >= 0, STATUS_FAILED, "out of memory");
    out->assignments[out->assignment_count++] = text;
    return STATUS_OK;
}

static Status run_folder(Options *out, const char *text) {
    REQUIRE(!out->folder, STATUS_BAD_INPUT, "%s: one DIR is enough, and %s was given before it", text,
            out->folder);
    out->folder = text;
    return STATUS_OK;
}

static Status argument(Options *out, const OptionsUse *use, const char *text) {
    if (use->groups & OPTIONS_RUN) return run_folder(out, text);
    REQUIRE(use->groups & OPTIONS_CONFIG, STATUS_BAD_INPUT, "%s: %s takes no argument; see marrow %s --help",
            text, use->command, use->command);
    REQUIRE(!out->config_path, STATUS_BAD_INPUT, "%s: one CONFIG is enough, and %s was given before it", text,
            out->config_path);
    out->config_path = text;
    return STATUS_OK;
}

static Status take(Parse *parse, int key, char *value) {
    Options *out = parse->out;
    switch (key) {
    case 'b': return name_of("--backend", value, out->backend.name, sizeof out->backend.name);
    case KEY_DEVICE: return name_of("--device", value, out->backend.devices, sizeof out->backend.devices);
    case KEY_THREADS: return count("--threads", value, &out->backend.threads);
    case KEY_ISA: return name_of("--isa", value, out->backend.isa, sizeof out->backend.isa);
    case KEY_SHAPE: return shape(value, &out->backend.shape);
    case KEY_LANES: return count("--lanes", value, &out->backend.lanes);
    case 's': return assign(out, NULL, value);
    case 'n': return count("-n", value, &out->patients);
    case KEY_PATIENT_SEED: return count("--seed", value, &out->patient_seed);
    case KEY_SEED: return assign(out, "simulation.seed", value);
    case KEY_DOSING: return assign(out, "dosing.file", value);
    case KEY_UNTIL: return assign(out, "simulation.until_days", value);
    case 'o':
        *(parse->use->groups & (OPTIONS_EXPORT | OPTIONS_PATIENTS) ? &out->file : &out->folder) = value;
        return STATUS_OK;
    case KEY_FORMAT: out->format = value; return STATUS_OK;
    case KEY_AT: return day("--at", value, &out->at_day);
    case KEY_CELLS: out->cells = value; return STATUS_OK;
    case KEY_HEADLESS: out->headless = true; return STATUS_OK;
    case KEY_SCRIPT: out->script = value; return STATUS_OK;
    case KEY_TOUR: out->tour = value; return STATUS_OK;
    case KEY_UNATTENDED: out->unattended = true; return STATUS_OK;
    case KEY_RECORD: out->record = value; return STATUS_OK;
    case KEY_FUZZ: return count("--fuzz", value, &out->fuzz_s);
    case KEY_SCALE: return factor("--scale", value, &out->scale);
    case KEY_LIGHT: out->light = true; return STATUS_OK;
    case KEY_ACTIONS: out->actions = value; return STATUS_OK;
    case KEY_FORCE: out->force = true; return STATUS_OK;
    case KEY_RESUME: out->resume = true; return STATUS_OK;
    case KEY_SNAPSHOT: return assign(out, "output.snapshot_every_days", value);
    case KEY_CHECKPOINT: return assign(out, "output.checkpoint_every_minutes", value);
    case KEY_DROP: out->drop_checkpoint = true; return STATUS_OK;
    case KEY_KEEP: out->keep_checkpoints = true; return STATUS_OK;
    case KEY_VARY: return vary(out, value);
    case KEY_TABLE: out->table = value; return STATUS_OK;
    case 'j': return count("--jobs", value, &out->jobs);
    case KEY_INDEX: return count("--index", value, &out->index);
    case KEY_OF: return count("--of", value, &out->of);
    case KEY_MERGE: out->merge = true; return STATUS_OK;
    case 'q': out->quiet = true; return STATUS_OK;
    case KEY_JSON: out->json = true; return STATUS_OK;
    case KEY_SCHEMA: out->schema = true; return STATUS_OK;
    case KEY_WATCH: out->watch = true; return STATUS_OK;
    case KEY_MPI: out->mpi = true; return STATUS_OK;
    case 'h': out->help = true; return STATUS_OK;
    default: return argument(out, parse->use, value);
    }
}

/* `word` is what argp could not take: an option it does not know, or one without its value. */
static Status refuse(const OptionsUse *use, const char *word) {
    TextNearest nearest = {0};
    const char *name = word + strspn(word, "-");
    for (int i = 0; i < ROWS; i++) {
        const struct argp_option *option = &rows[i].option;
        if (!takes(use, rows[i].group)) continue;
        bool given = strcmp(name, option->name) == 0 || (word[1] == option->key && !word[2]);
        REQUIRE(!given || !option->arg, STATUS_BAD_INPUT, "%s: needs a value, %s", word, option->arg);
        REQUIRE(strncmp(name, option->name, strlen(option->name)) != 0 || option->arg, STATUS_BAD_INPUT,
                "%s: --%s takes no value", word, option->name);
        if (!(option->flags & OPTION_HIDDEN)) text_consider(&nearest, name, option->name);
    }
    if (nearest.name)
        return status_set(STATUS_BAD_INPUT, "%s: no such option; did you mean --%s?", word, nearest.name);
    return status_set(STATUS_BAD_INPUT, "%s: no such option; see marrow %s --help", word, use->command);
}

/* argp's callback: one option or argument, or the word it stumbled over. */
static error_t on_word(int key, char *value, struct argp_state *state) {
    Parse *parse = state->input;
    if (key == ARGP_KEY_ERROR && parse->status == STATUS_OK)
        parse->status = refuse(parse->use, state->argv[state->next - 1]);
    else if ((key & OWN_KEYS_END) == 0)
        parse->status = take(parse, key, value);
    else
        return ARGP_ERR_UNKNOWN;
    return parse->status == STATUS_OK ? 0 : EINVAL;
}

static void print_help(const struct argp *argp, const OptionsUse *use) {
    char name[TEXT_NAME];
    snprintf(name, sizeof name, "marrow %s", use->command);
    argp_help(argp, stdout, ARGP_HELP_USAGE | ARGP_HELP_LONG | ARGP_HELP_DOC, name);
}

Status options_parse(Options *out, const OptionsUse *use, int argc, char **argv) {
    struct argp_option options[ROWS + 1] = {0};
    for (int i = 0, n = 0; i < ROWS; i++)
        if (takes(use, rows[i].group)) options[n++] = rows[i].option;
    *out = (Options){.backend.device = -1, .patient_seed = 1, .at_day = NAN, .index = -1};
    out->argc = argc, out->argv = argv;
    out->assignments = calloc((size_t)argc, sizeof *out->assignments);
    out->vary = calloc((size_t)argc, sizeof *out->vary);
    REQUIRE(out->assignments && out->vary, STATUS_FAILED, "out of memory");
    const struct argp argp = {options, on_word, use->arguments, use->text, NULL, NULL, NULL};
    Parse parse = {out, use, STATUS_OK};
    int flags = ARGP_NO_ERRS | ARGP_NO_EXIT | ARGP_NO_HELP | ARGP_IN_ORDER;
    (void)argp_parse(&argp, argc, argv, (unsigned)flags, NULL, &parse);
    TRY(parse.status);
    if (out->help) print_help(&argp, use);
    return STATUS_OK;
}

Status options_assign(Options *options, const char *assignment) {
    size_t room = (size_t)options->assignment_count + 1;
    char **grown = realloc(options->assignments, room * sizeof *grown);
    REQUIRE(grown, STATUS_FAILED, "out of memory");
    options->assignments = grown;
    return assign(options, NULL, assignment);
}

Status options_copy(Options *to, const Options *from) {
    *to = *from;
    to->assignments = NULL;
    to->assignment_count = 0;
    to->vary = NULL; /* a sweep's alone */
    to->vary_count = 0;
    for (int i = 0; i < from->assignment_count; i++) TRY(options_assign(to, from->assignments[i]));
    return STATUS_OK;
}

void options_destroy(Options *options) {
    for (int i = 0; i < options->assignment_count; i++) free(options->assignments[i]);
    free(options->assignments);
    free(options->vary);
    *options = (Options){0};
}

Status options_config(const Options *options, Config *config) {
    REQUIRE(options->config_path || options->defaults, STATUS_BAD_INPUT,
            "no CONFIG given; try configs/label.yaml");
    config_default(config);
    if (options->config_path) TRY(config_load(config, options->config_path));
    for (int i = 0; i < options->assignment_count; i++) TRY(config_set(config, options->assignments[i]));
    return config_check(config);
}
