/* The inside of a checkpoint as an HDF5 file in memory: one data set a piece. */
#ifndef MARROW_CHECKPOINT_HDF_H
#define MARROW_CHECKPOINT_HDF_H

#include <stdint.h>

#include "base/pieces.h"

/* Starts zeroed. */
typedef struct CheckpointImage {
    const void *bytes;
    size_t length;
    int64_t file; /* HDF5's, whose memory this is; 0: none */
} CheckpointImage;

/* STATUS_FAILED: out of memory. */
Status checkpoint_image_make(CheckpointImage *out, const Pieces *pieces);
void checkpoint_image_free(CheckpointImage *image); /* of checkpoint_image_make; any state */

/* All pieces there are, in memory of their own. STATUS_FAILED: it holds something else, or memory is short;
 * what was read stays the caller's to free. */
Status checkpoint_image_read(const void *bytes, size_t length, Pieces *out);

#endif
