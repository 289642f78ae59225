/* Bookkeeping for backends that fetch through staging memory of FETCH_BYTES: which bytes of it belong to
 * whom.
 *
 * Pieces lie one after another. Once the device has copied all that was asked for, they are handed out
 * together and the staging memory is free again. */
#ifndef MARROW_BACKEND_FETCH_H
#define MARROW_BACKEND_FETCH_H

#include "device/backend.h"

enum { FETCH_PIECES = 64, FETCH_STEP = 256 };

typedef struct FetchPiece {
    u64 ticket;
    size_t at, bytes; /* in staging memory */
    char *to;         /* NULL: forgotten */
} FetchPiece;

/* Starts zeroed. */
typedef struct FetchQueue {
    FetchPiece piece[FETCH_PIECES];
    int count;
    size_t used; /* bytes of staging memory; where the next piece goes */
    u64 tickets; /* given out so far */
} FetchQueue;

/* Bytes that can be added now; 0: wait for the device and hand out first. */
size_t fetch_room(const FetchQueue *q);
/* The piece at q->used is on its way for this fetch. */
void fetch_add(FetchQueue *q, const Fetch *f, size_t bytes, void *to);
/* Whether some of a fetch is still on its way. */
bool fetch_waits(const FetchQueue *q, const Fetch *f);
/* Everything has arrived in staging memory: to those who asked for it. */
void fetch_hand_out(FetchQueue *q, const char *staging);
void fetch_forget(FetchQueue *q, Fetch *f);

#endif
