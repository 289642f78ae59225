#include "report/gnuplot.h"

#include <errno.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static Status gnuplot_start(pid_t *process, FILE *const files[3]) {
    posix_spawn_file_actions_t actions;
    REQUIRE(posix_spawn_file_actions_init(&actions) == 0, STATUS_FAILED, "out of memory");
    int error = 0;
    for (int i = 0; i < 3 && !error; i++)
        error = posix_spawn_file_actions_adddup2(&actions, fileno(files[i]), i);
    /* -d: no settings of the user's, so that everyone gets the same picture */
    char *words[] = {(char[]){"gnuplot"}, (char[]){"-d"}, (char[]){"-"}, NULL};
    if (!error) error = posix_spawnp(process, "gnuplot", &actions, NULL, words, environ);
    posix_spawn_file_actions_destroy(&actions);
    REQUIRE(!error, STATUS_UNAVAILABLE, "gnuplot: cannot be started: %s; install the package gnuplot-nox",
            strerror(error));
    return STATUS_OK;
}

static Status gnuplot_wait(pid_t process, FILE *complaints) {
    int result = 0;
    while (waitpid(process, &result, 0) < 0)
        REQUIRE(errno == EINTR, STATUS_FAILED, "gnuplot: cannot be waited for: %s; run again",
                strerror(errno));
    if (WIFEXITED(result) && WEXITSTATUS(result) == 0) return STATUS_OK;
    char line[256] = "";
    rewind(complaints);
    while (fgets(line, sizeof line, complaints) && strspn(line, " \t\n^") == strlen(line)) continue;
    line[strcspn(line, "\n")] = '\0';
    return status_set(STATUS_FAILED, "gnuplot: failed: %s; try another version of it", line);
}

static void attribute_cut(char *line, const char *name) {
    for (char *at; (at = strstr(line, name)) != NULL;) {
        char *open = strchr(at, '"'), *close = open ? strchr(open + 1, '"') : NULL;
        if (!close) return;
        memmove(at, close + 1, strlen(close + 1) + 1);
    }
}

/* From <svg on, without the names of XML's spaces, which HTML neither needs nor wants, and without what would
 * have the same id in every picture: the canvas and the marks of points, which no line uses. */
static void svg_write(FILE *out, FILE *svg) {
    char *line = NULL;
    size_t room = 0;
    bool inside = false, marks = false;
    rewind(svg);
    while (getline(&line, &room, svg) >= 0) {
        inside = inside || strstr(line, "<svg");
        marks = marks || strstr(line, "<defs>");
        attribute_cut(line, " xmlns");
        attribute_cut(line, " id=\"gnuplot_canvas\"");
        if (inside && !marks && strspn(line, " \t\n") < strlen(line)) fputs(line, out);
        marks = marks && !strstr(line, "</defs>");
    }
    free(line);
}

static Status draw(FILE *out, FILE *const files[3]) {
    REQUIRE(fflush(files[0]) == 0, STATUS_FAILED, "gnuplot's script: cannot be written: %s; free some space",
            strerror(errno));
    rewind(files[0]);
    pid_t process = 0;
    TRY(gnuplot_start(&process, files));
    TRY(gnuplot_wait(process, files[2]));
    svg_write(out, files[1]);
    return STATUS_OK;
}

Status gnuplot_open(Gnuplot *plot) {
    for (int i = 0; i < 3; i++) plot->files[i] = tmpfile();
    plot->script = plot->files[0];
    REQUIRE(plot->files[0] && plot->files[1] && plot->files[2], STATUS_FAILED,
            "a temporary file: cannot be made: %s; free some space in /tmp", strerror(errno));
    return STATUS_OK;
}

Status gnuplot_figure(Gnuplot *plot, FILE *out, const char *title) {
    fprintf(out, "<figure><figcaption>%s</figcaption>\n", title);
    Status status = draw(out, plot->files);
    fputs("</figure>\n", out);
    return status;
}

void gnuplot_close(Gnuplot *plot) {
    for (int i = 0; i < 3; i++)
        if (plot->files[i]) fclose(plot->files[i]);
    *plot = (Gnuplot){0};
}
