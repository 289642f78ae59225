#include "files/run_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PART ".part"

static const uint64_t hash_of_nothing = 0xcbf29ce484222325u; /* FNV-1a */

static const char *remedy(int error) {
    switch (error) {
    case ENOSPC:
    case EDQUOT: return "free some space and run again";
    case EFBIG: return "raise the limit on file size (ulimit -f) and run again";
    case EACCES:
    case EPERM:
    case EROFS: return "choose another folder with -o";
    default: return "see to it and run again";
    }
}

static Status cannot(const char *path, const char *what) {
    return status_set(STATUS_FAILED, "%s: cannot be %s: %s; %s", path, what, strerror(errno), remedy(errno));
}

Status run_path(char out[RUN_PATH], const char *folder, const char *name) {
    int length = snprintf(out, RUN_PATH, "%s/%s", folder, name);
    REQUIRE(length < RUN_PATH, STATUS_BAD_INPUT,
            "%.60s...: the path is too long; choose a shorter one with -o", folder);
    return STATUS_OK;
}

/* Files a killed run left half made: they hold nothing. */
static bool is_leftover(const char *name) {
    size_t length = strlen(name), part = strlen(PART);
    return length > part && strcmp(name + length - part, PART) == 0;
}

/* The name of something in the folder, "" if it is empty or does not exist. */
static Status folder_holds(const char *path, char name[256]) {
    name[0] = '\0';
    DIR *folder = opendir(path);
    if (!folder && errno == ENOENT) return STATUS_OK;
    REQUIRE(folder, errno == ENOTDIR ? STATUS_BAD_INPUT : STATUS_FAILED,
            "%s: is not a folder that can be read: %s; "
            "choose another with -o",
            path, strerror(errno));
    for (const struct dirent *entry; !name[0] && (entry = readdir(folder)) != NULL;) {
        bool itself = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
        if (!itself && !is_leftover(entry->d_name)) snprintf(name, 256, "%s", entry->d_name);
    }
    closedir(folder);
    return STATUS_OK;
}

static bool same_bytes(FILE *file, const char *bytes, size_t length) {
    for (size_t i = 0; i < length; i++)
        if (getc(file) != (unsigned char)bytes[i]) return false;
    return getc(file) == EOF && !ferror(file);
}

static Status holds_config(const char *path, const Config *config, bool *same) {
    char *text = NULL;
    size_t length = 0;
    *same = false;
    FILE *file = fopen(path, "r"), *memory = open_memstream(&text, &length);
    Status status = memory ? config_write(config, memory, false) : status_set(STATUS_FAILED, "out of memory");
    if (memory) fclose(memory);
    if (status == STATUS_OK && file) *same = same_bytes(file, text, length);
    if (file) fclose(file);
    free(text);
    return status;
}

Status run_folder_check(const char *path, const Config *config, bool force) {
    char found[256], config_path[RUN_PATH];
    TRY(run_path(config_path, path, "config.yaml"));
    TRY(folder_holds(path, found));
    if (!found[0] || force) return STATUS_OK;
    bool same, run = access(config_path, F_OK) == 0;
    TRY(holds_config(config_path, config, &same));
    REQUIRE(same, STATUS_BAD_INPUT,
            "%s: holds %s (%s), which stays as it is; choose another folder, replace the run's files with "
            "--force, or, "
            "if it was stopped, go on with --resume",
            path, run ? "a different run" : "other files", run ? "config.yaml differs" : found);
    return STATUS_OK;
}

Status run_folder_make(const char *path) {
    char part[RUN_PATH];
    for (size_t i = 1;; i++) {
        if (path[i] != '/' && path[i] != '\0') continue;
        snprintf(part, sizeof part, "%.*s", (int)i, path);
        if (mkdir(part, 0777) != 0 && errno != EEXIST) return cannot(part, "made");
        if (path[i] == '\0') return STATUS_OK;
    }
}

