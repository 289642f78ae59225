/* A moment of a run as named pieces of bytes, on its way to a file or to other processes and back.
 *
 * Each part of the program adds what it needs to go on, and finds it again by name; a piece that is not there
 * was not part of that run. Pieces mean something to the same version of the program only. */
#ifndef MARROW_PIECES_H
#define MARROW_PIECES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

enum { PIECES_MOST = 32, PIECE_NAME = 32 };

typedef enum PieceKind {
    PIECE_BYTES, /* a struct or a text, the same for all processes */
    PIECE_WORDS, /* columns: one 32-bit integer … */
    PIECE_REALS, /* … or 32-bit float an agent, each process its own agents' */
} PieceKind;

typedef struct Piece {
    char name[PIECE_NAME];
    const char *unit; /* for people; NULL when read back */
    PieceKind kind;
    void *bytes; /* with a byte 0 behind them where the list owns them, so that texts end */
    size_t length;
    bool owned;
} Piece;

/* Starts zeroed. */
typedef struct Pieces {
    Piece piece[PIECES_MOST];
    int count;
} Pieces;

/* A copy of these bytes. STATUS_FAILED: out of memory. */
Status pieces_add(Pieces *pieces, const char *name, const void *bytes, size_t length);

/* A column of `count` agents, which stays the caller's. */
void pieces_add_column(Pieces *pieces, const char *name, const char *unit, PieceKind kind, const void *values,
                       size_t count);

/* A piece that is the list's own, to be filled; its bytes are NULL where memory is short. */
Piece *pieces_make(Pieces *pieces, const char *name, PieceKind kind, size_t length);

/* NULL: there is none of this name. */
const Piece *pieces_find(const Pieces *pieces, const char *name);

/* The piece of this name, which must be there, in this form and with this length. STATUS_FAILED: it is not.
 */
Status pieces_need(const Pieces *pieces, const char *name, PieceKind kind, size_t length, const Piece **out);

void pieces_free(Pieces *pieces); /* accepts any state */

#endif
