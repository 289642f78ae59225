/* What the driver's errors mean for a run, and what can be done about each. */
#include "device/cuda_api.h"

typedef struct Remedy {
    CUresult error;
    Status status;
    const char *text;
} Remedy;

static const Remedy remedies[] = {
    {2, STATUS_FAILED, "its memory is full: lower simulation.agents, or stop what else uses it (nvidia-smi)"},
    {34, STATUS_UNAVAILABLE,
     "this is the toolkit's stub of the driver: take its folder off LD_LIBRARY_PATH, and install the driver"},
    {46, STATUS_UNAVAILABLE, "another process has it to itself: wait, or choose another with --device"},
    {100, STATUS_UNAVAILABLE,
     "there is no NVIDIA GPU here: look at nvidia-smi and CUDA_VISIBLE_DEVICES, or use --backend cpu"},
    {101, STATUS_UNAVAILABLE, "choose another from marrow devices"},
    {200, STATUS_UNAVAILABLE, "the driver is older than the kernels' compiler: update the driver"},
    {209, STATUS_UNAVAILABLE,
     "the kernels are not built for it: install NVRTC, which builds them when they are needed"},
    {214, STATUS_FAILED,
     "its memory is faulty: restart the machine, and have it checked if this comes again"},
    {218, STATUS_UNAVAILABLE, "update the driver"},
    {222, STATUS_UNAVAILABLE, "the driver is older than the kernels' compiler: update the driver"},
    {500, STATUS_FAILED, "the built kernels lack one: remove the cache's folder (~/.cache/marrow)"},
    {700, STATUS_FAILED, "please report this, with the config"},
    {702, STATUS_FAILED, "it also draws a screen, which stops long kernels: use another, or no screen"},
    {716, STATUS_FAILED, "please report this, with the config"},
    {719, STATUS_FAILED, "look for Xid in the system's log; run again, or use --backend cpu"},
    {802, STATUS_UNAVAILABLE, "its fabric manager has not started yet: wait, or start it"},
    {803, STATUS_UNAVAILABLE, "the driver was updated under way: restart the machine"},
    {804, STATUS_UNAVAILABLE, "take CUDA's compatibility folder off LD_LIBRARY_PATH"},
    {999, STATUS_FAILED, "look for Xid or NVRM in the system's log; restart the machine"},
};
enum { REMEDIES = sizeof remedies / sizeof remedies[0] };

static const Remedy *remedy_find(CUresult error) {
    static const Remedy other = {0, STATUS_FAILED, "run again, or use --backend cpu"};
    for (int i = 0; i < REMEDIES; i++)
        if (remedies[i].error == error) return &remedies[i];
    return &other;
}

Status cuda_check(const Cuda *cu, const char *device, const char *what, CUresult error) {
    if (error == CUDA_SUCCESS) return STATUS_OK;
    const Remedy *remedy = remedy_find(error);
    const char *name = NULL;
    if (cu->cuGetErrorName(error, &name) != CUDA_SUCCESS || !name) name = "an error without a name";
    return status_set(remedy->status, "backend cuda: %s failed on %s: %s (%d); %s", what, device, name, error,
                      remedy->text);
}
