#include "run/run_clinic.h"

#include <stdlib.h>
#include <string.h>

#include "base/ranks.h"
#include "files/writer_labs.h"

static bool is_written(const Run *run) {
    return run->clinic && run->options.folder && ranks_index() == 0;
}

Status run_clinic_begin(Run *run) {
    if (!is_written(run)) return STATUS_OK;
    TRY(run_file_table(&run->labs, &run->folder, "labs.csv"));
    return labs_file_header(&run->labs);
}

Status run_clinic_continue(Run *run) {
    if (!is_written(run)) return STATUS_OK;
    return run_file_continue(&run->labs, &run->folder, "labs.csv", run->resumed.labs);
}

static Status lines_keep(Run *run, const Chart *chart) {
    size_t count = (size_t)chart->count;
    if (run->lines + count > run->line_room) {
        size_t room = 2 * (run->lines + count);
        ChartLine *grown = realloc(run->line, room * sizeof *grown);
        REQUIRE(grown, STATUS_FAILED, "clinic: no memory for what happened");
        run->line = grown;
        run->line_room = room;
    }
    if (count) memcpy(run->line + run->lines, chart->line, count * sizeof *run->line);
    run->lines += count;
    return STATUS_OK;
}

/* Doses of the interval first; then what was found and decided, then the changes of the course that follow.
 */
Status run_clinic_step(Run *run) {
    if (!run->clinic) return STATUS_OK;
    TRY(clinic_step(run->clinic));
    if (is_written(run)) {
        TRY(events_chart(&run->events, clinic_chart(run->clinic), run->dosing));
        TRY(labs_file_results(&run->labs, clinic_results(run->clinic)));
    }
    if (run->keep_lines) TRY(lines_keep(run, clinic_chart(run->clinic)));
    clinic_chart(run->clinic)->count = 0;
    clinic_results(run->clinic)->count = 0;
    return STATUS_OK;
}

Status run_clinic_end(Run *run) {
    RunFile file = {0};
    if (!is_written(run)) return STATUS_OK;
    Status status = run_file_whole(&file, &run->folder, "outcome.json");
    if (status == STATUS_OK) status = clinic_outcome_write(run->clinic, file.text);
    if (status == STATUS_OK) status = run_file_commit(&file);
    run_file_close(&file);
    return status;
}

Status run_clinic_keep(Run *run, Pieces *pieces) {
    size_t bytes;
    const void *state = clinic_state(run->clinic, &bytes);
    return state ? pieces_add(pieces, "clinic", state, bytes) : STATUS_OK;
}

Status run_clinic_restore(Run *run, const Pieces *pieces) {
    const Piece *piece = pieces_find(pieces, "clinic");
    return clinic_restore(run->clinic, piece ? piece->bytes : NULL, piece ? piece->length : 0);
}
