/* A list of agents back into pools: pages are put together on the host, one at a time, and sent. */
#include <stdlib.h>
#include <string.h>

#include "sim/agents.h"

/* A page as it will lie on the device, and what is known of it. */
typedef struct Page {
    f32 real[REAL_FIELDS][PAGE_SLOTS];
    u32 word[PAGE_SLOTS][WORD_FIELDS];
    u32 live[PAGE_WORDS];
    PageRow row;
} Page;

/* Nobody anywhere: a free place can be stepped like any other and nothing happens. */
static void page_clear(Page *page, u32 cls) {
    memset(page, 0, sizeof *page);
    for (u32 slot = 0; slot < PAGE_SLOTS; slot++)
        page->real[REAL_FATE][slot] = page->real[REAL_CLOCK][slot] = FOREVER;
    page->row.cls = cls;
}

static void page_add(Page *page, const Agents *a, size_t i) {
    u32 slot = page->row.used++;
    for (int f = 0; f < REAL_FIELDS; f++) page->real[f][slot] = a->real[f][i];
    for (int f = 0; f < WORD_FIELDS; f++) page->word[slot][f] = a->word[f][i];
    page->live[slot / 32u] |= 1u << slot % 32u;
}

static Status page_send(Backend *b, u32 number, const Page *page) {
    TRY(backend_write(b, POOL_REAL, number * sizeof page->real, sizeof page->real, page->real));
    TRY(backend_write(b, POOL_WORD, number * sizeof page->word, sizeof page->word, page->word));
    TRY(backend_write(b, POOL_LIVE, number * sizeof page->live, sizeof page->live, page->live));
    return backend_write(b, POOL_ROWS, number * sizeof page->row, sizeof page->row, &page->row);
}

/* One pool being filled, page by page, class after class. */
typedef struct Filling {
    Backend *pool;
    u32 next; /* page */
    Page page;
} Filling;

static Status filling_send(Filling *f) {
    REQUIRE(f->next < f->pool->pages, STATUS_FAILED,
            "agents: they do not fit into %u pages; raise simulation.capacity", f->pool->pages);
    return page_send(f->pool, f->next++, &f->page);
}

/* Every `step`-th agent of one class from `first` on. */
static Status class_write(Filling *f, const Agents *a, u32 cls, size_t first, size_t step) {
    page_clear(&f->page, cls);
    for (size_t i = first; i < a->count; i += step) {
        if (a->cls[i] != cls) continue;
        if (f->page.row.used == PAGE_FILL) {
            TRY(filling_send(f));
            page_clear(&f->page, cls);
        }
        page_add(&f->page, a, i);
    }
    return f->page.row.used ? filling_send(f) : STATUS_OK;
}

static Status pool_write(Filling *f, const Agents *a, size_t first, size_t step) {
    for (u32 cls = 0; cls < MAX_CLASSES; cls++) TRY(class_write(f, a, cls, first, step));
    page_clear(&f->page, NO_CLASS);
    for (u32 page = f->next; page < f->pool->pages; page++) TRY(page_send(f->pool, page, &f->page));
    return STATUS_OK;
}

Status agents_write(Backend *b, const Agents *agents, u32 *used) {
    Status status = STATUS_OK;
    int pools = backend_pools(b);
    Filling *f = malloc(sizeof *f);
    REQUIRE(f, STATUS_FAILED, "agents: out of memory");
    *used = 0;
    for (int i = 0; status == STATUS_OK && i < pools; i++) {
        f->pool = backend_pool_of(b, i);
        f->next = 0;
        status = pool_write(f, agents, (size_t)i, (size_t)pools);
        *used += f->next;
    }
    free(f);
    return status;
}
