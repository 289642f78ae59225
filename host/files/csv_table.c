#include "files/csv_table.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files/run_folder.h"

static Status unreadable(const char *folder, const char *path, int error) {
    return status_set(STATUS_BAD_INPUT, "%s: cannot be read: %s; %s", path, strerror(error),
                      folder ? "give the folder of a run" : "check the path");
}

static Status stream_read(FILE *in, const char *folder, const char *path, char **text) {
    char *bytes = NULL;
    size_t length = 0;
    FILE *memory = open_memstream(&bytes, &length);
    REQUIRE(memory, STATUS_FAILED, "out of memory");
    char part[65536];
    for (size_t n; (n = fread(part, 1, sizeof part, in)) > 0;) fwrite(part, 1, n, memory);
    int error = ferror(in) ? errno : 0;
    bool whole = fclose(memory) == 0;
    if (whole && !error) {
        *text = bytes;
        return STATUS_OK;
    }
    free(bytes);
    REQUIRE(whole, STATUS_FAILED, "out of memory");
    return unreadable(folder, path, error);
}

Status folder_file_read(const char *folder, const char *name, char **text) {
    char path[RUN_PATH];
    REQUIRE(snprintf(path, sizeof path, "%s%s%s", folder ? folder : "", folder ? "/" : "", name) < RUN_PATH,
            STATUS_BAD_INPUT, "%.60s...: the path is too long; give a shorter one", folder ? folder : name);
    FILE *in = fopen(path, "re");
    if (!in) return unreadable(folder, path, errno);
    Status status = stream_read(in, folder, path, text);
    fclose(in);
    return status;
}

/* Ends the field at `at` with a '\0', without its quotes; returns what ended it: ',', '\n' or '\0'. */
static char field_end(char **at) {
    char *in = *at, *out = *at, *const first = *at;
    bool quoted = *in == '"';
    if (quoted) in++;
    for (; *in && (quoted || (*in != ',' && *in != '\n')); in++) {
        if (quoted && *in == '"' && in[1] != '"') {
            quoted = false;
            continue;
        }
        if (quoted && *in == '"') in++;
        *out++ = *in;
    }
    char end = *in;
    *at = end ? in + 1 : in;
    if (end != ',' && in > first && in[-1] == '\r') out--; /* lines as Windows ends them */
    *out = '\0';
    return end;
}

static int count_of(const char *text, char wanted) {
    int n = 0;
    for (; *text; text++) n += *text == wanted;
    return n;
}

/* One line; fields beyond `columns` are passed over. Returns how many there were. */
static int line_cut(char **at, char **fields, int columns) {
    static char none[1];
    int n = 0, found = 0;
    for (char end = ','; end == ','; found++) {
        char *field = *at;
        end = field_end(at);
        if (n < columns) fields[n++] = field;
    }
    while (n < columns) fields[n++] = none;
    return found;
}

/* Columns of the header, and where it begins: behind the mark some programs put before UTF-8. */
static char *header_find(CsvTable *table) {
    char *at = table->text;
    if (strncmp(at, "\xef\xbb\xbf", 3) == 0) at += 3;
    size_t header = strcspn(at, "\n");
    table->columns = 1;
    for (size_t i = 0; i < header; i++) table->columns += at[i] == ',';
    return at;
}

Status csv_table_parse(CsvTable *table) {
    size_t lines = (size_t)count_of(table->text, '\n') + 1;
    char *at = header_find(table);
    table->fields = calloc((lines + 1) * (size_t)table->columns, sizeof *table->fields);
    REQUIRE(table->fields, STATUS_FAILED, "out of memory");
    char **fields = table->fields;
    (void)line_cut(&at, fields, table->columns);
    for (at += strspn(at, "\r\n"); *at; at += strspn(at, "\r\n")) {
        table->rows++;
        int found = line_cut(&at, fields += table->columns, table->columns);
        if (found != table->columns && !table->uneven_row) table->uneven_row = table->rows;
    }
    return STATUS_OK;
}

Status csv_table_read(CsvTable *table, const char *folder, const char *name) {
    TRY(folder_file_read(folder, name, &table->text));
    REQUIRE(table->text[0] && table->text[0] != '\n', STATUS_BAD_INPUT, "%s%s%s: has no header line; %s",
            folder ? folder : "", folder ? "/" : "", name,
            folder ? "run it again" : "begin with a line of column names");
    return csv_table_parse(table);
}

void csv_table_destroy(CsvTable *table) {
    free(table->fields);
    free(table->text);
    *table = (CsvTable){0};
}

const char *csv_table_name(const CsvTable *table, int column) {
    return table->fields[column];
}

const char *csv_table_field(const CsvTable *table, int row, int column) {
    return table->fields[((size_t)row + 1) * (size_t)table->columns + (size_t)column];
}

int csv_table_column(const CsvTable *table, const char *name) {
    for (int i = 0; i < table->columns; i++)
        if (strcmp(csv_table_name(table, i), name) == 0) return i;
    return -1;
}

double csv_table_number(const CsvTable *table, int row, int column) {
    if (column < 0) return NAN;
    const char *field = csv_table_field(table, row, column);
    char *end;
    double value = strtod(field, &end);
    return end == field || *end || !isfinite(value) ? (double)NAN : value;
}

bool csv_table_has_numbers(const CsvTable *table, int column) {
    for (int row = 0; row < table->rows; row++)
        if (!isnan(csv_table_number(table, row, column))) return true;
    return false;
}
