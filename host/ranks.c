#include "ranks.h"

#include <stdlib.h>

/* What launchers put into the environment of the processes they start. */
static bool launched(void) {
    return getenv("OMPI_COMM_WORLD_SIZE") || getenv("PMI_SIZE") || getenv("PMIX_RANK");
}

static bool wish, agreed;

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

void ranks_wait(void) {
    if (count > 1) MPI_Barrier(MPI_COMM_WORLD);
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
    if (status != STATUS_OK && status != STATUS_STOPPED && count > 1) MPI_Abort(MPI_COMM_WORLD, (int)status);
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

void ranks_finish(Status status) {
    (void)status;
}

#endif
