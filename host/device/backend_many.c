/* One population over several devices and several processes, as if it were one backend.
 *
 * Each member has a pool of its own and the agents whose serial number falls to it (kernels/pool.h); their
 * descendants stay with them. What an agent does depends on who it is and never on where it sits, so members
 * need nothing of each other but sums: integers, added up here over this process's devices and by ranks_sum
 * over the others. Results are the same bytes for any list of devices and any number of processes. */
#include <stdlib.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/ranks.h"
#include "device/backend.h"

enum { MOST_MEMBERS = 16, FLIGHTS = 8 };

/* Totals on their way from every member. */
typedef struct Flight {
    u64 ticket; /* 0: free */
    Totals *to, totals[MOST_MEMBERS];
    Fetch fetch[MOST_MEMBERS];
} Flight;

typedef struct Many {
    Backend member[MOST_MEMBERS];
    int count;
    Totals *scratch;
    Flight flight[FLIGHTS];
    u64 tickets;
    uint32_t calls; /* what was launched since the last sum over ranks */
} Many;

static void many_close(Backend *b) {
    Many *many = b->own;
    if (!many) return;
    for (int i = 0; i < many->count; i++) backend_close(&many->member[i]);
    free(many->scratch);
    free(many);
    b->own = NULL;
}

/* The next number of "0,1,3"; -1 for an empty list, which is the backend's own choice. */
static Status next_device(const char **list, int *device) {
    char *end;
    *device = -1;
    if (!**list) return STATUS_OK;
    long number = strtol(*list, &end, 10);
    REQUIRE(end != *list && (*end == 0 || *end == ',') && number >= 0 && number < 1000000, STATUS_BAD_INPUT,
            "--device %s: takes device numbers like 0 or 0,1; see marrow devices", *list);
    REQUIRE(*end == 0 || end[1], STATUS_BAD_INPUT,
            "--device: ends with a comma; give device numbers like 0,1");
    *device = (int)number;
    *list = end + (*end == ',');
    return STATUS_OK;
}

static Status open_members(Backend *b, const BackendOptions *options) {
    Many *many = b->own;
    const char *list = options->devices;
    do {
        REQUIRE(many->count < MOST_MEMBERS, STATUS_BAD_INPUT, "--device %s: more than %d devices",
                options->devices, (int)MOST_MEMBERS);
        BackendOptions one = *options;
        TRY(next_device(&list, &one.device));
        one.devices[0] = 0;
        TRY(backend_open_one(&many->member[many->count], &one));
        many->count++;
    } while (*list);
    return STATUS_OK;
}

static Status many_open(Backend *b, const BackendOptions *options) {
    Many *many = calloc(1, sizeof *many);
    REQUIRE(many, STATUS_FAILED, "devices: out of memory");
    b->own = many;
    many->scratch = malloc(sizeof *many->scratch);
    REQUIRE(many->scratch, STATUS_FAILED, "devices: out of memory");
    TRY(open_members(b, options));
    b->threads = many->member[0].threads;
    b->ranks = ranks_count();
    b->members = many->count * b->ranks;
    snprintf(b->device, sizeof b->device, "%.100s; %d device%s, %d process%s", many->member[0].device,
             many->count, many->count == 1 ? "" : "s", b->ranks, b->ranks == 1 ? "" : "es");
    return STATUS_OK;
}

static Status many_pool(Backend *b, u32 pages) {
    Many *many = b->own;
    for (int i = 0; i < many->count; i++) TRY(backend_pool(&many->member[i], pages));
    return STATUS_OK;
}

static Status many_picture(Backend *b, size_t bytes) {
    Many *many = b->own;
    for (int i = 0; i < many->count; i++) TRY(backend_picture(&many->member[i], bytes));
    return STATUS_OK;
}

static Status many_launch(Backend *b, KernelId kernel, u32 groups) {
    Many *many = b->own;
    many->calls = many->calls * 31u + (u32)kernel + 1u;
    for (int i = 0; i < many->count; i++)
        TRY(many->member[i].calls->launch(&many->member[i], kernel, groups));
    return STATUS_OK;
}

/* Everything the host reads off a plan is a sum. */
static void totals_add(Totals *sum, const Totals *t) {
    sum->full += t->full;
    sum->pages_used += t->pages_used;
    sum->held += t->held;
    for (int c = 0; c < (int)MAX_CLASSES; c++) {
        sum->plan[c].used += t->plan[c].used;
        sum->plan[c].pages += t->plan[c].pages;
        for (int i = 0; i < TALLIES; i++)
            sum->tally[c][i] = (i64)((u64)sum->tally[c][i] + (u64)t->tally[c][i]); /* digests wrap round */
    }
}

enum { SUMS_FIRST = 7, SUMS = SUMS_FIRST + MAX_CLASSES * (2 + TALLIES), MARKS = 1 << 16 };

/* The same over processes; with it goes whether anyone was asked to stop or a checkpoint is due, so that all
 * know in the same interval, and a mark of what is summed: n marks are equal when n times the sum of their
 * squares is the square of their sum. One process that went another way after an error must not end up in the
 * others' rows.
 */
