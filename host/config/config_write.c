/* The config as text: the complete effective config, the schema, and the hash of the former. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "config/config_internal.h"

/* Where the writer stands. `previous` is the key written last, whose sections are still open. */
typedef struct Writer {
    FILE *out;
    const char *previous;
    bool explain;
} Writer;

/* Opens the sections of `path` that the previous key was not in; returns the depth of the leaf. */
static int open_sections(const Writer *writer, const char *path) {
    int depth = 0;
    const char *part = path;
    for (size_t i = 0; path[i] && path[i] == writer->previous[i]; i++) {
        if (path[i] != '.') continue;
        part = path + i + 1;
        depth++;
    }
    for (const char *dot = strchr(part, '.'); dot; dot = strchr(part, '.')) {
        fprintf(writer->out, "%*s%.*s:\n", 2 * depth++, "", (int)(dot - part), part);
        part = dot + 1;
    }
    return depth;
}

static void write_comment(FILE *out, const ConfigKey *key, int indent) {
    char allowed[192];
    config_allowed(key, allowed, sizeof allowed);
    fprintf(out, "%*s# %s\n", indent, "", key->text);
    fprintf(out, "%*s# %s; default %s; %s: %s\n", indent, "", allowed, *key->initial ? key->initial : "empty",
            key->evidence, key->source);
}

/* `lead` is what stands before the name: "" or the dash of a list. */
static void write_value(FILE *out, const void *base, const ConfigKey *key, int indent, const char *lead) {
    char value[CONFIG_VALUE];
    config_format(base, key, value);
    fprintf(out, "%*s%s%s: %s\n", indent, "", lead, config_leaf(key->path), value);
}

static void write_clones(const Writer *writer, const Config *config, int depth) {
    int indent = 2 * depth;
    fprintf(writer->out, "%*sclones:\n", indent, "");
    for (int c = 0; c < config->cells.clone_count; c++)
        for (size_t i = 0; i < config_clone_key_count; i++) {
            const ConfigKey *key = &config_clone_keys[i];
            if (writer->explain && c == 0) write_comment(writer->out, key, indent + 4);
            write_value(writer->out, &config->cells.clones[c], key, indent + (i == 0 ? 2 : 4),
                        i == 0 ? "- " : "");
        }
}

/* The clones come last among the blasts' keys. */
static bool clones_follow(size_t i) {
    static const char blast[] = "cells.blast.";
    bool here = strncmp(config_keys[i].path, blast, sizeof blast - 1) == 0;
    bool next = i + 1 < config_key_count && strncmp(config_keys[i + 1].path, blast, sizeof blast - 1) == 0;
    return here && !next;
}

static Status finish(FILE *out, const char *what) {
    REQUIRE(fflush(out) == 0 && !ferror(out), STATUS_FAILED, "%s: cannot be written: %s; free some space",
            what, strerror(errno));
    return STATUS_OK;
}

Status config_write(const Config *config, FILE *out, bool explain) {
    Writer writer = {out, "", explain};
    fprintf(out, "# marrow config, complete. For research and teaching, not for treating patients.\n");
    if (explain) fprintf(out, "# Evidence: T read in the source, M remembered, A assumed, C calibrated.\n");
    for (size_t i = 0; i < config_key_count; i++) {
        const ConfigKey *key = &config_keys[i];
        int depth = open_sections(&writer, key->path);
        if (explain) write_comment(out, key, 2 * depth);
        write_value(out, config, key, 2 * depth, "");
        if (clones_follow(i)) write_clones(&writer, config, depth);
        writer.previous = key->path;
    }
    return finish(out, "config");
}

static void write_quoted(FILE *out, const char *name, const char *text) {
    char quoted[1024];
    if (2 * strlen(text) + 3 > sizeof quoted) return;
    config_quote(text, quoted);
    fprintf(out, "  %s: %s\n", name, quoted);
}

static void write_schema_rows(FILE *out, const ConfigKey *keys, size_t count) {
    static const char *const types[] = {"number", "whole number", "true or false", "text", "choice"};
    for (size_t i = 0; i < count; i++) {
        char allowed[192];
        config_allowed(&keys[i], allowed, sizeof allowed);
        fprintf(out, "%s:\n  type: %s\n", keys[i].path, types[keys[i].type]);
        write_quoted(out, "default", keys[i].initial);
        write_quoted(out, "takes", allowed);
        write_quoted(out, "meaning", keys[i].text);
        write_quoted(out, "evidence", keys[i].evidence);
        write_quoted(out, "source", keys[i].source);
        if (keys[i].live) fprintf(out, "  live: true\n");
    }
}

Status config_write_schema(FILE *out) {
    fprintf(out, "# Every key of a marrow config. For research and teaching, not for treating patients.\n"
                 "# Evidence: T read in the source, M remembered, A assumed, C calibrated.\n");
    write_schema_rows(out, config_keys, config_key_count);
    write_schema_rows(out, config_clone_keys, config_clone_key_count);
    return finish(out, "schema");
}

static uint64_t fnv1a(const char *bytes, size_t length) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < length; i++) hash = (hash ^ (unsigned char)bytes[i]) * 0x100000001b3u;
    return hash;
}

/* Out of memory leaves the hash of nothing. */
void config_hash(const Config *config, char hex[17]) {
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    bool written = out && config_write(config, out, false) == STATUS_OK;
    if (out) fclose(out);
    snprintf(hex, 17, "%016" PRIx64, fnv1a(text, written ? length : 0));
    free(text);
}
