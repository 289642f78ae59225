#include "base/seal.h"

#include <string.h>

static const char mark[8] = {'m', 'a', 'r', 'r', 'o', 'w', 'c', '2'};

enum { LANES = 4 };

static uint64_t hash_step(uint64_t hash, uint64_t word) {
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    return hash ^ (hash >> 29);
}

/* Eight bytes at a time, in four lanes that need not wait for each other; what is left as one more word each.
 */
static uint64_t hash_of(const void *bytes, size_t length) {
    uint64_t lane[LANES] = {1, 2, 3, 4}, word[LANES], hash = 0xcbf29ce484222325u ^ length;
    const char *at = bytes;
    for (; length >= sizeof word; at += sizeof word, length -= sizeof word) {
        memcpy(word, at, sizeof word);
        for (int i = 0; i < LANES; i++) lane[i] = hash_step(lane[i], word[i]);
    }
    memset(word, 0, sizeof word);
    memcpy(word, at, length);
    for (int i = 0; i < LANES; i++) hash = hash_step(hash, hash_step(lane[i], word[i]));
    return hash;
}

Seal seal_of(const void *bytes, size_t length) {
    Seal seal = {.length = length, .hash = hash_of(bytes, length)};
    memcpy(seal.mark, mark, sizeof mark);
    return seal;
}

Status seal_check(const void *bytes, size_t *length) {
    Seal seal, own;
    REQUIRE(*length > sizeof seal, STATUS_FAILED, "is cut short");
    *length -= sizeof seal;
    memcpy(&seal, (const char *)bytes + *length, sizeof seal);
    own = seal_of(bytes, *length);
    REQUIRE(memcmp(&seal, &own, sizeof seal) == 0, STATUS_FAILED, "is damaged");
    return STATUS_OK;
}
