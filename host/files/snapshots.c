#include "files/snapshots.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ranks.h"
#include "files/snapshot_columns.h"

/* What the background needs; it has no part in the simulation's memory. */
typedef struct Written {
    Snapshot snapshot;
    const RunFolder *folder;
    i64 agents;
    int compression;
} Written;

static Status work(void *data) {
    Written *w = data;
    Status status = snapshot_finish(&w->snapshot, w->agents);
    if (status == STATUS_OK) status = snapshot_write(&w->snapshot, w->folder, w->compression);
    snapshot_destroy(&w->snapshot);
    free(w);
    return status;
}

/* Snapshots are numbered by their time, so that a resumed run needs to remember nothing: the k-th one that is
 * due, and one more for an end that is not due. -1: before the first. */
static int number_at(const Config *config, double time_h, bool done) {
    double dt_h = config->simulation.dt_h;
    i64 step = llround(time_h / dt_h), every = llround(24 * config->output.snapshot_every_days / dt_h);
    if (time_h < 0 || every == 0) return -1;
    return (int)(step / every) + (done && step % every != 0);
}

static bool due(const Config *config, const Sim *sim) {
    double dt_h = config->simulation.dt_h;
    i64 every = llround(24 * config->output.snapshot_every_days / dt_h);
    return every > 0 && (llround(sim_time_h(sim) / dt_h) % every == 0 || sim_done(sim));
}

Status snapshots_step(Snapshots *snapshots, Background **background, const RunFolder *folder,
                      const Config *config, Sim *sim, Backend *backend) {
    if (!due(config, sim)) return STATUS_OK;
    TRY(snapshots_collect(snapshots, *background));
    Written *w = calloc(1, sizeof *w);
    REQUIRE(w, STATUS_FAILED, "snapshot: out of memory");
    *w = (Written){.folder = folder,
                   .agents = config->output.snapshot_agents,
                   .compression = (int)config->output.snapshot_compression};
    int number = number_at(config, sim_time_h(sim), sim_done(sim));
    Status status = snapshot_take(&w->snapshot, sim, backend, config, w->agents, number);
    if (status == STATUS_OK && ranks_index() == 0) {
        background_do(background, &snapshots->job, work, w);
        return STATUS_OK;
    }
    snapshot_destroy(&w->snapshot);
    free(w);
    return status;
}

Status snapshots_collect(Snapshots *snapshots, Background *background) {
    return background_collect(background, &snapshots->job);
}

/* Our own files alone: cells_NNNNNN.hdf after `last`, and what a killed run left of one. */
static bool unwanted(const char *name, int last) {
    char whole[32];
    snprintf(whole, sizeof whole, "%.16s", name);
    int number = snapshot_number(whole);
    return number >= 0 && (name[16] ? strcmp(name + 16, ".part") == 0 : number > last);
}

static Status clear_in(int handle, DIR *open, const char *path, int last) {
    for (const struct dirent *entry; (entry = readdir(open)) != NULL;)
        if (unwanted(entry->d_name, last))
            REQUIRE(unlinkat(handle, entry->d_name, 0) == 0, STATUS_FAILED,
                    "%s/" SNAPSHOT_FOLDER "/%s: cannot be taken away: %s; choose another folder with -o",
                    path, entry->d_name, strerror(errno));
    return STATUS_OK;
}

Status snapshots_clear(const RunFolder *folder, const Config *config, double time_h) {
    bool done = time_h >= 24 * config->simulation.until_days - 1e-6;
    int last = number_at(config, time_h, done);
    int handle = openat(folder->handle, SNAPSHOT_FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (handle < 0) return STATUS_OK;
    DIR *open = fdopendir(handle);
    Status status = open ? clear_in(handle, open, folder->path, last) : STATUS_OK;
    if (open)
        closedir(open);
    else
        close(handle);
    unlinkat(folder->handle, SNAPSHOT_FOLDER, AT_REMOVEDIR); /* stays while anything is in it */
    return status;
}
