/* Pictures of the cells: a section of the marrow in which each lies where its identity puts it, the plot of a
 * flow cytometer, and cells looked for. They read the pool and write the picture, nothing else. */
#ifndef MARROW_PICTURE_H
#define MARROW_PICTURE_H

#include "cytometer.h"
#include "observe.h"
#include "section.h"

/* What falls outside every picture. */
#define NOWHERE -1e9f

/* An empty picture. */
KERNEL void blank(POOL) {
    (void)real, (void)word, (void)live, (void)box, (void)tally, (void)rows, (void)offer, (void)totals;
    for (u32 page = GROUP_ID; page < frame->pages; page += GROUP_COUNT) {
        u32 first = (u32)((u64)view->words * page / frame->pages);
        u32 last = (u32)((u64)view->words * (page + 1u) / frame->pages);
        FOR_LANES(i, last - first) picture[first + i] = view->blank;
    }
}

DEVICE_FN u32 kind_in_blood(u32 kind) {
    return kind == PICTURE_BLAST_BLOOD || kind == PICTURE_MATURE;
}

DEVICE_FN u32 kind_for_cytometer(u32 kind) {
    return kind == PICTURE_MATURE      ? CYTOMETER_MATURE
           : kind == PICTURE_PRECURSOR ? CYTOMETER_PRECURSOR
                                       : CYTOMETER_BLAST;
}

/* The step of an axis a value falls to. */
DEVICE_FN u32 axis_step(GLOBAL_MEM const Axis *axis, f32 value) {
    f32 x = axis->by_log ? num_log(value < 1e-18f ? 1e-18f : value) : value;
    f32 top = (f32)(axis->steps - 1u);
    x = fused(x, axis->scale, axis->offset);
    x = x < 0.0f ? 0.0f : x;
    return (u32)(x > top ? top : x);
}

/* One cell's value of a quantity. `x` are its states (place 0 of the page plus its place). */
DEVICE_FN f32 cell_quantity(GLOBAL_MEM const f32 *x, GLOBAL_MEM const u32 *w, u32 kind, u32 dying,
                            u32 quantity) {
    f32 cd22 = x[REAL_CD22 * PAGE_SLOTS], bound = x[REAL_BOUND * PAGE_SLOTS], both = cd22 + bound;
    switch (quantity) {
    case QUANTITY_CD22: return cd22;
    case QUANTITY_BOUND: return bound;
    case QUANTITY_SURFACE: return both;
    case QUANTITY_OCCUPANCY: return both > 0.0f ? bound / both : 0.0f;
    case QUANTITY_INSIDE: return x[REAL_INSIDE * PAGE_SLOTS];
    case QUANTITY_PAYLOAD: return x[REAL_PAYLOAD * PAGE_SLOTS];
    case QUANTITY_DAMAGE: return x[REAL_BREAKS * PAGE_SLOTS];
    case QUANTITY_CYCLE: return x[REAL_CLOCK * PAGE_SLOTS];
    case QUANTITY_FSC:
    case QUANTITY_SSC: {
        Scatter s = cytometer_scatter(w[WORD_ID_LOW], w[WORD_ID_HIGH], kind_for_cytometer(kind),
                                      x[REAL_CLOCK * PAGE_SLOTS], dying);
        return quantity == QUANTITY_FSC ? s.fsc : s.ssc;
    }
    default: return 0.0f;
    }
}

/* The same for the places of a batch, whose kind may be other for dying ones. */
DEVICE_FN void batch_quantity(GLOBAL_MEM const f32 *x, GLOBAL_MEM const u32 *w, u32 kind, const u32 *kinds,
                              u32 quantity, f32 *out) {
    EACH_OF_BATCH(k)
    out[k] = cell_quantity(x + k, w + k * WORD_FIELDS, kind, kinds[k] == PICTURE_DYING, quantity);
}

