/* The options the commands share, parsed by argp from one table: `marrow run --help` prints it. */
#ifndef MARROW_OPTIONS_H
#define MARROW_OPTIONS_H

#include <stdbool.h>

#include "config/config.h"
#include "device/backend.h"

/* Which options a command takes. */
enum {
    OPTIONS_BACKEND = 1,     /* -b, --device, --threads, --isa, --shape, --lanes */
    OPTIONS_CONFIG = 2,      /* CONFIG, -s, --seed, --dosing, --until */
    OPTIONS_FOLDER = 4,      /* -o, --force, --resume, --checkpoint-every, --snapshot-every */
    OPTIONS_PROGRESS = 8,    /* -q */
    OPTIONS_JSON = 16,       /* --json */
    OPTIONS_SCHEMA = 32,     /* --schema */
    OPTIONS_MPI = 64,        /* --mpi, --view */
    OPTIONS_RUN = 128,       /* DIR, a run's folder */
    OPTIONS_EXPORT = 256,    /* --format, --at, --cells, -o FILE, --force */
    OPTIONS_ONE = 512,       /* --drop-checkpoint */
    OPTIONS_SWEEP = 1024,    /* --vary, --table, --jobs, --index, --of, --merge, --keep-checkpoints */
    OPTIONS_ACTIONS = 2048,  /* --actions */
    OPTIONS_PATIENTS = 8192, /* -n, --seed, -o FILE, --force */
    OPTIONS_VIEW = 4096,     /* --headless, --script, and the window's own */
};

typedef struct OptionsUse {
    const char *command, *arguments, *text; /* for --help: "run", "CONFIG -o DIR", what it does */
    unsigned groups;
} OptionsUse;

/* Strings belong to argv. Starts zeroed; destroy accepts any state. */
typedef struct Options {
    BackendOptions backend;
    const char *config_path, *folder, *actions; /* NULL: not given */
    char **assignments; /* KEY=VALUE in the order given; --seed and the like are among them */
    int assignment_count;
    const char *format, *cells, *file; /* NULL: not given */
    double at_day;                     /* NaN: not given */
    char **vary;                       /* KEY=V1,V2,… in the order given */
    int vary_count;
    int patients, patient_seed; /* -n; --seed of the table, 1 unless given */
    const char *table;          /* NULL: not given */
    int jobs, index, of;        /* 0: not given; index -1 */
    bool force, resume, quiet, json, schema, mpi;
    bool drop_checkpoint, keep_checkpoints, merge;
    int argc; /* the command's own words */
    char **argv;
    bool defaults;             /* no CONFIG is needed: the patient of config_default */
    bool watch;                /* bench --view */
    bool headless;             /* view: no window */
    const char *script;        /* view: commands from a file */
    const char *tour, *record; /* view: a tour's name or file; where what hands do is written down */
    int fuzz_s;                /* view: seconds of random hands; 0: none */
    bool unattended, light;    /* view: the tour goes by itself; light colours */
    double scale;              /* view: of text and widgets; 0: as the screen says */
    bool help;                 /* the help was printed: nothing else is wanted */
} Options;

/* STATUS_BAD_INPUT names the option and what it takes. */
Status options_parse(Options *out, const OptionsUse *use, int argc, char **argv);
void options_destroy(Options *options);

/* The same with assignments of its own, and room for one more at a time; what a sweep varies stays behind.
 * STATUS_FAILED: out of memory. */
Status options_copy(Options *to, const Options *from);
Status options_assign(Options *options, const char *assignment);

/* The effective config: defaults, then the file, then the assignments in order; checked. */
Status options_config(const Options *options, Config *config);

#endif
