#include "agents.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 1 + REAL_FIELDS + WORD_FIELDS };

/* The columns one after the other, whatever their type: all are four bytes wide. */
static void **column(Agents *a, int i) {
    if (i == 0) return (void **)&a->cls;
    if (i <= REAL_FIELDS) return (void **)&a->real[i - 1];
    return (void **)&a->word[i - 1 - REAL_FIELDS];
}

Status agents_room(Agents *a, size_t room) {
    if (a->cls && room <= a->room) return STATUS_OK;
    for (int i = 0; i < COLUMNS; i++) {
        void *grown = realloc(*column(a, i), room * sizeof(u32));
        REQUIRE(grown, STATUS_FAILED, "agents: no memory for a list of %zu", room);
        *column(a, i) = grown;
    }
    a->room = room;
    return STATUS_OK;
}

bool agent_dying(const Agents *agents, size_t i) {
    return agents->real[REAL_FATE][i] >= 0.5f * FOREVER;
}

void agents_destroy(Agents *agents) {
    for (int i = 0; i < COLUMNS; i++) free(*column(agents, i));
    *agents = (Agents){0};
}

/* One page of a pool, fetched. */
typedef struct Page {
    f32 real[REAL_FIELDS][PAGE_SLOTS];
    u32 word[PAGE_SLOTS][WORD_FIELDS];
    u32 live[PAGE_WORDS];
} Page;

static Status page_read(Backend *b, u32 page, Page *out) {
    TRY(backend_read(b, POOL_REAL, page * sizeof out->real, sizeof out->real, out->real));
    TRY(backend_read(b, POOL_WORD, page * sizeof out->word, sizeof out->word, out->word));
    return backend_read(b, POOL_LIVE, page * sizeof out->live, sizeof out->live, out->live);
}

static void page_append(Agents *a, const Page *page, u32 cls) {
    for (u32 slot = 0; slot < PAGE_SLOTS; slot++) {
        if (!(page->live[slot / 32u] >> slot % 32u & 1u)) continue;
        a->cls[a->count] = cls;
        for (int f = 0; f < REAL_FIELDS; f++) a->real[f][a->count] = page->real[f][slot];
        for (int f = 0; f < WORD_FIELDS; f++) a->word[f][a->count] = page->word[slot][f];
        a->count++;
    }
}

static Status pages_read(Backend *b, const PageRow *rows, Page *page, Agents *out) {
    for (u32 p = 0; p < b->pages; p++) {
        if (rows[p].cls == NO_CLASS) continue;
        TRY(page_read(b, p, page));
        TRY(agents_room(out, out->count + PAGE_SLOTS));
        page_append(out, page, rows[p].cls);
    }
    return STATUS_OK;
}

static Status pool_read(Backend *b, Agents *out) {
    PageRow *rows = malloc(b->pages * sizeof *rows);
    Page *page = malloc(sizeof *page);
    bool room = rows && page;
    Status status = room ? backend_read(b, POOL_ROWS, 0, b->pages * sizeof *rows, rows)
                         : status_set(STATUS_FAILED, "agents: out of memory");
    if (room && status == STATUS_OK) status = pages_read(b, rows, page, out);
    free(rows);
    free(page);
    return status;
}

Status agents_read(Backend *b, Agents *out) {
    out->count = 0;
    for (int i = 0; i < backend_pools(b); i++) TRY(pool_read(backend_pool_of(b, i), out));
    return STATUS_OK;
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