/* What each place of a batch holds: a kind, PICTURE_KINDS for nobody. */
DEVICE_FN void batch_kinds(GLOBAL_MEM const f32 *x, u32 kind, u32 *kinds) {
    EACH_OF_BATCH(k) {
        u32 fated = x[REAL_FATE * PAGE_SLOTS + k] < 0.5f * FOREVER;
        u32 timed = x[REAL_CLOCK * PAGE_SLOTS + k] < 0.5f * FOREVER;
        kinds[k] = fated ? kind : timed ? (u32)PICTURE_DYING : (u32)PICTURE_KINDS;
    }
}

/* Where the places of a batch lie in the picture, and how deep in the section; those not shown lie nowhere.
 */
DEVICE_FN void batch_place(GLOBAL_MEM const u32 *w, GLOBAL_MEM const View *view, u32 in_blood,
                           const u32 *kinds, f32 *px, f32 *py, u32 *depth) {
    const f32 scale = view->scale, offset_x = view->offset_x, offset_y = view->offset_y;
    const f32 left = (f32)view->left, top = (f32)view->top;
    const u32 shown = view->kinds;
    const Strip strip = section_strip(in_blood);
    EACH_OF_BATCH(k) {
        Spot spot =
            section_spot_in(w[k * WORD_FIELDS + WORD_ID_LOW], w[k * WORD_FIELDS + WORD_ID_HIGH], strip);
        f32 x = fused(spot.x_um, scale, offset_x) - left;
        px[k] = shown >> kinds[k] & 1u ? x : NOWHERE;
        py[k] = fused(spot.y_um, scale, offset_y) - top;
        depth[k] = (u32)(spot.z_um * (KEY_DEPTHS / SECTION_DEEP_UM));
    }
}

/* What a pixel shows of a cell. */
DEVICE_FN u32 picture_key(u32 kind, u32 depth, u32 cls, u32 colour) {
    return (kind == PICTURE_DYING ? 0u : KEY_LIVING) | depth << KEY_DEPTH_SHIFT | cls << KEY_CLASS_SHIFT |
           colour;
}

DEVICE_FN void batch_colour(GLOBAL_MEM const f32 *x, GLOBAL_MEM const u32 *w, GLOBAL_MEM const View *view,
                            u32 kind, const u32 *kinds, u32 *colour) {
    f32 value[BATCH];
    if (view->colour.quantity <= QUANTITY_CLONE) {
        EACH_OF_BATCH(k) colour[k] = 0u;
        return;
    }
    batch_quantity(x, w, kind, kinds, view->colour.quantity, value);
    EACH_OF_BATCH(k) colour[k] = axis_step(&view->colour, value[k]);
}

/* `own`: nobody else writes to this memory. Words that many threads write to travel between their caches,
 * which takes longer than all else here. */
DEVICE_FN void pixel_put(GLOBAL_MEM u32 *picture, GLOBAL_MEM const View *view, u32 own, u32 pixel, u32 key) {
    if (own) {
        u32 seen = picture[pixel];
        picture[pixel] = view->density ? seen + 1u : key < seen ? key : seen;
    } else if (view->density) {
        global_add(&picture[pixel], 1u);
    } else {
        global_least(&picture[pixel], key);
    }
}

/* The whole numbers within [from, to], cut to a picture's side. */
DEVICE_FN u32 pixel_first(f32 from) {
    return from > 0.0f ? (u32)from : 0u;
}
DEVICE_FN u32 pixel_end(f32 to, u32 side) {
    return to < 0.0f ? 0u : to >= (f32)side ? side : (u32)to + 1u;
}

/* How far a disc reaches to either side in a row of pixels; negative: it does not reach it. */
DEVICE_FN f32 disc_reach(f32 py, f32 radius, u32 y) {
    f32 dy = (f32)y + 0.5f - py, rest = radius * radius - dy * dy;
    return rest < 0.0f ? -1.0f : square_root(rest);
}

DEVICE_FN void disc_put(GLOBAL_MEM u32 *picture, GLOBAL_MEM const View *view, u32 own, f32 px, f32 py,
                        u32 key) {
    f32 r = view->radius;
    for (u32 y = pixel_first(py - r); y < pixel_end(py + r, view->height); y++) {
        f32 reach = disc_reach(py, r, y);
        if (reach < 0.0f) continue;
        u32 end = pixel_end(px + reach - 0.5f, view->width);
        for (u32 x = pixel_first(px - reach + 0.5f); x < end; x++)
            pixel_put(picture, view, own, y * view->width + x, key);
    }
}

