/* Entry points of a library opened at run time. */
#ifndef MARROW_LIBRARY_H
#define MARROW_LIBRARY_H

/* Opens `name`; NULL if it cannot be. Never closed: drivers leave threads and exit handlers behind. */
void *library_open(const char *name);

/* Fills an array of pointers, or a struct of nothing else, in the names' order. NULL, or the first name the
 * library lacks. */
const char *library_entries(void *library, const char *const names[], int count, void *entries);

#endif
