/* Pieces of a moment that is spread over several processes. */
#ifndef MARROW_PIECES_RANKS_H
#define MARROW_PIECES_RANKS_H

#include "base/pieces.h"
#include "device/backend.h"

/* All make both calls; on one process they do nothing. STATUS_FAILED on all: memory is short on one of them,
 * or one has gone another way. */

/* Rank 0's columns then hold the agents of all, rank by rank. */
Status pieces_gather(Pieces *pieces, Backend *backend);

/* Rank 0's pieces to all: to each its share of every column. */
Status pieces_deal(Pieces *pieces, Backend *backend);

#endif