/* Whether disc_put would touch this pixel. */
DEVICE_FN u32 disc_covers(GLOBAL_MEM const View *view, f32 px, f32 py, u32 x, u32 y) {
    f32 r = view->radius, reach = disc_reach(py, r, y);
    if (reach < 0.0f || y < pixel_first(py - r) || y >= pixel_end(py + r, view->height)) return 0u;
    return x >= pixel_first(px - reach + 0.5f) && x < pixel_end(px + reach - 0.5f, view->width);
}

DEVICE_FN u32 dot_inside(GLOBAL_MEM const View *view, f32 px, f32 py) {
    return px >= 0.0f && py >= 0.0f && px < (f32)view->width && py < (f32)view->height;
}

#define NO_PIXEL 0xffffffffu

/* Cells of one pixel each. The pixels of a batch are asked for from memory together, since they lie anywhere.
 */
DEVICE_FN void batch_put_dots(GLOBAL_MEM u32 *picture, GLOBAL_MEM const View *view, u32 own, const f32 *px,
                              const f32 *py, const u32 *key) {
    const u32 width = view->width;
    const f32 right = (f32)width, bottom = (f32)view->height;
    u32 pixel[BATCH];
    EACH_OF_BATCH(k) {
        u32 inside = (px[k] >= 0.0f) & (py[k] >= 0.0f) & (px[k] < right) & (py[k] < bottom);
        u32 x = (u32)(inside ? px[k] : 0.0f), y = (u32)(inside ? py[k] : 0.0f);
        pixel[k] = inside ? y * width + x : NO_PIXEL;
    }
    ONE_OF_BATCH(k) if (pixel[k] != NO_PIXEL) fetch_ahead(&picture[pixel[k]]);
    ONE_OF_BATCH(k) if (pixel[k] != NO_PIXEL) pixel_put(picture, view, own, pixel[k], key[k]);
}

DEVICE_FN void batch_put_discs(GLOBAL_MEM u32 *picture, GLOBAL_MEM const View *view, u32 own, const f32 *px,
                               const f32 *py, const u32 *key) {
    f32 r = view->radius, right = (f32)view->width + r, bottom = (f32)view->height + r;
    ONE_OF_BATCH(k)
    if (px[k] > -r && py[k] > -r && px[k] < right && py[k] < bottom)
        disc_put(picture, view, own, px[k], py[k], key[k]);
}

/* Cells of one page into the picture. Counting takes a cell for a point however near it is. */
KERNEL void section(POOL) {
    (void)live, (void)box, (void)tally, (void)offer, (void)totals;
    u32 own = view->copies > 1u;
    GLOBAL_MEM u32 *mine = own ? picture + WORKER_ID * view->copy_words : picture;
    for (u32 page = GROUP_ID; page < frame->pages; page += GROUP_COUNT) {
        u32 cls = rows[page].cls;
        if (cls == NO_CLASS) continue;
        u32 kind = view->kind[cls], in_blood = kind_in_blood(kind);
        if (!(view->kinds & (1u << kind | 1u << PICTURE_DYING))) continue;
        FOR_BATCHES(i, PAGE_SLOTS) {
            GLOBAL_MEM const f32 *x = real_field(real, page, 0u) + i;
            GLOBAL_MEM const u32 *w = word_of(word, page, i);
            f32 px[BATCH], py[BATCH];
            u32 kinds[BATCH], key[BATCH], colour[BATCH];
            batch_kinds(x, kind, kinds);
            batch_place(w, view, in_blood, kinds, px, py, key);
            batch_colour(x, w, view, kind, kinds, colour);
            EACH_OF_BATCH(k) key[k] = picture_key(kinds[k], key[k], cls, colour[k]);
            if (view->radius < 0.75f)
                batch_put_dots(mine, view, own, px, py, key);
            else
                batch_put_discs(mine, view, own, px, py, key);
        }
    }
}

