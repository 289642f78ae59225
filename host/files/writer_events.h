/* events.csv: what happened, in order. `time_h,kind,code,value,detail`
 *
 *   kind         code           value
 *   dose         EVID1, EVID4   mg
 *   reset        EVID3, EVID4   empty
 *   other        EVID2          empty
 *   observation  EVID0          as in the dosing table (DV), which the simulation does not read
 *
 * Changes of the course; code says who or which rule asked, detail why:
 *   held         hours, empty until released       resumed      hours the course had waited
 *   omitted      mg, empty if not known yet        interrupted  mg that had run in
 *   reduced      factor on later doses             raised       the same, above 1
 *   asked        mg of a dose added                discontinued empty
 *
 * Lines of the clinic's chart (chart.h): docs/interface.md lists kinds, codes and values.
 *
 * What was done by hand (host/run/action.h): kind `action`, code `user`, the line itself in detail. */
#ifndef MARROW_WRITER_EVENTS_H
#define MARROW_WRITER_EVENTS_H

#include "clinic/chart.h"
#include "dosing/dosing.h"
#include "files/run_folder.h"

typedef struct EventWriter {
    RunFile file;
    size_t doses; /* records written so far */
} EventWriter;

Status events_open(EventWriter *events, const RunFolder *folder);

/* Writes the records that came since the last call, each on disk before the next. */
Status events_doses(EventWriter *events, const Dosing *dosing);
/* The same after a step of the clinic: the lines of its chart among the changes of the course, as they came.
 */
Status events_chart(EventWriter *events, Chart *chart, const Dosing *dosing);

/* What somebody did at `time_h`, on disk. */
Status events_action(EventWriter *events, double time_h, const char *text);
void events_close(EventWriter *events); /* accepts a zeroed one */

#endif
