/* The inside of a checkpoint as an HDF5 file in memory. */
#ifndef MARROW_CHECKPOINT_HDF_H
#define MARROW_CHECKPOINT_HDF_H

#include "checkpoint.h"

typedef struct CheckpointImage {
    void *bytes;
    size_t length;
} CheckpointImage;

/* What it holds, read back; pieces own their memory. Starts zeroed. */
typedef struct CheckpointContent {
    SimBytes sim;
    char *version, *config; /* texts */
    CheckpointFiles files;
} CheckpointContent;

/* `content`'s memory stays the caller's. STATUS_FAILED: out of memory. */
Status checkpoint_image_make(CheckpointImage *out, const CheckpointContent *content);

/* STATUS_FAILED: something is missing or of another form. */
Status checkpoint_image_read(const CheckpointImage *image, CheckpointContent *out);
void checkpoint_content_free(CheckpointContent *content); /* of checkpoint_image_read; any state */

#endif
