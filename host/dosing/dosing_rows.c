#include "dosing/dosing_rows.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef enum Column {
    COLUMN_ID,
    COLUMN_TIME,
    COLUMN_AMT,
    COLUMN_RATE,
    COLUMN_DUR,
    COLUMN_EVID,
    COLUMN_CMT,
    COLUMN_II,
    COLUMN_ADDL,
    COLUMN_SS,
    COLUMN_MDV,
    COLUMN_DV,
    COLUMN_DOSEUNIT,
    COLUMN_COUNT
} Column;

static const struct {
    const char *name;
    Column column;
} known_columns[] = {
    {"ID", COLUMN_ID},   {"TIME", COLUMN_TIME},         {"AMT", COLUMN_AMT},   {"RATE", COLUMN_RATE},
    {"DUR", COLUMN_DUR}, {"TINF", COLUMN_DUR},          {"EVID", COLUMN_EVID}, {"CMT", COLUMN_CMT},
    {"II", COLUMN_II},   {"ADDL", COLUMN_ADDL},         {"SS", COLUMN_SS},     {"MDV", COLUMN_MDV},
    {"DV", COLUMN_DV},   {"DOSEUNIT", COLUMN_DOSEUNIT},
};
enum { KNOWN_COLUMNS = sizeof known_columns / sizeof known_columns[0] };

/* Keeps every sum and product below finite. */
static const double largest_number = 1e15;

typedef struct Reader {
    const char *name;
    double bsa_m2;
    int line;
    Column columns[COLUMN_COUNT]; /* in the order of the file */
    int column_count;
    bool has[COLUMN_COUNT];
    double id; /* of the first row */
    DosingRows *out;
} Reader;

static Status refuse(const Reader *reader, const char *format, ...) STATUS_PRINTF(2, 3);

static Status refuse(const Reader *reader, const char *format, ...) {
    char what[512];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    return status_set(STATUS_BAD_INPUT, "%s:%d: %s", reader->name, reader->line, what);
}

#define CHECK(condition, ...)                         \
    do {                                              \
        if (!(condition)) return refuse(__VA_ARGS__); \
    } while (0)

static char *trim(char *text) {
    while (isspace((unsigned char)*text)) text++;
    char *end = text + strlen(text);
    while (end > text && isspace((unsigned char)end[-1])) end--;
    *end = '\0';
    return text;
}

static const char *column_name(Column column) {
    int i = 0;
    while (known_columns[i].column != column) i++;
    return known_columns[i].name;
}

static Status header_add(Reader *reader, const char *name) {
    int i = 0;
    while (i < KNOWN_COLUMNS && strcasecmp(name, known_columns[i].name) != 0) i++;
    CHECK(i < KNOWN_COLUMNS, reader,
          "column '%.40s' is not known: covariate columns are not supported; remove the column", name);
    Column column = known_columns[i].column;
    CHECK(!reader->has[column], reader,
          "column %.40s is given twice (case does not count, and DUR is TINF); keep one", name);
    reader->has[column] = true;
    reader->columns[reader->column_count++] = column;
    return STATUS_OK;
}

static Status header_read(Reader *reader, char *line) {
    static const Column required[] = {COLUMN_ID, COLUMN_TIME, COLUMN_AMT};
    for (char *field; (field = strsep(&line, ","));) TRY(header_add(reader, trim(field)));
    for (size_t i = 0; i < sizeof required / sizeof required[0]; i++)
        CHECK(reader->has[required[i]], reader,
              "no %s column; the first line names the columns, add it there", column_name(required[i]));
    return STATUS_OK;
}

static Status number_read(const Reader *reader, Column column, const char *text, double *value) {
    const char *name = column_name(column);
    *value = column == COLUMN_DV ? NAN : 0;
    if (!*text || strcmp(text, ".") == 0) return STATUS_OK;
    CHECK(!strchr(text, ':'), reader, "%s '%.40s' is a clock time, not supported; write it in hours", name,
          text);
    char *end;
    *value = strtod(text, &end);
    /* strtod also reads hexadecimal, nan and inf. */
    bool decimal = strspn(text, "+-.0123456789eE") == strlen(text) && end > text && !*end;
    CHECK(decimal && fabs(*value) <= largest_number, reader,
          "%s '%.40s' is not a finite decimal number below 1e15; correct it", name, text);
    return STATUS_OK;
}

/* How many mg one unit of AMT is. */
static Status unit_read(const Reader *reader, const char *text, double *mg) {
    bool per_m2 = strcasecmp(text, "mg/m2") == 0;
    bool plain = !*text || strcmp(text, ".") == 0 || strcasecmp(text, "mg") == 0;
    CHECK(per_m2 || plain, reader, "DOSEUNIT '%.40s' is not known; use mg or mg/m2", text);
    *mg = per_m2 ? reader->bsa_m2 : 1;
    return STATUS_OK;
}

