#include "files/writer_labs.h"

#include "base/text.h"

Status labs_file_header(RunFile *file) {
    fputs("time_h,test,value,unit,lower,upper,grade,flag\n", file->text);
    return run_file_flush(file);
}

static void write_result(const LabResult *r, FILE *out) {
    char time[TEXT_NUMBER], value[TEXT_NUMBER], lower[TEXT_NUMBER], upper[TEXT_NUMBER],
        grade[TEXT_NUMBER] = "";
    if (r->grade >= 0) snprintf(grade, sizeof grade, "%d", r->grade);
    fprintf(out, "%s,%s,%s,%s,%s,%s,%s,%s\n", text_number(r->time_h, time), lab_name(r->test),
            text_number(r->value, value), lab_unit(r->test), text_number(r->lower, lower),
            text_number(r->upper, upper), grade, r->flag);
}

Status labs_file_results(RunFile *file, LabResults *results) {
    if (results->count == 0) return STATUS_OK;
    for (int i = 0; i < results->count; i++) write_result(&results->result[i], file->text);
    results->count = 0;
    return run_file_flush(file);
}
