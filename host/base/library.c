#include "base/library.h"

#include <dlfcn.h>
#include <string.h>

void *library_open(const char *name) {
    return dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
}

const char *library_entries(void *library, const char *const names[], int count, void *entries) {
    for (int i = 0; i < count; i++) {
        void *entry = dlsym(library, names[i]);
        if (!entry) return names[i];
        memcpy((char *)entries + (size_t)i * sizeof entry, &entry, sizeof entry);
    }
    return NULL;
}
