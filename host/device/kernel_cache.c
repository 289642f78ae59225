/* Built kernels on disk, so that only the first run on a machine waits for the compiler. */
#include "device/kernel_cache.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LARGEST = 256 << 20 };

/* Before the binary in the file, and after it the key. */
typedef struct CacheHead {
    char magic[16];
    uint64_t key_hash, size, sum;
} CacheHead;

static const char cache_magic[16] = "marrow kernel 1\n";

uint64_t kernel_hash(const void *data, size_t size) {
    const unsigned char *byte = data;
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < size; i++) hash = (hash ^ byte[i]) * 0x100000001b3u;
    return hash;
}

/* Makes a folder and those above it; whether that worked shows when a file is opened in it. */
static void make_folders(const char *path) {
    char part[KERNEL_PATH];
    snprintf(part, sizeof part, "%s", path);
    for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        mkdir(part, 0755);
        *slash = '/';
    }
    mkdir(part, 0755);
}

static bool cache_folder(char folder[KERNEL_PATH]) {
    const char *own = getenv("MARROW_CACHE_DIR"), *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    int length = 0;
    if (own && own[0])
        length = snprintf(folder, KERNEL_PATH, "%s", own);
    else if (xdg && xdg[0] == '/')
        length = snprintf(folder, KERNEL_PATH, "%s/marrow", xdg);
    else if (home && home[0])
        length = snprintf(folder, KERNEL_PATH, "%s/.cache/marrow", home);
    return length > 0 && length < KERNEL_PATH;
}

Status kernel_cache_path(const char *key, const char *suffix, char path[KERNEL_PATH]) {
    char folder[KERNEL_PATH];
    REQUIRE(cache_folder(folder), STATUS_UNAVAILABLE,
            "cache: none of MARROW_CACHE_DIR, XDG_CACHE_HOME and HOME names a folder");
    make_folders(folder);
    int length = snprintf(path, KERNEL_PATH, "%s/%016llx.%s", folder,
                          (unsigned long long)kernel_hash(key, strlen(key)), suffix);
    REQUIRE(length < KERNEL_PATH, STATUS_UNAVAILABLE, "cache: the folder's name is too long");
    return STATUS_OK;
}

static bool head_matches(const CacheHead *head, const char *key) {
    return memcmp(head->magic, cache_magic, sizeof head->magic) == 0 &&
           head->key_hash == kernel_hash(key, strlen(key)) && head->size > 0 && head->size <= LARGEST;
}

/* The binary and, behind it, the key it was built for. */
static unsigned char *body_read(FILE *file, const CacheHead *head, const char *key) {
    size_t size = (size_t)head->size, key_size = strlen(key);
    unsigned char *data = malloc(size + key_size + 1);
    if (!data) return NULL;
    bool whole = fread(data, 1, size + key_size + 1, file) ==
                 size + key_size; /* one byte more would be a stranger's */
    if (whole && memcmp(data + size, key, key_size) == 0 && kernel_hash(data, size) == head->sum) return data;
    free(data);
    return NULL;
}

unsigned char *kernel_cache_read(const char *path, const char *key, size_t *size) {
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    CacheHead head;
    unsigned char *data = NULL;
    if (fread(&head, sizeof head, 1, file) == 1 && head_matches(&head, key))
        data = body_read(file, &head, key);
    fclose(file);
    if (data) *size = (size_t)head.size;
    return data;
}

/* Under another name first: a reader sees the old file or the whole new one. */
void kernel_cache_write(const char *path, const char *key, const unsigned char *data, size_t size) {
    char partial[KERNEL_PATH + 32];
    snprintf(partial, sizeof partial, "%s.%ld.part", path, (long)getpid());
    FILE *file = fopen(partial, "wb");
    if (!file) return;
    CacheHead head = {
        .key_hash = kernel_hash(key, strlen(key)), .size = size, .sum = kernel_hash(data, size)};
    memcpy(head.magic, cache_magic, sizeof head.magic);
    bool written = fwrite(&head, sizeof head, 1, file) == 1 && fwrite(data, 1, size, file) == size &&
                   fwrite(key, 1, strlen(key), file) == strlen(key);
    if (fclose(file) != 0 || !written || rename(partial, path) != 0) remove(partial);
}