static Status totals_reduce(Many *many, u32 what, Totals *t) {
    const i64 mark = (many->calls * 31u + what) % MARKS;
    many->calls = 0;
    int64_t sums[SUMS] = {t->full, t->pages_used, t->held,       interrupt_name() != NULL,
                          mark,    mark * mark,   ranks_wished()};
    int n = SUMS_FIRST;
    for (int c = 0; c < (int)MAX_CLASSES; c++) {
        sums[n++] = t->plan[c].used;
        sums[n++] = t->plan[c].pages;
        for (int i = 0; i < TALLIES; i++) sums[n++] = t->tally[c][i];
    }
    ranks_sum(sums, SUMS);
    REQUIRE(sums[4] * sums[4] == sums[5] * ranks_count(), STATUS_FAILED,
            "process %d: another process of this run has stopped with an error of its own; see its message",
            ranks_index());
    t->full = (u32)sums[0], t->pages_used = (u32)sums[1], t->held = (u32)sums[2];
    interrupt_agree(sums[3] > 0);
    ranks_agree(sums[6] > 0);
    n = SUMS_FIRST;
    for (int c = 0; c < (int)MAX_CLASSES; c++) {
        t->plan[c].used = (u32)sums[n++];
        t->plan[c].pages = (u32)sums[n++];
        for (int i = 0; i < TALLIES; i++) t->tally[c][i] = sums[n++];
    }
    return STATUS_OK;
}

enum { SUM_OF_READ, SUM_OF_FETCH, SUM_OF_FAILURES };

static Status many_read(Backend *b, PoolPart part, size_t offset, size_t bytes, void *to) {
    Many *many = b->own;
    REQUIRE(part == POOL_TOTALS && offset == 0 && bytes == sizeof(Totals), STATUS_FAILED,
            "devices: agents cannot be read one by one from several; use one device");
    Totals *sum = to;
    memset(sum, 0, sizeof *sum);
    for (int i = 0; i < many->count; i++) {
        TRY(backend_read(&many->member[i], POOL_TOTALS, 0, sizeof *many->scratch, many->scratch));
        totals_add(sum, many->scratch);
    }
    return totals_reduce(many, SUM_OF_READ, sum);
}

static Flight *flight_of(Many *many, u64 ticket) {
    for (int i = 0; i < FLIGHTS; i++)
        if (many->flight[i].ticket == ticket) return &many->flight[i];
    return NULL;
}

static Status many_fetch(Backend *b, PoolPart part, size_t offset, size_t bytes, void *to, Fetch *f) {
    Many *many = b->own;
    Flight *flight = flight_of(many, 0);
    REQUIRE(part == POOL_TOTALS && offset == 0 && bytes == sizeof(Totals), STATUS_FAILED,
            "devices: agents cannot be fetched one by one from several; use one device");
    REQUIRE(flight, STATUS_FAILED, "devices: more than %d totals on their way; report this as a bug",
            (int)FLIGHTS);
    flight->to = to;
    flight->ticket = f->ticket = ++many->tickets;
    for (int i = 0; i < many->count; i++)
        TRY(backend_fetch(&many->member[i], part, 0, bytes, &flight->totals[i], &flight->fetch[i]));
    return STATUS_OK;
}

static void many_forget(Backend *b, Fetch *f) {
    Many *many = b->own;
    Flight *flight = flight_of(many, f->ticket);
    for (int i = 0; flight && i < many->count; i++) backend_forget(&many->member[i], &flight->fetch[i]);
    if (flight) flight->ticket = 0;
    f->ticket = 0;
}

static Status many_fetched(Backend *b, Fetch *f) {
    Many *many = b->own;
    Flight *flight = f->ticket ? flight_of(many, f->ticket) : NULL;
    if (!flight) return STATUS_OK;
    memset(flight->to, 0, sizeof *flight->to);
    for (int i = 0; i < many->count; i++) {
        TRY(backend_fetched(&many->member[i], &flight->fetch[i]));
        totals_add(flight->to, &flight->totals[i]);
    }
    flight->ticket = f->ticket = 0;
    return totals_reduce(many, SUM_OF_FETCH, flight->to);
}

/* Only frames are written to all: each says which member it goes to. */
static Status many_write(Backend *b, PoolPart part, size_t offset, size_t bytes, const void *from) {
    Many *many = b->own;
    REQUIRE(part == POOL_FRAME && offset == 0 && bytes == sizeof(Frame), STATUS_FAILED,
            "devices: agents cannot be written one by one to several; use one device");
    Frame frame = *(const Frame *)from;
    frame.members = (u32)b->members;
    for (int i = 0; i < many->count; i++) {
        frame.member = (u32)(ranks_index() * many->count + i);
        TRY(backend_write(&many->member[i], POOL_FRAME, 0, sizeof frame, &frame));
    }
    return STATUS_OK;
}

static Status many_finish(Backend *b) {
    Many *many = b->own;
    for (int i = 0; i < many->count; i++) TRY(backend_finish(&many->member[i]));
    return STATUS_OK;
}

/* The message of a failure here stays: sums that succeed set none. */
Status many_together(Backend *b, Status mine) {
    Many *many = b->own;
    Totals *failures = many->scratch;
    memset(failures, 0, sizeof *failures);
    failures->full = mine != STATUS_OK;
    Status sum = totals_reduce(many, SUM_OF_FAILURES, failures);
    if (mine != STATUS_OK) return mine;
    TRY(sum);
    REQUIRE(failures->full == 0, STATUS_FAILED, "process %d: another process could not; see its message",
            ranks_index());
    return STATUS_OK;
}

int many_pools(const Backend *b) {
    return ((const Many *)b->own)->count;
}

Backend *many_pool_of(Backend *b, int pool) {
    return &((Many *)b->own)->member[pool];
}

static void many_list(FILE *out) {
    (void)out; /* its members are listed by their own backends */
}

const BackendCalls backend_many = {"many",       many_open,    many_close, many_list,  many_pool,
                                   many_picture, many_launch,  many_read,  many_write, many_finish,
                                   many_fetch,   many_fetched, many_forget};
