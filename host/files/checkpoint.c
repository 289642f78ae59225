#include "files/checkpoint.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/seal.h"
#include "base/version.h"
#include "files/checkpoint_hdf.h"

static const char *const names[CHECKPOINTS] = {"checkpoint.hdf", "checkpoint-previous.hdf"};

static Status config_text(const Config *config, char **text, size_t *length) {
    *text = NULL;
    FILE *memory = open_memstream(text, length);
    REQUIRE(memory, STATUS_FAILED, "checkpoint: out of memory");
    Status status = config_write(config, memory, false);
    fclose(memory);
    REQUIRE(*text, STATUS_FAILED, "checkpoint: out of memory");
    return status;
}

static void version_text(char out[96]) {
    snprintf(out, 96, "%s (%s)", version_number, version_git);
}

Status checkpoint_sign(Pieces *pieces, const Config *config) {
    char version[96], *text;
    size_t length;
    version_text(version);
    TRY(pieces_add(pieces, "version", version, strlen(version)));
    Status status = config_text(config, &text, &length);
    if (status == STATUS_OK) status = pieces_add(pieces, "config", text, length);
    free(text);
    return status;
}

/* Killed between the two renames, a run goes on from the previous one. */
static Status put_in_place(const RunFolder *folder, RunFile *file) {
    TRY(run_file_sync(file));
    REQUIRE(renameat(folder->handle, names[0], folder->handle, names[1]) == 0 || errno == ENOENT,
            STATUS_FAILED, "%s/%s: cannot be renamed: %s; see to it and run again", folder->path, names[0],
            strerror(errno));
    TRY(run_file_commit(file));
    REQUIRE(fsync(folder->handle) == 0, STATUS_FAILED, "%s: cannot be written: %s; see to it and run again",
            folder->path, strerror(errno));
    return STATUS_OK;
}

static Status image_write(const RunFolder *folder, const CheckpointImage *image) {
    RunFile file = {0};
    Seal seal = seal_of(image->bytes, image->length);
    Status status = run_file_whole(&file, folder, names[0]);
    if (status == STATUS_OK) status = run_file_put(&file, image->bytes, image->length);
    if (status == STATUS_OK) status = run_file_put(&file, &seal, sizeof seal);
    if (status == STATUS_OK) status = put_in_place(folder, &file);
    run_file_close(&file);
    return status;
}

Status checkpoint_write(const RunFolder *folder, const Pieces *pieces) {
    CheckpointImage image = {0};
    Status status = checkpoint_image_make(&image, pieces);
    if (status == STATUS_OK) status = image_write(folder, &image);
    checkpoint_image_free(&image);
    return status;
}

/* --- reading --- */

static Status file_read(const char *path, char **bytes, size_t *length) {
    struct stat about;
    FILE *file = fopen(path, "r");
    REQUIRE(file, errno == ENOENT ? STATUS_UNAVAILABLE : STATUS_FAILED, "cannot be read: %s",
            strerror(errno));
    *length = fstat(fileno(file), &about) == 0 && about.st_size > 0 ? (size_t)about.st_size : 0;
    *bytes = malloc(*length + 1);
    bool whole = *bytes && fread(*bytes, 1, *length, file) == *length;
    fclose(file);
    REQUIRE(*bytes, STATUS_FAILED, "is too large for this machine's memory");
    REQUIRE(whole, STATUS_FAILED, "cannot be read to its end");
    return STATUS_OK;
}

static Status version_check(const char *was) {
    char version[96];
    version_text(version);
    REQUIRE(strcmp(was, version) == 0, STATUS_BAD_INPUT,
            "--resume: the checkpoint is of marrow %.90s, and this is %s; go on with that one, or start anew "
            "with "
            "--force",
            was, version);
    return STATUS_OK;
}

/* The first line in which two texts differ. */
static void difference(const char *a, const char *b, char line_a[80], char line_b[80]) {
    while (*a || *b) {
        size_t n = strcspn(a, "\n"), m = strcspn(b, "\n");
        size_t skip_a = strspn(a, " "), skip_b = strspn(b, " ");
        snprintf(line_a, 80, "%.*s", n > skip_a ? (int)(n - skip_a) : 0, a + skip_a);
        snprintf(line_b, 80, "%.*s", m > skip_b ? (int)(m - skip_b) : 0, b + skip_b);
        if (n != m || memcmp(a, b, n) != 0) return;
        a += n + (a[n] != '\0');
        b += m + (b[m] != '\0');
    }
}

/* The other config with this one's end, if that is not earlier: as text. */
static Status text_until(const char *was, size_t length, double until_days, char **text) {
    size_t written;
    Config *config = malloc(sizeof *config);
    REQUIRE(config, STATUS_FAILED, "checkpoint: out of memory");
    config_default(config);
    Status status = config_load_text(config, "its config", was, length);
    if (status == STATUS_OK && config->simulation.until_days < until_days)
        config->simulation.until_days = until_days;
    if (status == STATUS_OK) status = config_text(config, text, &written);
    free(config);
    return status == STATUS_OK ? STATUS_OK : STATUS_FAILED;
}

static Status config_check_same(const char *text, size_t length, const Config *config) {
    char was[80] = "", is[80] = "", *now = NULL, *then = NULL;
    size_t written;
    Status status = text_until(text, length, config->simulation.until_days, &then);
    if (status == STATUS_OK) status = config_text(config, &now, &written);
    bool read = status == STATUS_OK && then && now, same = read && strcmp(then, now) == 0;
    if (read && !same) difference(then, now, was, is);
    free(now);
    free(then);
    TRY(status);
    REQUIRE(
        same, STATUS_BAD_INPUT,
        "--resume: the run there is of another config: \"%s\" there is \"%s\" now; give the same, or choose "
        "another folder with -o",
        was, is);
    return STATUS_OK;
}

static Status origin_check(const Pieces *pieces, const Config *config) {
    const Piece *version = pieces_find(pieces, "version"), *was = pieces_find(pieces, "config");
    REQUIRE(version && version->kind == PIECE_BYTES && was && was->kind == PIECE_BYTES, STATUS_FAILED,
            "does not say whose it is");
    TRY(version_check(version->bytes));
    return config_check_same(was->bytes, was->length, config);
}

Status checkpoint_absent(const char *folder, const Config *config) {
    char path[RUN_PATH], *text = NULL;
    size_t length = 0;
    TRY(run_path(path, folder, "config.yaml"));
    Status status = file_read(path, &text, &length);
    if (status == STATUS_OK) status = config_check_same(text, length, config);
    free(text);
    if (status == STATUS_UNAVAILABLE) return run_folder_check(folder, config, false);
    REQUIRE(status != STATUS_FAILED, STATUS_BAD_INPUT,
            "%.500s: cannot be read as a run's config; start anew with --force", path);
    return status;
}

Status checkpoint_read(const char *folder, int which, const Config *config, char path[RUN_PATH],
                       Pieces *pieces) {
    char *bytes = NULL;
    size_t size = 0;
    int length = snprintf(path, RUN_PATH, "%s/%s", folder, names[which]);
    REQUIRE(length < RUN_PATH, STATUS_BAD_INPUT,
            "%.60s...: the path is too long; choose a shorter one with -o", folder);
    Status status = file_read(path, &bytes, &size);
    if (status == STATUS_OK) status = seal_check(bytes, &size);
    if (status == STATUS_OK) status = checkpoint_image_read(bytes, size, pieces);
    free(bytes);
    TRY(status);
    return origin_check(pieces, config);
}
