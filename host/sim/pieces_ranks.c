/* Columns of agents from all processes to the first, and from the first to all: what of a moment differs
 * between processes. Everything else is the same everywhere, or is made so. */
#include "sim/pieces_ranks.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/ranks.h"

static bool is_column(const Piece *piece) {
    return piece->kind != PIECE_BYTES;
}

/* --- to rank 0 --- */

/* Room for everybody's values, with rank 0's own in it. */
static Status column_widen(Piece *piece, size_t length) {
    char *all = malloc(length + 1);
    REQUIRE(all, STATUS_FAILED, "checkpoint: no memory for the agents of all processes");
    memcpy(all, piece->bytes, piece->length);
    if (piece->owned) free(piece->bytes);
    piece->bytes = all;
    piece->owned = true;
    return STATUS_OK;
}

static Status columns_widen(Pieces *pieces, const uint64_t *lengths) {
    size_t length = 0;
    for (int r = 0; r < ranks_count(); r++) length += lengths[r];
    for (int i = 0; i < pieces->count; i++)
        if (is_column(&pieces->piece[i])) TRY(column_widen(&pieces->piece[i], length));
    return STATUS_OK;
}

static void columns_pass(Pieces *pieces, const uint64_t *lengths) {
    for (int i = 0; i < pieces->count; i++) {
        Piece *piece = &pieces->piece[i];
        if (!is_column(piece)) continue;
        if (ranks_index() > 0) ranks_pass(piece->bytes, piece->length, ranks_index(), 0);
        for (int r = 1; ranks_index() == 0 && r < ranks_count(); r++) {
            ranks_pass((char *)piece->bytes + piece->length, lengths[r], r, 0);
            piece->length += lengths[r];
        }
    }
}

/* Bytes of a column, which are as many in all columns. */
static uint64_t column_length(const Pieces *pieces) {
    for (int i = 0; i < pieces->count; i++)
        if (is_column(&pieces->piece[i])) return pieces->piece[i].length;
    return 0;
}

Status pieces_gather(Pieces *pieces, Backend *backend) {
    if (ranks_count() == 1) return STATUS_OK;
    uint64_t mine = column_length(pieces), *lengths = calloc((size_t)ranks_count(), sizeof *lengths);
    Status status = lengths ? STATUS_OK : status_set(STATUS_FAILED, "checkpoint: out of memory");
    status = backend_together(backend, status);
    if (status == STATUS_OK && lengths) {
        lengths[ranks_index()] = mine;
        for (int r = 1; r < ranks_count(); r++) ranks_pass(&lengths[r], sizeof mine, r, 0);
        if (ranks_index() == 0) status = columns_widen(pieces, lengths);
        status = backend_together(backend, status);
    }
    if (status == STATUS_OK && lengths) columns_pass(pieces, lengths);
    free(lengths);
    return status;
}

/* --- from rank 0 --- */

/* What all must know of a piece before it comes. */
typedef struct Header {
    char name[PIECE_NAME];
    uint64_t length;
    int32_t kind;
} Header;

/* Values of rank r: every so manieth, so that each class of cells is dealt out evenly, however they lie. */
static size_t share_of(size_t count, int r) {
    size_t ranks = (size_t)ranks_count();
    return (count + ranks - 1 - (size_t)r) / ranks;
}

static size_t share_length(const Header *h, int r) {
    return h->kind == PIECE_BYTES ? h->length : 4 * share_of(h->length / 4, r);
}

static void headers_share(const Pieces *pieces, Header headers[PIECES_MOST], int *count) {
    memset(headers, 0, PIECES_MOST * sizeof *headers);
    *count = pieces->count;
    for (int i = 0; ranks_index() == 0 && i < pieces->count; i++) {
        const Piece *piece = &pieces->piece[i];
        memcpy(headers[i].name, piece->name, PIECE_NAME);
        headers[i].length = piece->length;
        headers[i].kind = (int32_t)piece->kind;
    }
    ranks_share(count, sizeof *count);
    ranks_share(headers, PIECES_MOST * sizeof *headers);
}

static Status pieces_expect(Pieces *pieces, const Header *headers, int count) {
    for (int i = 0; i < count; i++) {
        size_t length = share_length(&headers[i], ranks_index());
        const Piece *piece = pieces_make(pieces, headers[i].name, (PieceKind)headers[i].kind, length);
        REQUIRE(piece->bytes, STATUS_FAILED, "checkpoint: no memory for this process's agents");
    }
    return STATUS_OK;
}

static void strided_copy(uint32_t *to, const uint32_t *from, size_t count, int first) {
    for (size_t i = (size_t)first; i < count; i += (size_t)ranks_count()) *to++ = from[i];
}

/* Rank 0 sends; its own share comes last, into the same memory: it lies before what it is taken from. */
static void column_deal(Piece *piece, const Header *header, uint32_t *scratch) {
    size_t count = header->length / 4;
    for (int r = 1; r < ranks_count(); r++) {
        strided_copy(scratch, piece->bytes, count, r);
        ranks_pass(scratch, share_length(header, r), 0, r);
    }
    strided_copy(piece->bytes, piece->bytes, count, 0);
    piece->length = share_length(header, 0);
}

/* `scratch` is rank 0's. */
static void piece_deal(Piece *piece, const Header *header, uint32_t *scratch) {
    if (header->kind == PIECE_BYTES)
        ranks_share(piece->bytes, header->length);
    else if (scratch)
        column_deal(piece, header, scratch);
    else
        ranks_pass(piece->bytes, piece->length, 0, ranks_index());
}

/* Rank 0's room for one share of the longest column. */
static Status scratch_get(const Header *headers, int count, uint32_t **out) {
    size_t most = 0;
    for (int i = 0; i < count; i++)
        if (headers[i].kind != PIECE_BYTES && headers[i].length > most) most = headers[i].length;
    *out = malloc(most / (size_t)ranks_count() + 8);
    REQUIRE(*out, STATUS_FAILED, "checkpoint: no memory to share out the agents");
    return STATUS_OK;
}

Status pieces_deal(Pieces *pieces, Backend *backend) {
    Header headers[PIECES_MOST];
    uint32_t *scratch = NULL;
    int count;
    if (ranks_count() == 1) return STATUS_OK;
    headers_share(pieces, headers, &count);
    Status status =
        ranks_index() == 0 ? scratch_get(headers, count, &scratch) : pieces_expect(pieces, headers, count);
    status = backend_together(backend, status);
    for (int i = 0; status == STATUS_OK && i < count; i++)
        piece_deal(&pieces->piece[i], &headers[i], scratch);
    free(scratch);
    return status;
}
