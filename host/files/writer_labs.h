/* labs.csv: what was measured at visits, one result a row: `time_h,test,value,unit,lower,upper,grade,flag`.
 */
#ifndef MARROW_WRITER_LABS_H
#define MARROW_WRITER_LABS_H

#include "clinic/clinic.h"
#include "files/run_folder.h"

Status labs_file_header(RunFile *file);

/* Writes the results and takes them. */
Status labs_file_results(RunFile *file, LabResults *results);

#endif
