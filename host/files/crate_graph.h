/* Inside the crate module: JSON-LD's flat list of entities. Out of memory is noted and found out at the end.
 */
#ifndef MARROW_CRATE_GRAPH_H
#define MARROW_CRATE_GRAPH_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/status.h"

/* Starts zeroed; destroy accepts any state. */
typedef struct CrateGraph {
    const char *folder;
    cJSON *record;      /* run.json or sweep.json */
    cJSON *json, *list; /* the whole, and its entities */
    cJSON *parts,
        *result; /* arrays of references: the root's files, and what the actions made; of `root`, `results` */
    cJSON *root;
    bool broken;
} CrateGraph;

/* A file there may be in the folder. */
typedef struct CrateFile {
    const char *name, *format, *text;
    bool input; /* not made by what is described */
} CrateFile;

/* Reads FOLDER/RECORD, and begins: descriptor, profile, root, terms, program. `name` and `text` are the
 * root's. */
Status crate_graph_open(CrateGraph *graph, const char *folder, const char *record, const char *name,
                        const char *text);

/* Writes the file whole. */
Status crate_graph_write(CrateGraph *graph);
void crate_graph_destroy(CrateGraph *graph);

cJSON *crate_entity(CrateGraph *graph, const char *id, const char *type);
void crate_text(CrateGraph *graph, cJSON *entity, const char *name, const char *text);
void crate_refer(CrateGraph *graph, cJSON *entity, const char *name, const char *id);
cJSON *crate_references(CrateGraph *graph, cJSON *entity, const char *name);
void crate_reference_add(CrateGraph *graph, cJSON *references, const char *id);

/* Files of the list that are there: as parts of the root, and results unless they are inputs. */
void crate_files(CrateGraph *graph, const CrateFile *files, int count);
void crate_file(CrateGraph *graph, const char *path, const CrateFile *file, cJSON *parts);

/* When, with what, from what and to what end. `made`: an object with command, started, wall_s, result,
 * message. */
void crate_action(CrateGraph *graph, const char *id, const char *name, const cJSON *made,
                  const char *const *inputs, int count);

/* "" where there is no such text. */
const char *crate_field(const cJSON *object, const char *name);

#endif
