#include "base/version.h"

const char version_number[] = MARROW_VERSION;
const char version_git[] = MARROW_GIT;
#if defined(__clang__)
const char version_compiler[] = "clang " __clang_version__;
#else
const char version_compiler[] = "gcc " __VERSION__;
#endif
const char version_flags[] = MARROW_FLAGS;
const char version_kernels[] = MARROW_SETS;
