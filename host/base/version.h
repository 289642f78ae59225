/* What this program is. Compiled into version.c alone, so that a commit rebuilds one object. */
#ifndef MARROW_VERSION_H
#define MARROW_VERSION_H

extern const char version_number[]; /* "0.1.0" */
extern const char version_git[]; /* "1a2b3c4d5e6f", with "-dirty" if changed since; "unknown" outside git */
extern const char version_compiler[]; /* "gcc 12.2.0" */
extern const char version_flags[];    /* what the host was compiled with beyond the fixed flags */
extern const char version_kernels[];  /* instruction sets the kernels were compiled for */

#endif