static int fields_in(const char *line) {
    int count = 1;
    for (; *line; line++) count += *line == ',';
    return count;
}

static Status cells_read(const Reader *reader, char *line, double cell[COLUMN_COUNT]) {
    int fields = fields_in(line);
    CHECK(fields == reader->column_count, reader, "%d fields, but the header names %d; correct the row",
          fields, reader->column_count);
    for (int i = 0; i < reader->column_count; i++) {
        Column column = reader->columns[i];
        const char *field = trim(strsep(&line, ","));
        TRY(column == COLUMN_DOSEUNIT ? unit_read(reader, field, &cell[column])
                                      : number_read(reader, column, field, &cell[column]));
    }
    return STATUS_OK;
}

static Status check_place(const Reader *reader, const double *cell) {
    CHECK(reader->out->count == 0 || cell[COLUMN_ID] == reader->id, reader,
          "ID %g after ID %g: several IDs are not supported; one table is one patient, split it",
          cell[COLUMN_ID], reader->id);
    CHECK(cell[COLUMN_TIME] >= 0, reader, "TIME %g is negative; the run starts at 0 h", cell[COLUMN_TIME]);
    double before_h = reader->out->count ? reader->out->rows[reader->out->count - 1].time_h : 0;
    CHECK(
        cell[COLUMN_TIME] >= before_h, reader,
        "TIME %g after %g: time must not go back (a restart at EVID 3 or 4 is not supported); sort the rows",
        cell[COLUMN_TIME], before_h);
    return STATUS_OK;
}

static Status check_codes(const Reader *reader, const double *cell) {
    double evid = cell[COLUMN_EVID], cmt = cell[COLUMN_CMT], mdv = cell[COLUMN_MDV], ss = cell[COLUMN_SS];
    CHECK(
        evid == 0 || evid == 1 || evid == 2 || evid == 3 || evid == 4, reader,
        "EVID %g is not supported (replacing the amount is 8 in mrgsolve, 5 in rxode2: neither is guessed); "
        "use 0 to 4",
        evid);
    CHECK(cmt == 0 || cmt == 1, reader,
          "CMT %g is not supported: doses go to the central compartment, none is switched off; use 1", cmt);
    CHECK(mdv == 0 || mdv == 1, reader, "MDV %g is neither 0 nor 1; correct it", mdv);
    CHECK(ss == 0, reader,
          "SS %g is not supported: clearance changes with time and target, so no steady state exists; "
          "write the earlier doses as rows or ADDL",
          ss);
    return STATUS_OK;
}

static Status check_amounts(const Reader *reader, const double *cell) {
    double amt = cell[COLUMN_AMT], rate = cell[COLUMN_RATE], dur = cell[COLUMN_DUR];
    CHECK(amt >= 0, reader, "AMT %g is negative; give 0 or more", amt);
    CHECK(rate != -1 && rate != -2, reader,
          "RATE %g (rate or length from the model) is not supported; write the rate itself", rate);
    CHECK(rate >= 0, reader, "RATE %g is negative; give 0 for a bolus, or the rate", rate);
    CHECK(dur >= 0, reader, "DUR %g is negative; give 0 for a bolus, or the length in hours", dur);
    CHECK(rate == 0 || dur == 0, reader, "RATE and DUR are both given; keep one");
    CHECK(amt > 0 || (rate == 0 && dur == 0), reader, "%s %g with AMT 0; give the amount, or %s 0",
          rate > 0 ? "RATE" : "DUR", rate + dur, rate > 0 ? "RATE" : "DUR");
    double length_h = rate > 0 ? amt / rate : dur;
    CHECK(length_h <= DOSING_INFUSION_H_MAX, reader,
          "an infusion of %g h is longer than any run (%d h); check AMT and RATE", length_h,
          DOSING_INFUSION_H_MAX);
    return STATUS_OK;
}

static Status check_repeats(const Reader *reader, const double *cell) {
    double interval = cell[COLUMN_II], additional = cell[COLUMN_ADDL];
    CHECK(interval >= 0, reader, "II %g is negative; give the hours between doses", interval);
    CHECK(additional >= 0, reader,
          "ADDL %g: a negative number (NONMEM's empirical steady state) is not supported; give 0 or more",
          additional);
    CHECK(additional == floor(additional), reader, "ADDL %g is not a whole number; correct it", additional);
    CHECK(additional == 0 || interval > 0, reader, "ADDL %g with II 0; give the hours between doses as II",
          additional);
    CHECK(additional > 0 || interval == 0, reader, "II %g without ADDL; give ADDL, or II 0", interval);
    CHECK(additional < DOSING_ROWS, reader, "ADDL %g makes more than %d doses; shorten the series",
          additional, DOSING_ROWS);
    return STATUS_OK;
}

