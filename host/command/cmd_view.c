/* marrow view: the same run in a window. The window is a program of its own, marrow-view, so that this one
 * never loads a display library; without a window the session is driven here. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ranks.h"
#include "command/commands.h"
#include "viz/session.h"

enum { PATH = 4096 };

/* Beside this program, or where it is installed. */
static bool window_find(char path[PATH]) {
    static const char *const places[] = {"marrow-view", "../libexec/marrow/marrow-view"};
    char self[PATH - 64];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length <= 0) return false;
    self[length] = '\0';
    *(strrchr(self, '/') + 1) = '\0';
    for (int i = 0; i < 2; i++) {
        snprintf(path, PATH, "%s%s", self, places[i]);
        if (access(path, X_OK) == 0) return true;
    }
    return false;
}

/* Comes back only if it cannot be started. */
static Status window_run(int argc, char **argv) {
    char path[PATH];
    REQUIRE(window_find(path), STATUS_UNAVAILABLE,
            "view: marrow-view is not beside this program; build it (make, with libsdl2-dev "
            "and libimgui-dev), or use --headless with --script");
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
