/* marrow view: the same run in a window. The window is a program of its own, marrow-view, so that this one
 * never loads a display library; without a window the session is driven here. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ranks.h"
#include "command/commands.h"
#include "command/view_program.h"
#include "viz/session.h"

/* Comes back only if it cannot be started. */
static Status window_run(int argc, char **argv) {
    char path[VIEW_PROGRAM_PATH];
    TRY(view_program_find(path));
    char **words = calloc((size_t)argc + 1, sizeof *words);
    REQUIRE(words, STATUS_FAILED, "view: out of memory");
    memcpy(words, argv, (size_t)argc * sizeof *words);
    fflush(NULL);
    execv(path, words);
    free(words);
    return status_set(STATUS_UNAVAILABLE, "view: %s cannot be started: %s; build it again", path,
                      strerror(errno));
}

/* The script's commands, or, without one, the whole run. */
static Status drive(Session *session, const Options *options) {
    if (options->script) TRY(session_ask_file(session, options->script));
    if (!options->script) TRY(session_ask(session, "until end", NULL));
    return session_wait(session, 0);
}

static Status headless(const Options *options) {
    Session *session;
    if (options->script) TRY(session_check_file(options->script));
    TRY(session_open(&session, options));
    Status status = drive(session, options);
    char message[1024];
    snprintf(message, sizeof message, "%s", status_message());
    Status closed = session_close(session);
    if (status != STATUS_OK) return status_set(status, "%s", message);
    return closed;
}

Status cmd_view(int argc, char **argv) {
    Options options = {0};
    Status status = options_parse(&options, &session_use, argc, argv);
    if (status == STATUS_OK && !options.help) {
        if (ranks_count() > 1)
            status =
                status_set(STATUS_UNAVAILABLE, "view: shows one process\'s cells; run it without mpirun");
        else
            status = options.headless ? headless(&options) : window_run(argc, argv);
    }
    options_destroy(&options);
    return status;
}