static Status check_dose_items(const Reader *reader, const double *cell) {
    static const Column items[] = {COLUMN_AMT, COLUMN_RATE, COLUMN_DUR, COLUMN_II, COLUMN_ADDL};
    int evid = (int)cell[COLUMN_EVID];
    bool dose = evid == 1 || evid == 4;
    CHECK(!dose || cell[COLUMN_AMT] > 0, reader, "EVID %d with AMT 0 gives nothing; give the amount", evid);
    CHECK(!dose || reader->has[COLUMN_RATE] || reader->has[COLUMN_DUR], reader,
          "a dose, but the table has no RATE column; add it (0 for a bolus), or DUR");
    for (size_t i = 0; !dose && i < sizeof items / sizeof items[0]; i++)
        CHECK(cell[items[i]] == 0, reader, "EVID %d is not a dose, but %s is %g; give 0, or EVID 1", evid,
              column_name(items[i]), cell[items[i]]);
    return STATUS_OK;
}

static DosingRow row_from(const Reader *reader, const double *cell) {
    double mg = cell[COLUMN_DOSEUNIT], dur_h = cell[COLUMN_DUR];
    DosingRow row = {.time_h = cell[COLUMN_TIME],
                     .amount_mg = cell[COLUMN_AMT] * mg,
                     .rate_mg_per_h = cell[COLUMN_RATE] * mg,
                     .interval_h = cell[COLUMN_II],
                     .observed = cell[COLUMN_MDV] == 1 || cell[COLUMN_EVID] != 0 ? NAN : cell[COLUMN_DV],
                     .evid = (int)cell[COLUMN_EVID],
                     .additional = (int)cell[COLUMN_ADDL],
                     .line = reader->line};
    if (dur_h > 0) row.rate_mg_per_h = row.amount_mg / dur_h;
    return row;
}

static Status row_add(const Reader *reader, DosingRow row) {
    DosingRows *out = reader->out;
    CHECK(out->count < DOSING_ROWS, reader, "more than %d rows; use a smaller table", DOSING_ROWS);
    if (out->count == out->room) {
        size_t room = out->room ? 2 * out->room : 64;
        DosingRow *rows = realloc(out->rows, room * sizeof *rows);
        REQUIRE(rows, STATUS_FAILED, "%s: out of memory; use a smaller table", reader->name);
        out->rows = rows;
        out->room = room;
    }
    out->rows[out->count++] = row;
    return STATUS_OK;
}

static Status row_read(Reader *reader, char *line) {
    double cell[COLUMN_COUNT] = {[COLUMN_DV] = NAN, [COLUMN_DOSEUNIT] = 1};
    TRY(cells_read(reader, line, cell));
    if (!reader->has[COLUMN_EVID]) cell[COLUMN_EVID] = cell[COLUMN_AMT] > 0;
    TRY(check_place(reader, cell));
    TRY(check_codes(reader, cell));
    TRY(check_amounts(reader, cell));
    TRY(check_repeats(reader, cell));
    TRY(check_dose_items(reader, cell));
    TRY(row_add(reader, row_from(reader, cell)));
    reader->id = cell[COLUMN_ID];
    return STATUS_OK;
}

static Status line_read(Reader *reader, char *line) {
    line = trim(line);
    if (!*line || *line == '#') return STATUS_OK;
    CHECK(!strchr(line, '"'), reader, "quoted fields are not supported; remove the quotes");
    return reader->column_count ? row_read(reader, line) : header_read(reader, line);
}

/* Messages repeat what the table says, so nothing unprintable may pass. */
static Status check_text(const Reader *reader, const char *line, const char *end) {
    for (; line < end; line++) {
        unsigned char c = (unsigned char)*line;
        bool line_end = c == '\r' && line + 1 == end;
        CHECK(c == '\t' || line_end || (c >= ' ' && c != 127), reader,
              "byte %d is not text; save the table as CSV", c);
    }
    return STATUS_OK;
}

static Status lines_read(Reader *reader, char *text, size_t length) {
    char *end = text + length, *stop;
    if (strncmp(text, "\xEF\xBB\xBF", 3) == 0) text += 3; /* spreadsheets mark UTF-8 so */
    for (; text < end; text = stop + 1) {
        reader->line++;
        stop = memchr(text, '\n', (size_t)(end - text));
        if (!stop) stop = end;
        TRY(check_text(reader, text, stop));
        *stop = '\0';
        TRY(line_read(reader, text));
    }
    return STATUS_OK;
}

Status dosing_rows_parse(DosingRows *rows, const char *name, char *text, size_t length, double bsa_m2) {
    Reader reader = {.name = name, .bsa_m2 = bsa_m2, .out = rows};
    TRY(lines_read(&reader, text, length));
    if (reader.line == 0) reader.line = 1; /* an empty file */
    CHECK(rows->count > 0, &reader, "the table has no rows; for a run without drug use dosing.regimen none");
    return STATUS_OK;
}