/* The lock goes when the handle does, so a killed run leaves none behind. */
static Status take_folder(int handle, const char *path) {
    REQUIRE(flock(handle, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK, STATUS_BAD_INPUT,
            "%s: another run is writing there; wait for it or choose another folder with -o", path);
    return STATUS_OK;
}

static Status take_away(const RunFolder *folder, const char *name) {
    if (unlinkat(folder->handle, name, 0) == 0 || errno == ENOENT) return STATUS_OK;
    return cannot(folder->path, "cleared of an earlier run's results");
}

Status run_folder_drop_checkpoints(const RunFolder *folder) {
    TRY(take_away(folder, "checkpoint.hdf"));
    return take_away(folder, "checkpoint-previous.hdf");
}

Status run_folder_clear(const RunFolder *folder, bool resumed) {
    static const char *const last[] = {"doses.csv", "outcome.json", "ro-crate-metadata.json"};
    for (int i = 0; i < 3; i++) TRY(take_away(folder, last[i]));
    if (resumed) return STATUS_OK;
    TRY(take_away(folder, "labs.csv"));
    return run_folder_drop_checkpoints(folder);
}

Status run_folder_open(RunFolder *folder, const char *path) {
    TRY(run_folder_make(path));
    int handle = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (handle < 0) return cannot(path, "opened");
    Status status = take_folder(handle, path);
    if (status == STATUS_OK) *folder = (RunFolder){path, handle};
    if (status != STATUS_OK) close(handle);
    return status;
}

void run_folder_close(RunFolder *folder) {
    if (folder->path) close(folder->handle);
    *folder = (RunFolder){0};
}

static Status file_open(RunFile *file) {
    file->handle = open(file->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file->handle < 0) {
        file->handle = 0;
        return cannot(file->path, "written");
    }
    file->hash = hash_of_nothing;
    file->text = open_memstream(&file->bytes, &file->length);
    REQUIRE(file->text, STATUS_FAILED, "out of memory");
    return STATUS_OK;
}

Status run_file_table(RunFile *file, const RunFolder *folder, const char *name) {
    TRY(run_path(file->path, folder->path, name));
    return file_open(file);
}

static uint64_t hash_on(uint64_t hash, const char *bytes, size_t length) {
    for (size_t i = 0; i < length; i++) hash = (hash ^ (unsigned char)bytes[i]) * 0x100000001b3u;
    return hash;
}

RunFileMark run_file_mark(const RunFile *file) {
    return (RunFileMark){file->written, file->hash};
}

/* Of a file's first bytes; fewer where it has fewer. */
static Status mark_of(const char *path, int64_t length, RunFileMark *out) {
    char bytes[4096];
    size_t n = 1;
    FILE *file = fopen(path, "r");
    *out = (RunFileMark){0, hash_of_nothing};
    if (!file) return cannot(path, "read");
    while (n > 0 && out->bytes < length) {
        int64_t left = length - out->bytes;
        n = fread(bytes, 1, left < (int64_t)sizeof bytes ? (size_t)left : sizeof bytes, file);
        out->hash = hash_on(out->hash, bytes, n);
        out->bytes += (int64_t)n;
    }
    fclose(file);
    return STATUS_OK;
}

Status run_file_continue(RunFile *file, const RunFolder *folder, const char *name, RunFileMark from) {
    RunFileMark found;
    TRY(run_path(file->path, folder->path, name));
    TRY(mark_of(file->path, from.bytes, &found));
    REQUIRE(found.bytes == from.bytes && found.hash == from.hash, STATUS_BAD_INPUT,
            "%s: was changed since the checkpoint was written; put it back, or start anew with --force",
            file->path);
    file->handle = open(file->path, O_WRONLY | O_CLOEXEC);
    if (file->handle < 0) {
        file->handle = 0;
        return cannot(file->path, "written");
    }
    if (ftruncate(file->handle, from.bytes) != 0 || lseek(file->handle, 0, SEEK_END) < 0)
        return cannot(file->path, "written");
    file->written = from.bytes;
    file->hash = from.hash;
    file->text = open_memstream(&file->bytes, &file->length);
    REQUIRE(file->text, STATUS_FAILED, "out of memory");
    return STATUS_OK;
}

Status run_file_settle(const RunFile *file) {
    return fsync(file->handle) != 0 ? cannot(file->path, "written") : STATUS_OK;
}

Status run_file_whole(RunFile *file, const RunFolder *folder, const char *name) {
    char part[RUN_PATH];
    snprintf(part, sizeof part, "%s" PART, name);
    TRY(run_path(file->path, folder->path, part));
    TRY(run_path(file->final, folder->path, name));
    return file_open(file);
}

static int write_all(int handle, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t n = write(handle, bytes, length);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return -1;
        bytes += n;
        length -= (size_t)n;
    }
    return 0;
}

/* Cuts the file back to the last whole flush, keeping errno for the message. */
static void take_back(const RunFile *file) {
    int error = errno;
    if (ftruncate(file->handle, file->written) != 0 || lseek(file->handle, file->written, SEEK_SET) < 0)
        error = errno;
    errno = error;
}

Status run_file_put(RunFile *file, const void *bytes, size_t length) {
    if (write_all(file->handle, bytes, length) != 0) {
        take_back(file);
        return cannot(file->path, "written");
    }
    file->written += (int64_t)length;
    return STATUS_OK;
}

Status run_file_flush(RunFile *file) {
    REQUIRE(fflush(file->text) == 0, STATUS_FAILED, "out of memory");
    TRY(run_file_put(file, file->bytes, file->length));
    file->hash = hash_on(file->hash, file->bytes, file->length);
    rewind(file->text); /* the next row starts the memory anew */
    return STATUS_OK;
}

Status run_file_cut(RunFile *file, RunFileMark to) {
    if (ftruncate(file->handle, to.bytes) != 0 || lseek(file->handle, to.bytes, SEEK_SET) < 0)
        return cannot(file->path, "written");
    file->written = to.bytes;
    file->hash = to.hash;
    return STATUS_OK;
}

Status run_file_sync(RunFile *file) {
    TRY(run_file_flush(file));
    return run_file_settle(file);
}

Status run_file_commit(RunFile *file) {
    TRY(run_file_sync(file));
    if (rename(file->path, file->final) != 0) return cannot(file->final, "written");
    file->final[0] = '\0'; /* in place: nothing to take away */
    return STATUS_OK;
}

void run_file_close(RunFile *file) {
    if (file->text) fclose(file->text);
    free(file->bytes);
    if (file->handle) close(file->handle);
    if (file->handle && file->final[0]) unlink(file->path);
    *file = (RunFile){0};
}
