/* What a compiler said about the kernels, for the message and for a file beside the cache. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device/kernel_cache.h"

/* The first line with an error in it, else the first with anything. */
void kernel_log_first_error(const char *log, char line[200]) {
    const char *error = strstr(log, "error"), *start = error ? error : log + strspn(log, " \t\r\n");
    while (start > log && start[-1] != '\n') start--;
    snprintf(line, 200, "%.*s", (int)strcspn(start, "\r\n"), start);
}

static void write_numbered_source(FILE *file) {
    unsigned number = 1;
    for (const char *line = kernel_source; *line; number++) {
        int length = (int)strcspn(line, "\n");
        fprintf(file, "%5u  %.*s\n", number, length, line);
        line += length + (line[length] == '\n');
    }
}

/* Into the cache's folder, or the one for temporary files; "" if neither can be written. */
void kernel_log_write(const char *key, const char *options, const char *log, char path[KERNEL_PATH]) {
    const char *temporary = getenv("TMPDIR");
    FILE *file = NULL;
    if (kernel_cache_path(key, "log", path) == STATUS_OK) file = fopen(path, "w");
    if (!file) {
        snprintf(path, KERNEL_PATH, "%s/marrow-kernels-%ld.log",
                 temporary && temporary[0] ? temporary : "/tmp", (long)getpid());
        file = fopen(path, "w");
    }
    if (!file) {
        path[0] = 0;
        return;
    }
    fprintf(file, "options: %s\n\n%s\n\n", options, log);
    write_numbered_source(file);
    fclose(file);
}
