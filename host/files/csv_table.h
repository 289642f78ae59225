/* A CSV file of a run's folder, in memory: the text as it is, cut into fields. */
#ifndef MARROW_CSV_TABLE_H
#define MARROW_CSV_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

/* Field (row, column) is fields[row * columns + column]; the header is apart. Starts zeroed; destroy accepts
 * any state. */
typedef struct CsvTable {
    char *text;    /* what names and fields point into */
    char **fields; /* columns names, then rows x columns; "" where a row is short */
    int columns, rows;
    int uneven_row; /* the first, counted from 1, with more or fewer fields than the header; 0: none */
} CsvTable;

/* The whole of FOLDER/NAME with a '\0' behind it; without a folder (NULL), of NAME. STATUS_BAD_INPUT:
 * "FOLDER/NAME: cannot be read: ...". */
Status folder_file_read(const char *folder, const char *name, char **text);

/* Quoted fields ("a, ""b""") are understood, blank lines passed over. STATUS_BAD_INPUT if there is no header.
 */
Status csv_table_read(CsvTable *table, const char *folder, const char *name);

/* The same of text that is there already, in `table->text`, which must begin with a header. */
Status csv_table_parse(CsvTable *table);
void csv_table_destroy(CsvTable *table);

const char *csv_table_name(const CsvTable *table, int column);
const char *csv_table_field(const CsvTable *table, int row, int column);

/* -1 if there is no such column. */
int csv_table_column(const CsvTable *table, const char *name);

/* NAN where the field is empty, no number, or column is -1. */
double csv_table_number(const CsvTable *table, int row, int column);

/* Whether any row has a number there. */
bool csv_table_has_numbers(const CsvTable *table, int column);

#endif