/* Makes one picture of the workers' own. */
KERNEL void join(POOL) {
    (void)real, (void)word, (void)live, (void)box, (void)tally, (void)rows, (void)offer, (void)totals;
    u32 pixels = view->width * view->height;
    for (u32 page = GROUP_ID; page < frame->pages; page += GROUP_COUNT) {
        u32 first = (u32)((u64)pixels * page / frame->pages),
            last = (u32)((u64)pixels * (page + 1u) / frame->pages);
        for (u32 copy = 1u; copy < view->copies; copy++) {
            GLOBAL_MEM const u32 *from = picture + copy * view->copy_words + first;
            GLOBAL_MEM u32 *to = picture + first;
            u32 density = view->density;
            VECTOR_LOOP
            FOR_LANES(i, last - first) to[i] = density ? to[i] + from[i] : from[i] < to[i] ? from[i] : to[i];
        }
    }
}

/* A cell's signal on an axis of the cytometer: stained channels with the instrument's own luck. */
DEVICE_FN u32 cytometer_step(GLOBAL_MEM const f32 *x, GLOBAL_MEM const u32 *w, u32 kind, u32 dying,
                             GLOBAL_MEM const Axis *axis) {
    f32 value = cell_quantity(x, w, kind, dying, axis->quantity);
    if (axis->quantity == QUANTITY_CD22)
        value = cytometer_signal(w[WORD_ID_LOW], w[WORD_ID_HIGH], INSTRUMENT_CD22, value, GLOW_CD22);
    if (axis->quantity == QUANTITY_BOUND)
        value = cytometer_signal(w[WORD_ID_LOW], w[WORD_ID_HIGH], INSTRUMENT_BOUND, value, GLOW_BOUND);
    return axis_step(axis, value);
}

/* Cells by two quantities, counted by kind. The uppermost row is that of the largest values. */
KERNEL void cytometer(POOL) {
    (void)box, (void)tally, (void)offer, (void)totals;
    for (u32 page = GROUP_ID; page < frame->pages; page += GROUP_COUNT) {
        u32 cls = rows[page].cls;
        if (cls == NO_CLASS) continue;
        FOR_LANES(i, PAGE_WORDS)
        for (u32 bits = live[page * PAGE_WORDS + i]; bits != 0u; bits &= bits - 1u) {
            u32 slot = 32u * i + count_bits((bits & (0u - bits)) - 1u);
            GLOBAL_MEM const f32 *x = real_field(real, page, 0u) + slot;
            GLOBAL_MEM const u32 *w = word_of(word, page, slot);
            u32 dying = x[REAL_FATE * PAGE_SLOTS] >= 0.5f * FOREVER, kind = view->kind[cls];
            u32 shown = dying ? (u32)PICTURE_DYING : kind;
            if ((w[WORD_ID_HIGH] & view->sample) != 0u || !(view->kinds >> shown & 1u)) continue;
            u32 across = cytometer_step(x, w, kind, dying, &view->across);
            u32 up = cytometer_step(x, w, kind, dying, &view->up);
            u32 row = shown * view->up.steps + (view->up.steps - 1u - up);
            global_add(&picture[row * view->across.steps + across], 1u);
        }
    }
}

/* Whether the picture shows this cell, and nothing but it and its like, at the pixel that is looked at. */
DEVICE_FN u32 find_covers(GLOBAL_MEM const f32 *x, GLOBAL_MEM const u32 *w, GLOBAL_MEM const View *view,
                          u32 cls) {
    u32 kind = view->kind[cls], dying = x[REAL_FATE * PAGE_SLOTS] >= 0.5f * FOREVER;
    u32 shown = dying ? (u32)PICTURE_DYING : kind, colour = 0u;
    if (!(view->kinds >> shown & 1u)) return 0u;
    Spot spot = section_spot(w[WORD_ID_LOW], w[WORD_ID_HIGH], kind_in_blood(kind));
    f32 px = fused(spot.x_um, view->scale, view->offset_x) - (f32)view->left;
    f32 py = fused(spot.y_um, view->scale, view->offset_y) - (f32)view->top;
    if (view->radius < 0.75f) {
        if (!dot_inside(view, px, py) || (u32)px != view->find_x || (u32)py != view->find_y) return 0u;
    } else if (!disc_covers(view, px, py, view->find_x, view->find_y)) {
        return 0u;
    }
    if (view->colour.quantity > QUANTITY_CLONE)
        colour = axis_step(&view->colour, cell_quantity(x, w, kind, dying, view->colour.quantity));
    u32 depth = (u32)(spot.z_um * (KEY_DEPTHS / SECTION_DEEP_UM));
    return picture_key(shown, depth, cls, colour) == view->find_key;
}

