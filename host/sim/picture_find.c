/* Cells looked for: the one a pixel shows, or those of known identity. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/picture.h"

/* The count, and what was found, as one pool's device leaves it. */
typedef struct FindPage {
    u32 count;
    Found found[FIND_MOST];
} FindPage;

static int by_identity(const void *left, const void *right) {
    const Found *a = left, *b = right;
    if (a->high != b->high) return a->high < b->high ? -1 : 1;
    return (a->low > b->low) - (a->low < b->low);
}

static Status pool_find(Backend *pool, const View *v, FindPage *page) {
    TRY(backend_picture(pool, sizeof *page));
    TRY(backend_write(pool, POOL_VIEW, 0, sizeof *v, v));
    TRY(backend_launch(pool, KERNEL_blank, 1));
    TRY(backend_launch(pool, KERNEL_find, 1));
    return backend_read(pool, POOL_PICTURE, 0, sizeof *page, page);
}

static Status found_add(FindPage *all, const FindPage *page) {
    REQUIRE(all->count + page->count <= FIND_MOST, STATUS_FAILED,
            "picture: more than %u cells look the same there; zoom in", FIND_MOST);
    if (page->count) memcpy(all->found + all->count, page->found, page->count * sizeof *page->found);
    all->count += page->count;
    return STATUS_OK;
}

/* On every pool, in order of identity. */
static Status find(Backend *b, View *v, FindPage *all) {
    FindPage page;
    all->count = 0;
    v->words = 1, v->blank = 0;
    for (int i = 0; i < backend_pools(b); i++) {
        TRY(pool_find(backend_pool_of(b, i), v, &page));
        TRY(found_add(all, &page));
    }
    qsort(all->found, all->count, sizeof *all->found, by_identity);
    return STATUS_OK;
}

static void view_list(View *v, u32 mode, const uint64_t *identity, const u32 *place, int count) {
    *v = (View){.find = mode, .find_count = (u32)count};
    for (int i = 0; i < count; i++) {
        v->find_low[i] = (u32)identity[i];
        v->find_high[i] = (u32)(identity[i] >> 32);
        v->find_filter[v->find_low[i] >> 5 & 31u] |= 1u << (v->find_low[i] & 31u);
        if (place) v->find_place[i] = place[i];
    }
}

static Status find_listed(Backend *b, u32 mode, const uint64_t *identity, const u32 *place, int count,
                          FindPage *all) {
    View v;
    all->count = 0;
    if (count == 0) return STATUS_OK;
    view_list(&v, mode, identity, place, count);
    return find(b, &v, all);
}

Status picture_find(Backend *b, const uint64_t *identity, int count, Found *out, int *found) {
    FindPage all;
    *found = 0;
    TRY(find_listed(b, FIND_CELLS, identity, NULL, count, &all));
    if (all.count) memcpy(out, all.found, all.count * sizeof *out);
    *found = (int)all.count;
    return STATUS_OK;
}

static bool among(const FindPage *page, uint64_t identity) {
    for (u32 i = 0; i < page->count; i++)
        if (page->found[i].low == (u32)identity && page->found[i].high == (u32)(identity >> 32)) return true;
    return false;
}

Status picture_find_again(Backend *b, const uint64_t *identity, const u32 *place, int count, Found *out,
                          int *found) {
    FindPage all, rest;
    uint64_t missing[FIND_MOST];
    int missed = 0;
    *found = 0;
    TRY(find_listed(b, FIND_PLACES, identity, place, count, &all));
    for (int i = 0; i < count; i++)
        if (!among(&all, identity[i])) missing[missed++] = identity[i];
    TRY(find_listed(b, FIND_CELLS, missing, NULL, missed, &rest));
    TRY(found_add(&all, &rest));
    qsort(all.found, all.count, sizeof *all.found, by_identity);
    if (all.count) memcpy(out, all.found, all.count * sizeof *out);
    *found = (int)all.count;
    return STATUS_OK;
}

/* ---- by pixel ---- */

enum { REACH = 7, AROUND = 2 * REACH + 1 };

/* The keys around a pixel, as the whole picture has them. */
static Status keys_around(Backend *b, View *v, u32 keys[AROUND * AROUND]) {
    u32 own[AROUND * AROUND];
    v->blank = PICTURE_NOBODY;
    memset(keys, 0xff, sizeof own);
    for (int i = 0; i < backend_pools(b); i++) {
        Backend *pool = backend_pool_of(b, i);
        TRY(picture_make(pool, v, false));
        TRY(backend_read(pool, POOL_PICTURE, 0, sizeof own, own));
        for (int k = 0; k < AROUND * AROUND; k++) keys[k] = own[k] < keys[k] ? own[k] : keys[k];
    }
    return STATUS_OK;
}

/* The pixel nearest to the middle that shows a cell; -1: none. */
static int nearest(const u32 keys[AROUND * AROUND]) {
    int best = -1, least = 2 * REACH * REACH + 1;
    for (int k = 0; k < AROUND * AROUND; k++) {
        int dx = k % AROUND - REACH, dy = k / AROUND - REACH, far = dx * dx + dy * dy;
        if (keys[k] != PICTURE_NOBODY && far < least) best = k, least = far;
    }
    return best;
}

Status picture_pick(Backend *b, const CellClasses *classes, int64_t agents, const PictureView *view,
                    double pixel_x, double pixel_y, Found *out, bool *found) {
    View v;
    FindPage all;
    PictureView dots = *view;
    u32 keys[AROUND * AROUND];
    *found = false;
    dots.mode = PICTURE_DOTS;
    TRY(picture_view_check(&dots));
    REQUIRE(pixel_x >= 0 && pixel_y >= 0 && pixel_x < view->width && pixel_y < view->height, STATUS_BAD_INPUT,
            "picture: pixel (%g, %g) is outside of %d by %d", pixel_x, pixel_y, view->width, view->height);
    picture_view_fill(&v, &dots, classes, agents);
    v.left = (i32)pixel_x - REACH, v.top = (i32)pixel_y - REACH;
    v.width = v.height = AROUND;
    TRY(keys_around(b, &v, keys));
    int at = nearest(keys);
    if (at < 0) return STATUS_OK;
    v.find = FIND_PIXEL;
    v.find_x = (u32)(at % AROUND), v.find_y = (u32)(at / AROUND), v.find_key = keys[at];
    TRY(find(b, &v, &all));
    REQUIRE(all.count > 0, STATUS_FAILED, "picture: the cell of a pixel is not there; report this as a bug");
    *out = all.found[0];
    *found = true;
    return STATUS_OK;
}
