/* What ends a file that must be whole: a mark, the length and a hash of all before. */
#ifndef MARROW_SEAL_H
#define MARROW_SEAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef struct Seal {
    char mark[8];
    uint64_t length, hash;
} Seal;

Seal seal_of(const void *bytes, size_t length);

/* Takes the seal at the end of `bytes` off `length`. STATUS_FAILED: it is not there, or not of these bytes.
 */
Status seal_check(const void *bytes, size_t *length);

#endif
