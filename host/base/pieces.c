#include "base/pieces.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static Piece *piece_new(Pieces *pieces, const char *name, PieceKind kind, size_t length) {
    assert(pieces->count < PIECES_MOST && strlen(name) < PIECE_NAME);
    Piece *piece = &pieces->piece[pieces->count++];
    *piece = (Piece){.kind = kind, .length = length};
    snprintf(piece->name, sizeof piece->name, "%s", name);
    return piece;
}

Piece *pieces_make(Pieces *pieces, const char *name, PieceKind kind, size_t length) {
    Piece *piece = piece_new(pieces, name, kind, length);
    piece->bytes = length < SIZE_MAX ? malloc(length + 1) : NULL;
    piece->owned = true;
    if (piece->bytes) ((char *)piece->bytes)[length] = '\0';
    return piece;
}

Status pieces_add(Pieces *pieces, const char *name, const void *bytes, size_t length) {
    Piece *piece = pieces_make(pieces, name, PIECE_BYTES, length);
    REQUIRE(piece->bytes, STATUS_FAILED, "no memory to keep this moment");
    piece->unit = "bytes of this version's structs";
    if (length) memcpy(piece->bytes, bytes, length);
    return STATUS_OK;
}

void pieces_add_column(Pieces *pieces, const char *name, const char *unit, PieceKind kind, const void *values,
                       size_t count) {
    Piece *piece = piece_new(pieces, name, kind, 4 * count);
    piece->unit = unit;
    piece->bytes = (void *)values;
}

const Piece *pieces_find(const Pieces *pieces, const char *name) {
    for (int i = 0; i < pieces->count; i++)
        if (strcmp(pieces->piece[i].name, name) == 0) return &pieces->piece[i];
    return NULL;
}

Status pieces_need(const Pieces *pieces, const char *name, PieceKind kind, size_t length, const Piece **out) {
    *out = pieces_find(pieces, name);
    REQUIRE(*out && (*out)->kind == kind && (*out)->length == length, STATUS_FAILED,
            "%s: is missing there, or of another form than this version's", name);
    return STATUS_OK;
}

void pieces_free(Pieces *pieces) {
    for (int i = 0; i < pieces->count; i++)
        if (pieces->piece[i].owned) free(pieces->piece[i].bytes);
    pieces->count = 0;
}
