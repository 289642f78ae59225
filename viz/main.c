/* marrow-view: the window of `marrow view`, a program of its own so that `marrow` needs no display library.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "tour.h"
#include "viewer.h"

static Status story(Options *options, Tour **tour) {
    if (options->tour) {
        TRY(tour_open(tour, options->tour));
        TRY(tour_options(*tour, options));
    }
    REQUIRE(*tour || !options->unattended, STATUS_BAD_INPUT, "--unattended: needs a tour; add --tour NAME");
    return viewer_run(options, *tour);
}

int main(int argc, char **argv) {
    Options options = {0};
    Tour *tour = NULL;
    signal(SIGPIPE, SIG_IGN); /* a video's ffmpeg that went away is an error of the write */
    Status status = options_parse(&options, &session_use, argc, argv);
    if (status == STATUS_OK && !options.help) status = story(&options, &tour);
    options_destroy(&options);
    tour_close(tour);
    if (status == STATUS_OK && fflush(stdout) != 0)
        status = status_set(STATUS_FAILED, "standard output: cannot be written: %s", strerror(errno));
    if (status != STATUS_OK) fprintf(stderr, "marrow: %s\n", status_message());
    return (int)status;
}
