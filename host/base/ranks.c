#include "base/ranks.h"

#include <sched.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static int processors_allowed(void) {
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : (int)sysconf(_SC_NPROCESSORS_ONLN);
}

/* What launchers put into the environment of the processes they start. */
static bool launched(void) {
    return getenv("OMPI_COMM_WORLD_SIZE") || getenv("PMI_SIZE") || getenv("PMIX_RANK");
}

static bool wish, agreed, settled;

void ranks_settle(void) {
    settled = true;
}

bool ranks_settled(void) {
    return settled;
}

void ranks_wish(bool checkpoint) {
    wish = checkpoint;
}

bool ranks_wished(void) {
    return wish;
}

void ranks_agree(bool checkpoint) {
    agreed = checkpoint;
}

bool ranks_agreed(bool wished) {
    return ranks_count() > 1 ? agreed : wished;
}

#if defined(MARROW_MPI)

#include <mpi.h>
#include <string.h>

static int count = 1, index_here;
static bool started, alone_now;

Status ranks_start(int *argc, char ***argv) {
    if (!launched()) return STATUS_OK;
    REQUIRE(MPI_Init(argc, argv) == MPI_SUCCESS, STATUS_UNAVAILABLE,
            "MPI does not start; run without mpirun");
    MPI_Comm_size(MPI_COMM_WORLD, &count);
    MPI_Comm_rank(MPI_COMM_WORLD, &index_here);
    started = true;
    return STATUS_OK;
}

int ranks_count(void) {
    return alone_now ? 1 : count;
}

int ranks_index(void) {
    return alone_now ? 0 : index_here;
}

void ranks_alone(bool alone) {
    alone_now = alone;
}

/* Asleep: MPI_Barrier would keep a processor busy that others work on. */
void ranks_wait(void) {
    static const struct timespec nap = {0, 1000000};
    MPI_Request all;
    int there = 0;
    if (count == 1) return;
    for (MPI_Ibarrier(MPI_COMM_WORLD, &all); !there; MPI_Test(&all, &there, MPI_STATUS_IGNORE))
        nanosleep(&nap, NULL);
}

/* Bound to processors of its own, or sharing the machine's with its neighbours. */
int ranks_processors(void) {
    MPI_Comm neighbours;
    int here = 1, allowed = processors_allowed(), fair;
    if (started) {
        MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &neighbours);
        MPI_Comm_size(neighbours, &here);
        MPI_Comm_free(&neighbours);
    }
    fair = (int)sysconf(_SC_NPROCESSORS_ONLN) / here;
    if (fair < 1) fair = 1;
    return allowed < fair ? allowed : fair;
}

static MPI_Win window;
static int64_t *counters;

Status ranks_counters_open(void) {
    MPI_Aint bytes = index_here == 0 ? RANKS_COUNTERS * (MPI_Aint)sizeof *counters : 0;
    static int64_t own[RANKS_COUNTERS];
    memset(own, 0, sizeof own);
    counters = own;
    if (count == 1) return STATUS_OK;
    REQUIRE(MPI_Win_allocate(bytes, sizeof *counters, MPI_INFO_NULL, MPI_COMM_WORLD, &counters, &window) ==
                MPI_SUCCESS,
            STATUS_UNAVAILABLE, "MPI has no shared window here; run slices with --index and --of");
    MPI_Win_lock(MPI_LOCK_EXCLUSIVE, index_here, 0, window);
    if (index_here == 0) memset(counters, 0, (size_t)bytes);
    MPI_Win_unlock(index_here, window);
    ranks_wait();
    MPI_Win_lock_all(0, window);
    return STATUS_OK;
}

int64_t ranks_count_on(int counter, int64_t n) {
    int64_t before = 0;
    if (count == 1) {
        before = counters[counter];
        counters[counter] += n;
        return before;
    }
    MPI_Fetch_and_op(&n, &before, MPI_INT64_T, 0, counter, MPI_SUM, window);
    MPI_Win_flush(0, window);
    return before;
}

void ranks_poll(void) {
    int any;
    if (count > 1) MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &any, MPI_STATUS_IGNORE);
}

void ranks_counters_close(void) {
    if (count == 1) return;
    ranks_wait();
    MPI_Win_unlock_all(window);
    MPI_Win_free(&window);
}

const char *ranks_library(void) {
    static char name[MPI_MAX_LIBRARY_VERSION_STRING];
    int length;
    MPI_Get_library_version(name, &length);
    name[strcspn(name, ",\n")] = 0;
    return name;
}

void ranks_sum(int64_t *values, int n) {
    if (ranks_count() > 1) MPI_Allreduce(MPI_IN_PLACE, values, n, MPI_INT64_T, MPI_SUM, MPI_COMM_WORLD);
}

enum { MOST_BYTES = 1 << 30 }; /* MPI counts in ints */

static int next_stretch(size_t length) {
    return length < MOST_BYTES ? (int)length : MOST_BYTES;
}

void ranks_pass(void *bytes, size_t length, int from, int to) {
    char *at = bytes;
    int stretch;
    for (; length > 0; at += stretch, length -= (size_t)stretch) {
        stretch = next_stretch(length);
        if (index_here == from) MPI_Send(at, stretch, MPI_BYTE, to, 0, MPI_COMM_WORLD);
        if (index_here == to) MPI_Recv(at, stretch, MPI_BYTE, from, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    }
}

void ranks_share(void *bytes, size_t length) {
    char *at = bytes;
    int stretch;
    for (; length > 0 && ranks_count() > 1; at += stretch, length -= (size_t)stretch) {
        stretch = next_stretch(length);
        MPI_Bcast(at, stretch, MPI_BYTE, 0, MPI_COMM_WORLD);
    }
}

void ranks_finish(Status status) {
    if (!started) return;
    if (status != STATUS_OK && status != STATUS_STOPPED && count > 1 && !settled)
        MPI_Abort(MPI_COMM_WORLD, (int)status);
    MPI_Finalize();
}

#else

Status ranks_start(int *argc, char ***argv) {
    (void)argc, (void)argv;
    REQUIRE(!launched(), STATUS_UNAVAILABLE,
            "mpirun: this marrow was built without MPI; install libopenmpi-dev and build again, or run "
            "without mpirun");
    return STATUS_OK;
}

int ranks_count(void) {
    return 1;
}

int ranks_index(void) {
    return 0;
}

const char *ranks_library(void) {
    return "none";
}

void ranks_sum(int64_t *values, int n) {
    (void)values, (void)n;
}

void ranks_pass(void *bytes, size_t length, int from, int to) {
    (void)bytes, (void)length, (void)from, (void)to;
}

void ranks_share(void *bytes, size_t length) {
    (void)bytes, (void)length;
}

void ranks_alone(bool alone) {
    (void)alone;
}

void ranks_wait(void) {}

int ranks_processors(void) {
    return processors_allowed();
}

static int64_t counters[RANKS_COUNTERS];

Status ranks_counters_open(void) {
    for (int i = 0; i < RANKS_COUNTERS; i++) counters[i] = 0;
    return STATUS_OK;
}

int64_t ranks_count_on(int counter, int64_t n) {
    int64_t before = counters[counter];
    counters[counter] += n;
    return before;
}

void ranks_poll(void) {}

void ranks_counters_close(void) {}

void ranks_finish(Status status) {
    (void)status;
}

#endif
