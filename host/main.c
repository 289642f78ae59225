/* marrow: leukaemia treatment, cell by cell. Finds the command, and alone prints errors and chooses the exit
 * code. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/ranks.h"
#include "base/text.h"
#include "base/version.h"
#include "command/commands.h"

typedef struct Command {
    const char *name;
    Status (*run)(int argc, char **argv); /* NULL: not built in this version */
    const char *text;
} Command;

static const Command commands[] = {
    {"run", cmd_run, "one patient, from a config to a folder of files"},
    {"sweep", cmd_sweep, "many runs that differ in a few keys, and one table of them"},
    {"view", cmd_view, "the same run in a window, live"},
    {"patients", cmd_patients, "a table of virtual patients, for sweep"},
    {"check", cmd_check, "validate a config and print it in full; nothing is run"},
    {"devices", cmd_devices, "every device, and why one is not usable"},
    {"report", cmd_report, "a run or a sweep as one page of HTML, with plots"},
    {"export", cmd_export, "cells at a time, for other programs"},
    {"bench", cmd_bench, "the standard measurements of speed"},
    {"version", cmd_version, "version, build options, libraries found"},
    {"trial", NULL, "many virtual patients and their endpoints"},
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void help_section(const char *title, int built) {
    printf("\n%s\n", title);
    for (int i = 0; i < COMMANDS; i++)
        if ((commands[i].run != NULL) == built) printf("  %-9s %s\n", commands[i].name, commands[i].text);
}

static Status help(void) {
    printf("Usage: marrow COMMAND [OPTION...]\n"
           "marrow %s simulates leukaemia treatment cell by cell. Research and teaching, not for treating "
           "patients.\n",
           version_number);
    help_section("Commands (marrow COMMAND --help says more):", 1);
    help_section("Not built in this version:", 0);
    printf("\nStart with: marrow run configs/label.yaml -o out/label\n"
           "Exit status: 0 done, 1 failed while running, 2 wrong command line or config, 69 not available "
           "here,\n"
           "75 stopped by a signal before the end.\n");
    return STATUS_OK;
}

static Status unknown(const char *name) {
    TextNearest nearest = {0};
    for (int i = 0; i < COMMANDS; i++) text_consider(&nearest, name, commands[i].name);
    if (nearest.name)
        return status_set(STATUS_BAD_INPUT, "%s: no such command; did you mean %s?", name, nearest.name);
    return status_set(STATUS_BAD_INPUT, "%s: no such command; see marrow help", name);
}

static int is_either(const char *word, const char *a, const char *b) {
    return strcmp(word, a) == 0 || strcmp(word, b) == 0;
}

static Status run_command(const char *name, int argc, char **argv) {
    for (int i = 0; i < COMMANDS; i++) {
        if (strcmp(commands[i].name, name) != 0) continue;
        REQUIRE(commands[i].run, STATUS_BAD_INPUT, "%s: not built in this version; see marrow help", name);
        return commands[i].run(argc, argv);
    }
    return unknown(name);
}

static Status dispatch(int argc, char **argv) {
    REQUIRE(argc > 1, STATUS_BAD_INPUT, "no command given; see marrow help");
    const char *name = argv[1];
    if (is_either(name, "--version", "-V")) name = "version";
    if (strcmp(name, "help") == 0 && argc > 2)
        return run_command(argv[2], 2, (char *[]){argv[2], "--help", NULL});
    if (strcmp(name, "help") == 0 || is_either(name, "--help", "-h")) return help();
    return run_command(name, argc - 1, argv + 1);
}

/* A reader that went away or a full disk must come back as an error of the write, not as a signal that kills.
 */
static void ignore_write_signals(void) {
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
}

static Status flush_output(Status status) {
    if (fflush(stdout) == 0 && !ferror(stdout)) return status;
    if (status != STATUS_OK) return status;
    return status_set(STATUS_FAILED, "standard output: cannot be written: %s", strerror(errno));
}

int main(int argc, char **argv) {
    ignore_write_signals();
    Status status = ranks_start(&argc, &argv);
    if (status == STATUS_OK) status = flush_output(dispatch(argc, argv));
    if (status != STATUS_OK && (ranks_index() == 0 || (status != STATUS_STOPPED && !ranks_settled())))
        fprintf(stderr, "marrow: %s\n", status_message());
    ranks_finish(status);
    return (int)status;
}
