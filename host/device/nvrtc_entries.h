/* The calls of NVRTC, CUDA's compiler as a library (11.2 or later), one a line: name and parameters. */
NVRTC_ENTRY(nvrtcVersion, (int *major, int *minor))
NVRTC_ENTRY(nvrtcGetNumSupportedArchs, (int *count))
NVRTC_ENTRY(nvrtcGetSupportedArchs, (int *archs))
NVRTC_ENTRY(nvrtcCreateProgram, (nvrtcProgram * program, const char *source, const char *name, int headers,
                                 const char *const *texts, const char *const *names))
NVRTC_ENTRY(nvrtcDestroyProgram, (nvrtcProgram * program))
NVRTC_ENTRY(nvrtcCompileProgram, (nvrtcProgram program, int count, const char *const *options))
NVRTC_ENTRY(nvrtcGetProgramLogSize, (nvrtcProgram program, size_t *size))
NVRTC_ENTRY(nvrtcGetProgramLog, (nvrtcProgram program, char *log))
NVRTC_ENTRY(nvrtcGetPTXSize, (nvrtcProgram program, size_t *size))
NVRTC_ENTRY(nvrtcGetPTX, (nvrtcProgram program, char *ptx))
NVRTC_ENTRY(nvrtcGetCUBINSize, (nvrtcProgram program, size_t *size))
NVRTC_ENTRY(nvrtcGetCUBIN, (nvrtcProgram program, char *cubin))
