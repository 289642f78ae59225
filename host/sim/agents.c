#include "sim/agents.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { COLUMNS = 1 + REAL_FIELDS + WORD_FIELDS };

/* The columns one after the other, whatever their type: all are four bytes wide. */
static void **column(Agents *a, int i) {
    if (i == 0) return (void **)&a->cls;
    if (i <= REAL_FIELDS) return (void **)&a->real[i - 1];
    return (void **)&a->word[i - 1 - REAL_FIELDS];
}

enum { HUGE_PAGE = 2 << 20 };

/* Fresh memory costs a fault a page, which for small ones takes longer than filling it. */
static void *block_get(size_t bytes) {
    if (bytes < HUGE_PAGE) return malloc(bytes);
    size_t whole = (bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    void *block = aligned_alloc(HUGE_PAGE, whole);
    if (block) (void)madvise(block, whole, MADV_HUGEPAGE); /* advice: as well without */
    return block;
}

Status agents_room(Agents *a, size_t room) {
    if (a->memory && room <= a->room) return STATUS_OK;
    u32 *memory = block_get((room ? room : 1) * COLUMNS * sizeof(u32));
    REQUIRE(memory, STATUS_FAILED, "agents: no memory for a list of %zu", room);
    for (int i = 0; i < COLUMNS; i++) {
        u32 *to = memory + (size_t)i * room;
        if (a->count) memcpy(to, *column(a, i), a->count * sizeof(u32));
        *column(a, i) = to;
    }
    free(a->memory);
    a->memory = memory;
    a->room = room;
    return STATUS_OK;
}

/* The last steps of splitmix64, which spread any bits over all. */
u64 agent_lot(u32 id_low, u32 id_high) {
    u64 x = (u64)id_high << 32 | id_low;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return x ^ x >> 31;
}

bool agent_dying(const Agents *agents, size_t i) {
    return agents->real[REAL_FATE][i] >= 0.5f * FOREVER;
}

void agents_move(Agents *a, size_t from, size_t to) {
    a->cls[to] = a->cls[from];
    for (int f = 0; f < REAL_FIELDS; f++) a->real[f][to] = a->real[f][from];
    for (int f = 0; f < WORD_FIELDS; f++) a->word[f][to] = a->word[f][from];
}

void agents_destroy(Agents *agents) {
    free(agents->memory);
    *agents = (Agents){0};
}

/* Neighbouring pages of a pool, fetched together: a device answers few long questions faster than many short
 * ones, and these still fit into a processor's cache. */
enum { STRETCH = 8 };
typedef struct Stretch {
    f32 real[STRETCH][REAL_FIELDS][PAGE_SLOTS];
    u32 word[STRETCH][PAGE_SLOTS][WORD_FIELDS];
    u32 live[STRETCH][PAGE_WORDS];
} Stretch;

static Status stretch_read(Backend *b, u32 first, u32 pages, Stretch *out) {
    TRY(backend_read(b, POOL_REAL, first * sizeof out->real[0], pages * sizeof out->real[0], out->real));
    TRY(backend_read(b, POOL_WORD, first * sizeof out->word[0], pages * sizeof out->word[0], out->word));
    return backend_read(b, POOL_LIVE, first * sizeof out->live[0], pages * sizeof out->live[0], out->live);
}

/* The places taken, in order. */
static u32 slots_of(const u32 live[PAGE_WORDS], uint16_t slots[PAGE_SLOTS]) {
    u32 count = 0;
    for (u32 w = 0; w < PAGE_WORDS; w++)
        for (u32 bits = live[w]; bits; bits &= bits - 1u)
            slots[count++] = (uint16_t)(32u * w + (u32)__builtin_ctz(bits));
    return count;
}

/* Of these places those whose agents are in the sample. */
static u32 slots_sampled(const Stretch *from, u32 page, u32 cls, const AgentLimits *limits,
                         uint16_t slots[PAGE_SLOTS], u32 count) {
    const f32 *fate = from->real[page][REAL_FATE];
    u32 kept = 0;
    for (u32 i = 0; i < count; i++) {
        const u32 *word = from->word[page][slots[i]];
        bool dying = fate[slots[i]] >= 0.5f * FOREVER;
        if (agent_lot(word[WORD_ID_LOW], word[WORD_ID_HIGH]) <= limits->lot[cls][dying])
            slots[kept++] = slots[i];
    }
    return kept;
}

/* Column by column: each is then one stream to read and one to write. */
static Status page_append(Agents *a, const Stretch *from, u32 page, u32 cls, const AgentLimits *limits) {
    uint16_t slots[PAGE_SLOTS];
    u32 count = slots_of(from->live[page], slots);
    if (limits) count = slots_sampled(from, page, cls, limits, slots, count);
    if (limits && a->count + count > a->room) TRY(agents_room(a, 2 * a->room + PAGE_SLOTS));
    REQUIRE(a->count + count <= a->room, STATUS_FAILED,
            "agents: a page holds %u where fewer were counted; report this as a bug", count);
    for (u32 i = 0; i < count; i++) a->cls[a->count + i] = cls;
    for (int f = 0; f < REAL_FIELDS; f++)
        for (u32 i = 0; i < count; i++) a->real[f][a->count + i] = from->real[page][f][slots[i]];
    for (int f = 0; f < WORD_FIELDS; f++)
        for (u32 i = 0; i < count; i++) a->word[f][a->count + i] = from->word[page][slots[i]][f];
    a->count += count;
    return STATUS_OK;
}

/* Pages in use from `first` on, at most STRETCH of them; 0 at the pool's end. */
static u32 stretch_of(const PageRow *rows, u32 pages, u32 *first) {
    u32 length = 0;
    while (*first < pages && rows[*first].cls == NO_CLASS) ++*first;
    while (length < STRETCH && *first + length < pages && rows[*first + length].cls != NO_CLASS) length++;
    return length;
}

static Status pages_read(Backend *b, const PageRow *rows, Stretch *stretch, Agents *out,
                         const AgentLimits *limits) {
    size_t agents = out->count;
    for (u32 p = 0; p < b->pages; p++) agents += rows[p].cls == NO_CLASS ? 0 : rows[p].used;
    if (!limits) TRY(agents_room(out, agents));
    for (u32 first = 0, length; (length = stretch_of(rows, b->pages, &first)) > 0; first += length) {
        TRY(stretch_read(b, first, length, stretch));
        for (u32 p = 0; p < length; p++) TRY(page_append(out, stretch, p, rows[first + p].cls, limits));
    }
    return STATUS_OK;
}

static Status pool_read(Backend *b, Agents *out, const AgentLimits *limits) {
    PageRow *rows = malloc(b->pages * sizeof *rows);
    Stretch *stretch = malloc(sizeof *stretch);
    bool room = rows && stretch;
    Status status = room ? backend_read(b, POOL_ROWS, 0, b->pages * sizeof *rows, rows)
                         : status_set(STATUS_FAILED, "agents: out of memory");
    if (room && status == STATUS_OK) status = pages_read(b, rows, stretch, out, limits);
    free(rows);
    free(stretch);
    return status;
}

static Status pools_read(Backend *b, Agents *out, const AgentLimits *limits) {
    out->count = 0;
    for (int i = 0; i < backend_pools(b); i++) TRY(pool_read(backend_pool_of(b, i), out, limits));
    return STATUS_OK;
}

Status agents_read(Backend *b, Agents *out) {
    return pools_read(b, out, NULL);
}

Status agents_read_sample(Backend *b, Agents *out, const AgentLimits *limits) {
    TRY(agents_room(out, PAGE_SLOTS));
    return pools_read(b, out, limits);
}

/* What orders agents, and where one stood. */
typedef struct Key {
    u32 cls, high, low, events;
    size_t from;
} Key;

static int by_key(const void *a, const void *b) {
    const Key *x = a, *y = b;
    if (x->cls != y->cls) return x->cls < y->cls ? -1 : 1;
    if (x->high != y->high) return x->high < y->high ? -1 : 1;
    if (x->low != y->low) return x->low < y->low ? -1 : 1;
    return (x->events > y->events) - (x->events < y->events);
}

static void column_arrange(u32 *values, u32 *scratch, const Key *keys, size_t count) {
    for (size_t i = 0; i < count; i++) scratch[i] = values[keys[i].from];
    memcpy(values, scratch, count * sizeof *values);
}

Status agents_sort(Agents *a) {
    if (a->count < 2) return STATUS_OK;
    Key *keys = malloc(a->count * sizeof *keys);
    u32 *scratch = malloc(a->count * sizeof *scratch);
    bool room = keys && scratch;
    for (size_t i = 0; room && i < a->count; i++)
        keys[i] =
            (Key){a->cls[i], a->word[WORD_ID_HIGH][i], a->word[WORD_ID_LOW][i], a->word[WORD_EVENTS][i], i};
    if (room) qsort(keys, a->count, sizeof *keys, by_key);
    for (int i = 0; room && i < COLUMNS; i++) column_arrange(*column(a, i), scratch, keys, a->count);
    free(keys);
    free(scratch);
    return room ? STATUS_OK : status_set(STATUS_FAILED, "agents: no memory to sort %zu of them", a->count);
}
