#include "device/backend_fetch.h"

#include <string.h>

size_t fetch_room(const FetchQueue *q) {
    return q->count < FETCH_PIECES ? FETCH_BYTES - q->used : 0;
}

void fetch_add(FetchQueue *q, const Fetch *f, size_t bytes, void *to) {
    size_t after = (q->used + bytes + FETCH_STEP - 1) / FETCH_STEP * FETCH_STEP;
    q->piece[q->count++] = (FetchPiece){f->ticket, q->used, bytes, to};
    q->used = after < FETCH_BYTES ? after : FETCH_BYTES;
}

bool fetch_waits(const FetchQueue *q, const Fetch *f) {
    for (int i = 0; f->ticket && i < q->count; i++)
        if (q->piece[i].ticket == f->ticket) return true;
    return false;
}

void fetch_hand_out(FetchQueue *q, const char *staging) {
    for (int i = 0; i < q->count; i++)
        if (q->piece[i].to) memcpy(q->piece[i].to, staging + q->piece[i].at, q->piece[i].bytes);
    q->count = 0;
    q->used = 0;
}

void fetch_forget(FetchQueue *q, Fetch *f) {
    for (int i = 0; f->ticket && i < q->count; i++)
        if (q->piece[i].ticket == f->ticket) q->piece[i].to = NULL;
    f->ticket = 0;
}
