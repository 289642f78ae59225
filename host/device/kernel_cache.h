/* The kernels' source, and built kernels on disk: what OpenCL and CUDA share.
 *
 * The cache is in $MARROW_CACHE_DIR, else $XDG_CACHE_HOME/marrow, else ~/.cache/marrow. A file carries its
 * key, size and checksum, so a damaged or foreign one is never used. A cache that cannot be written is no
 * error. */
#ifndef MARROW_KERNEL_CACHE_H
#define MARROW_KERNEL_CACHE_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

enum { KERNEL_KEY = 1024, KERNEL_PATH = 1024 };

/* The text of kernels/ as one source, and its size without the final 0 (kernels/embed.sh). */
extern const char kernel_source[];
extern const unsigned kernel_source_size;

/* The same compiled by nvcc when the program was built; size 0 where there was none (kernels/fatbin.sh). */
extern const unsigned char kernel_fatbin[];
extern const unsigned kernel_fatbin_size;

/* The file for a key, which names all that changes what is built: source, options, device, versions. */
Status kernel_cache_path(const char *key, const char *suffix, char path[KERNEL_PATH]);
/* NULL: nothing usable there. The caller frees. */
unsigned char *kernel_cache_read(const char *path, const char *key, size_t *size);
void kernel_cache_write(const char *path, const char *key, const unsigned char *data, size_t size);

uint64_t kernel_hash(const void *data, size_t size); /* FNV-1a */

/* The first line of a compiler's log with an error in it, else the first with anything. */
void kernel_log_first_error(const char *log, char line[200]);
/* Options, log and numbered source into a file of the cache's folder, or of the one for temporary files;
 * `path` is "" if neither can be written. */
void kernel_log_write(const char *key, const char *options, const char *log, char path[KERNEL_PATH]);

#endif
