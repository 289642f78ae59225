#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shot.h"

extern char **environ;

enum { PER_SECOND = 30 };

struct Record {
    char path[256];
    int pipe; /* to ffmpeg; -1: PNG files */
    pid_t child;
    int w, h;
    uint32_t *pixels;
    double started_s;
    int64_t written;
};

void record_free_name(char path[256], const char *ending) {
    struct stat there;
    for (int i = 1; i < 10000; i++) {
        snprintf(path, 256, "marrow-%04d%s", i, ending);
        if (lstat(path, &there) != 0 && errno == ENOENT) return;
    }
}

static bool start_ffmpeg(Record *record) {
    int ends[2];
    char size[32], rate[16];
    snprintf(size, sizeof size, "%dx%d", record->w, record->h);
    snprintf(rate, sizeof rate, "%d", PER_SECOND);
    char *argv[] = {"ffmpeg",   "-loglevel", "error",    "-nostdin",
                    "-f",       "rawvideo",  "-pix_fmt", "rgb0",
                    "-s",       size,        "-r",       rate,
                    "-i",       "pipe:0",    "-vf",      "pad=ceil(iw/2)*2:ceil(ih/2)*2",
                    "-pix_fmt", "yuv420p",   "-n",       record->path,
                    NULL};
    posix_spawn_file_actions_t actions;
    if (pipe2(ends, O_CLOEXEC) != 0) return false;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
    bool started = posix_spawnp(&record->child, "ffmpeg", &actions, NULL, argv, environ) == 0;
    posix_spawn_file_actions_destroy(&actions);
    close(ends[0]);
    if (!started) close(ends[1]);
    record->pipe = started ? ends[1] : -1;
    return started;
}

static void record_free(Record *record) {
    if (record->pipe >= 0) close(record->pipe);
    free(record->pixels);
    free(record);
}

Status record_start(Record **out, Viewer *viewer) {
    Record *record = calloc(1, sizeof *record);
    REQUIRE(record, STATUS_FAILED, "video: out of memory");
    record->w = viewer->window.w, record->h = viewer->window.h;
    record->pipe = -1;
    record->started_s = viewer->now_s;
    record->pixels = malloc(sizeof *record->pixels * (size_t)record->w * (size_t)record->h);
    record_free_name(record->path, ".mp4");
    if (record->pixels && !start_ffmpeg(record)) {
        record_free_name(record->path, "");
        if (mkdir(record->path, 0777) != 0) {
            Status status =
                status_set(STATUS_FAILED, "%s: cannot be made: %s", record->path, strerror(errno));
            record_free(record);
            return status;
        }
    }
    bool fine = record->pixels != NULL;
    if (fine)
        *out = record;
    else
        record_free(record);
    REQUIRE(fine, STATUS_FAILED, "video: out of memory");
    return STATUS_OK;
}

static Status write_raw(Record *record) {
    const char *at = (const char *)record->pixels;
    size_t left = sizeof *record->pixels * (size_t)record->w * (size_t)record->h;
    while (left > 0) {
        ssize_t went = write(record->pipe, at, left);
        if (went < 0 && errno == EINTR) continue;
        REQUIRE(went > 0, STATUS_FAILED, "%s: ffmpeg takes no more pictures: %s", record->path,
                strerror(errno));
        at += went, left -= (size_t)went;
    }
    return STATUS_OK;
}

static Status write_one(Record *record, const Viewer *viewer) {
    char path[300];
    if (record->pipe >= 0) return write_raw(record);
    snprintf(path, sizeof path, "%s/%06lld.png", record->path, (long long)record->written + 1);
    return shot_png(viewer, path, record->pixels, record->w, record->h);
}

Status record_picture(Record *record, Viewer *viewer) {
    double due = (viewer->now_s - record->started_s) * PER_SECOND + 1;
    if (viewer->scripted) due = (double)record->written + 1;
    if (due < (double)record->written + 1) return STATUS_OK;
    REQUIRE(viewer->window.w == record->w && viewer->window.h == record->h, STATUS_FAILED,
            "%s: ended, because the window's size changed", record->path);
    TRY(window_read(&viewer->window, record->pixels));
    for (int i = 0; i < PER_SECOND && (double)record->written + 1 <= due; i++) {
        TRY(write_one(record, viewer));
        record->written++;
    }
    return STATUS_OK;
}

Status record_stop(Record *record, Viewer *viewer) {
    int result = 0;
    char path[256];
    if (!record) return STATUS_OK;
    snprintf(path, sizeof path, "%s", record->path);
    bool video = record->pipe >= 0;
    pid_t child = record->child;
    int64_t written = record->written;
    record_free(record); /* closes the pipe: ffmpeg then finishes */
    if (video) {
        while (waitpid(child, &result, 0) < 0 && errno == EINTR) {
        }
        REQUIRE(WIFEXITED(result) && WEXITSTATUS(result) == 0, STATUS_FAILED, "%s: ffmpeg failed", path);
    }
    viewer_notice(viewer, "Saved %s, %lld pictures%s", path, (long long)written,
                  video ? "" : " as PNG files: no ffmpeg was found");
    return STATUS_OK;
}