DEVICE_FN u32 find_listed(GLOBAL_MEM const u32 *w, GLOBAL_MEM const View *view) {
    u32 low = w[WORD_ID_LOW], high = w[WORD_ID_HIGH], listed = 0u;
    if (!(view->find_filter[low >> 5 & 31u] >> (low & 31u) & 1u)) return 0u;
    for (u32 i = 0; i < view->find_count; i++)
        listed |= (view->find_low[i] == low) & (view->find_high[i] == high);
    return listed;
}

DEVICE_FN void found_write(GLOBAL_MEM const f32 *x, GLOBAL_MEM const u32 *w, u32 cls, u32 place,
                           GLOBAL_MEM u32 *picture) {
    u32 number = global_add(picture, 1u);
    if (number >= FIND_MOST) return; /* counted, so that the host knows */
    GLOBAL_MEM u32 *out = picture + 1u + number * FOUND_WORDS;
    out[0] = w[WORD_ID_LOW];
    out[1] = w[WORD_ID_HIGH];
    out[2] = w[WORD_EVENTS];
    out[3] = cls;
    out[4] = place;
    for (u32 field = 0; field < REAL_FIELDS; field++) out[5u + field] = bits_of(x[field * PAGE_SLOTS]);
}

/* Those of the list that are still where they were. */
DEVICE_FN void find_again(GLOBAL_MEM const f32 *real, GLOBAL_MEM const u32 *word, GLOBAL_MEM const u32 *live,
                          u32 page, u32 cls, GLOBAL_MEM const View *view, GLOBAL_MEM u32 *picture) {
    FOR_LANES(i, view->find_count) {
        u32 slot = view->find_place[i] % PAGE_SLOTS;
        if (view->find_place[i] / PAGE_SLOTS != page) continue;
        if (!(live[page * PAGE_WORDS + slot / 32u] >> slot % 32u & 1u)) continue;
        GLOBAL_MEM const u32 *w = word + ((u64)page * PAGE_SLOTS + slot) * WORD_FIELDS;
        if (w[WORD_ID_LOW] != view->find_low[i] || w[WORD_ID_HIGH] != view->find_high[i]) continue;
        found_write(real + (u64)page * REAL_FIELDS * PAGE_SLOTS + slot, w, cls, page * PAGE_SLOTS + slot,
                    picture);
    }
}

/* Lists the cells looked for, in any order: the host puts them into one. */
KERNEL void find(POOL) {
    (void)box, (void)tally, (void)offer, (void)totals;
    for (u32 page = GROUP_ID; page < frame->pages; page += GROUP_COUNT) {
        u32 cls = rows[page].cls;
        if (cls == NO_CLASS) continue;
        if (view->find == FIND_PLACES) {
            find_again(real, word, live, page, cls, view, picture);
            continue;
        }
        FOR_LANES(i, PAGE_WORDS)
        for (u32 bits = live[page * PAGE_WORDS + i]; bits != 0u; bits &= bits - 1u) {
            u32 slot = 32u * i + count_bits((bits & (0u - bits)) - 1u);
            GLOBAL_MEM const f32 *x = real_field(real, page, 0u) + slot;
            GLOBAL_MEM const u32 *w = word_of(word, page, slot);
            u32 found = view->find == FIND_PIXEL ? find_covers(x, w, view, cls) : find_listed(w, view);
            if (found) found_write(x, w, cls, page * PAGE_SLOTS + slot, picture);
        }
    }
}

#endif
