#include "checkpoint.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checkpoint_hdf.h"
#include "version.h"

#define CHECKPOINT "checkpoint.hdf"
#define PREVIOUS "checkpoint-previous.hdf"

/* What follows the HDF5 file. */
typedef struct Seal {
    char mark[8];
    uint64_t length, hash;
} Seal;

static const char mark[8] = {'m', 'a', 'r', 'r', 'o', 'w', 'c', '1'};

/* Eight bytes at a time; the rest as one more word. */
static uint64_t hash_of(const void *bytes, size_t length) {
    uint64_t h = 0xcbf29ce484222325u ^ length, word = 0;
    const char *at = bytes;
    for (; length >= sizeof word; at += sizeof word, length -= sizeof word) {
        memcpy(&word, at, sizeof word);
        h = (h ^ word) * 0x9E3779B97F4A7C15u;
        h ^= h >> 29;
    }
    word = 0;
    memcpy(&word, at, length);
    h = (h ^ word) * 0x9E3779B97F4A7C15u;
    return h ^ (h >> 29);
}

static Status config_text(const Config *config, char **text) {
    size_t length;
    FILE *memory = open_memstream(text, &length);
    REQUIRE(memory, STATUS_FAILED, "checkpoint: out of memory");
    Status status = config_write(config, memory, false);
    fclose(memory);
    return status;
}

static void version_text(char out[96]) {
    snprintf(out, 96, "%s (%s)", version_number, version_git);
}

/* The whole file, by another name until all of it is on disk. */
static Status image_write(const RunFolder *folder, const CheckpointImage *image) {
    RunFile file = {0};
    Seal seal = {.length = image->length, .hash = hash_of(image->bytes, image->length)};
    memcpy(seal.mark, mark, sizeof mark);
    Status status = run_file_whole(&file, folder, CHECKPOINT);
    if (status == STATUS_OK) {
        fwrite(image->bytes, 1, image->length, file.text);
        fwrite(&seal, sizeof seal, 1, file.text);
        status = run_file_sync(&file);
    }
    /* Killed between the two renames, a run goes on from the previous one. */
    if (status == STATUS_OK) renameat(folder->handle, CHECKPOINT, folder->handle, PREVIOUS);
    if (status == STATUS_OK) status = run_file_commit(&file);
    run_file_close(&file);
    if (status == STATUS_OK) fsync(folder->handle);
    return status;
}

static Status content_write(const RunFolder *folder, CheckpointContent *content, SimSaved *saved) {
    CheckpointImage image = {0};
    sim_saved_pieces(saved, &content->sim);
    Status status = checkpoint_image_make(&image, content);
    if (status == STATUS_OK) status = image_write(folder, &image);
    free(image.bytes);
    return status;
}

Status checkpoint_write(const RunFolder *folder, const Config *config, const CheckpointFiles *files,
                        Sim *sim) {
    char version[96];
    CheckpointContent content = {.version = version, .files = *files};
    SimSaved *saved = NULL;
    version_text(version);
    Status status = config_text(config, &content.config);
    if (status == STATUS_OK) status = sim_save(sim, &saved);
    if (status == STATUS_OK) status = content_write(folder, &content, saved);
    sim_saved_destroy(saved);
    free(content.config);
    return status;
}

/* The file, if its seal is unbroken. */
static Status image_read(const char *path, CheckpointImage *out) {
    struct stat about;
    Seal seal;
    FILE *file = fopen(path, "r");
    REQUIRE(file, STATUS_UNAVAILABLE, "%s: %s", path, strerror(errno));
    size_t length = fstat(fileno(file), &about) == 0 ? (size_t)about.st_size : 0;
    bool good = length > sizeof seal && (out->bytes = malloc(length)) != NULL &&
                fread(out->bytes, 1, length, file) == length;
    fclose(file);
    REQUIRE(good, STATUS_FAILED, "is cut short");
    out->length = length - sizeof seal;
    memcpy(&seal, (const char *)out->bytes + out->length, sizeof seal);
    REQUIRE(memcmp(seal.mark, mark, sizeof mark) == 0 && seal.length == out->length &&
                seal.hash == hash_of(out->bytes, out->length),
            STATUS_FAILED, "is damaged");
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

static Status content_check(const CheckpointContent *content, const Config *config) {
    char version[96], was[80] = "", is[80] = "", *text = NULL;
    version_text(version);
    REQUIRE(
        strcmp(content->version, version) == 0, STATUS_BAD_INPUT,
        "--resume: the checkpoint is of marrow %s, and this is %s; go on with that one, or start anew with "
        "--force",
        content->version, version);
    TRY(config_text(config, &text));
    bool same = strcmp(content->config, text) == 0;
    if (!same) difference(content->config, text, was, is);
    free(text);
    REQUIRE(
        same, STATUS_BAD_INPUT,
        "--resume: the checkpoint is of another config: \"%s\" there is \"%s\" now; give the same, or choose "
        "another folder with -o",
        was, is);
    return STATUS_OK;
}

static Status resume_from(const char *path, const Config *config, CheckpointFiles *files, Sim *sim) {
    CheckpointImage image = {0};
    CheckpointContent content = {0};
    Status status = image_read(path, &image);
    if (status == STATUS_OK) status = checkpoint_image_read(&image, &content);
    free(image.bytes);
    if (status == STATUS_OK) status = content_check(&content, config);
    if (status == STATUS_OK) status = sim_restore_pieces(sim, &content.sim);
    *files = content.files;
    checkpoint_content_free(&content);
    return status;
}

Status checkpoint_resume(const char *folder, const Config *config, CheckpointFiles *files, Sim *sim) {
    static const char *const names[] = {CHECKPOINT, PREVIOUS};
    char path[RUN_PATH];
    bool any = false;
    for (int i = 0; i < 2; i++) {
        int length = snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        REQUIRE(length < (int)sizeof path, STATUS_BAD_INPUT, "%.60s...: the path is too long", folder);
        Status status = resume_from(path, config, files, sim);
        if (status == STATUS_OK || status == STATUS_BAD_INPUT) return status;
        if (status == STATUS_UNAVAILABLE) continue;
        any = true;
        fprintf(stderr, "marrow: %s: %s; trying the one before\n", path, status_message());
    }
    return status_set(STATUS_BAD_INPUT, "%s: %s; start anew with --force", folder,
                      any ? "no checkpoint there is whole" : "there is no checkpoint to go on from");
}
