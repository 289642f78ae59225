/* The CUDA backend behind the driver of tests/fake_cuda.c: the same bits as cpu, every age of device, every
 * call that can fail, what can be missing; and the self-test every device has to pass. */
#include "fetch_case.h"

#include <dlfcn.h>
#include <ftw.h>
#include <limits.h>
#include <unistd.h>

#include "base/library.h"
#include "device/kernel_cache.h"
#include "device/self_test.h"

static char cache[256]; /* all that the backend keeps goes here, and away at the end */
static bool real_nvrtc; /* the machine's own compiler; else tests/fake_nvrtc.c */

static const BackendOptions usual = {.name = "cuda", .device = -1};

/* ---- the machine that is pretended -------------------------------------------------------------- */

/* The settings of tests/fake_cuda.c, read when the next device is opened; NULL is the usual. */
static void machine(const char *capability, const char *driver) {
    static const char *const others[] = {"MEMORY", "FAIL_AT", "CODE", "BREAK", "MODE"};
    char name[40];
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        snprintf(name, sizeof name, "FAKE_CUDA_%s", others[i]);
        unsetenv(name);
    }
    setenv("FAKE_CUDA_CAPABILITY", capability ? capability : "90", 1);
    setenv("FAKE_CUDA_DRIVER", driver ? driver : real_nvrtc ? "13000" : "12040", 1);
}

/* What the fake driver has beyond a real one. */
static struct {
    unsigned (*live)(void);
    const char *(*failed)(void);
} fake;

static void fake_find(void) {
    static const char *const names[] = {"fake_cuda_live", "fake_cuda_failed"};
    void *library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_NOLOAD);
    assert_non_null(library);
    assert_null(library_entries(library, names, 2, &fake));
}

/* Objects of the driver that were given out and are not back. */
static unsigned driver_live(void) {
    if (!fake.live) fake_find();
    return fake.live();
}

/* The call that was made to fail; NULL if it was never reached. */
static const char *driver_failed(void) {
    if (!fake.failed) fake_find();
    return fake.failed();
}

static Status try_open(const BackendOptions *options) {
    Backend b;
    Status status = backend_open(&b, options);
    backend_close(&b);
    return status;
}

static void expect_refused(const BackendOptions *options, Status code, const char *words) {
    assert_int_equal(try_open(options), code);
    print_message("  %s\n", status_message());
    assert_non_null(strstr(status_message(), words));
}

/* ---- the same bits ----------------------------------------------------------------------------- */

static void test_same_bits(void **state) {
    (void)state;
    Case c;
    machine(NULL, NULL);
    assert_ok(case_create(&c, &usual));
    print_message("  %s\n", c.backends[1].device);
    case_run(&c);
    case_destroy(&c);
    assert_int_equal(driver_live(), 0);
}

/* A pool laid over another, larger and smaller; pieces larger than what is staged at once. */
static void test_pools(void **state) {
    (void)state;
    enum { PAGES = 20 };
    Backend b;
    size_t bytes = pool_part_bytes(POOL_REAL, PAGES);
    unsigned char *sent = malloc(bytes), *got = malloc(bytes);
    for (size_t i = 0; i < bytes; i++) sent[i] = (unsigned char)(i * 7u + (i >> 13));
    machine(NULL, NULL);
    assert_ok(backend_open(&b, &usual));
    for (u32 pages = 1; pages <= PAGES; pages += 19) {
        size_t part = pool_part_bytes(POOL_REAL, pages);
        assert_ok(backend_pool(&b, pages));
        assert_ok(backend_write(&b, POOL_REAL, 0, part, sent));
        assert_ok(backend_finish(&b));
        assert_ok(backend_write(&b, POOL_REAL, 5, 3, sent));
        assert_ok(backend_read(&b, POOL_REAL, 0, part, got));
        assert_memory_equal(got + 5, sent, 3);
        assert_memory_equal(got + 8, sent + 8, part - 8);
    }
    backend_close(&b);
    free(sent);
    free(got);
}

static void test_fetch(void **state) {
    (void)state;
    machine(NULL, NULL);
    fetch_case(&usual);
    const BackendOptions two = {.name = "cuda", .devices = "0,1"};
    machine("75,90", NULL);
    fetch_totals(&two);
    assert_int_equal(driver_live(), 0);
}

/* ---- ages -------------------------------------------------------------------------------------- */

static void test_ages(void **state) {
    (void)state;
    static const char *const ages[] = {"75", "80", "90", "100", "120"};
    for (size_t i = 0; i < sizeof ages / sizeof ages[0]; i++) {
        Backend b;
        machine(ages[i], NULL);
        assert_ok(backend_open(&b, &usual));
        print_message("  %s: %s\n", ages[i], b.device);
        backend_close(&b);
    }
    machine("70", NULL);
    expect_refused(&usual, STATUS_UNAVAILABLE, "below 7.5");
    machine("70,80", NULL);
    assert_ok(try_open(&usual)); /* the first usable one */
}

static void test_list(void **state) {
    (void)state;
    char text[4096] = "";
    machine("70,75,120", NULL);
    FILE *file = fmemopen(text, sizeof text - 1, "w");
    assert_non_null(file);
    backend_cuda.list(file);
    fclose(file);
    print_message("%s", text);
    assert_non_null(strstr(text, "device 0: Fake GPU 0, compute capability 7.0,"));
    assert_non_null(strstr(text, "not usable, its compute capability is below 7.5\n"));
    assert_non_null(strstr(text, "compute capability 12.0, driver CUDA 1"));
    assert_non_null(strstr(text, "8.0 GB: usable\n"));
}

/* ---- what can be missing or wrong --------------------------------------------------------------- */

static void test_refusals(void **state) {
    (void)state;
    BackendOptions far = usual, wide = usual, negative = usual;
    far.device = 3, wide.lanes = 1024, negative.lanes = -1;
    machine(NULL, NULL);
    expect_refused(&far, STATUS_UNAVAILABLE, "no device 3");
    expect_refused(&wide, STATUS_UNAVAILABLE, "1024 lanes are more than");
    expect_refused(&negative, STATUS_BAD_INPUT, "-1 lanes");
    wide.lanes = 512;
    assert_ok(try_open(&wide));
    machine(NULL, "11010");
    expect_refused(&usual, STATUS_UNAVAILABLE, "runs CUDA 11.1, 11.2 is needed");
    machine("", NULL);
    expect_refused(&usual, STATUS_UNAVAILABLE, "CUDA_ERROR_NO_DEVICE");
    machine(NULL, NULL);
    setenv("FAKE_CUDA_MODE", "2", 1);
    expect_refused(&usual, STATUS_UNAVAILABLE, "compute mode");
    assert_int_equal(driver_live(), 0);
}

static void test_no_memory(void **state) {
    (void)state;
    Backend b;
    machine(NULL, NULL);
    assert_ok(backend_open(&b, &usual));
    assert_int_equal(backend_pool(&b, 100000), STATUS_FAILED);
    print_message("  %s\n", status_message());
    assert_non_null(strstr(status_message(), "lower simulation.agents"));
    assert_ok(backend_pool(&b, 3)); /* and it still works afterwards */
    backend_close(&b);
    assert_int_equal(driver_live(), 0);
}

static void test_compile_error(void **state) {
    (void)state;
    char text[4096] = "", path[KERNEL_PATH] = "";
    machine(NULL, NULL);
    setenv("MARROW_CUDA_OPTIONS", "-DTARGET_C", 1);
    expect_refused(&usual, STATUS_UNAVAILABLE, "do not compile");
    unsetenv("MARROW_CUDA_OPTIONS");
    sscanf(strstr(status_message(), "source in "), "source in %1000[^;]", path);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    assert_non_null(strstr(text, "-DTARGET_C"));
    assert_non_null(strstr(text, "    1  /*"));
    assert_int_equal(driver_live(), 0);
}

/* Damaged, the kept kernels are compiled anew; with nowhere to keep them, every time. */
static void test_cache(void **state) {
    (void)state;
    machine(NULL, NULL);
    setenv("MARROW_CACHE_DIR", "/proc/no/such/folder", 1);
    Status status = try_open(&usual);
    setenv("MARROW_CACHE_DIR", cache, 1);
    assert_ok(status);
    assert_ok(try_open(&usual));
}

/* ---- every call fails once ---------------------------------------------------------------------- */

/* Open, self-test, a pool, an interval, a read and the end, as far as it gets. */
static Status short_run(void) {
    Backend b;
    Frame frame = {0};
    static Totals totals;
    Fetch fetch = {0};
    Status status = backend_open(&b, &usual);
    frame_make(&frame, 1);
    if (status == STATUS_OK) status = backend_pool(&b, CASE_PAGES);
    if (status == STATUS_OK) status = backend_write(&b, POOL_FRAME, 0, sizeof frame, &frame);
    if (status == STATUS_OK) status = backend_launch(&b, KERNEL_lay, CASE_CLASSES);
    if (status == STATUS_OK) status = backend_launch(&b, KERNEL_found, CASE_CLASSES);
    if (status == STATUS_OK) status = backend_read(&b, POOL_TOTALS, 0, sizeof totals, &totals);
    if (status == STATUS_OK) status = backend_fetch(&b, POOL_TOTALS, 0, sizeof totals, &totals, &fetch);
    if (status == STATUS_OK) status = backend_launch(&b, KERNEL_total, CASE_CLASSES);
    if (status == STATUS_OK) status = backend_fetched(&b, &fetch);
    if (status == STATUS_OK) status = backend_finish(&b);
    backend_close(&b);
    return status;
}

/* Calls whose failure need not be the run's: they give back, or something else is tried next. */
static bool may_fail(const char *call) {
    static const char *const harmless[] = {
        "cuMemFree_v2",     "cuMemFreeHost",       "cuModuleUnload",  "cuStreamDestroy_v2",
        "cuModuleLoadData", "cuStreamSynchronize", "cuCtxSetCurrent", "cuDevicePrimaryCtxRelease_v2",
        "cuEventDestroy_v2"};
    for (size_t i = 0; i < sizeof harmless / sizeof harmless[0]; i++)
        if (strcmp(harmless[i], call) == 0) return true;
    return false;
}

static void check_failure(Status status, const char *call) {
    if (status == STATUS_OK && !may_fail(call)) fail_msg("%s failed, and nobody noticed", call);
    if (status == STATUS_OK) return;
    assert_true(status == STATUS_FAILED || status == STATUS_UNAVAILABLE);
    assert_true(strncmp(status_message(), "backend cuda: ", 14) == 0);
    assert_null(strchr(status_message(), '\n'));
}

static void test_every_call_fails(void **state) {
    char at[16];
    int calls = 0, failed = 0;
    machine(NULL, NULL);
    assert_ok(try_open(&usual)); /* so that the kernels are kept */
    for (int n = 1;; n++) {
        machine(NULL, NULL);
        snprintf(at, sizeof at, "%d", n);
        setenv("FAKE_CUDA_FAIL_AT", at, 1);
        setenv("FAKE_CUDA_CODE", *state, 1);
        Status status = short_run();
        assert_int_equal(driver_live(), 0);
        if (!driver_failed()) break;
        check_failure(status, driver_failed());
        calls++;
        failed += status != STATUS_OK;
    }
    print_message("  code %s: of %d calls %d end the run when they fail\n", (const char *)*state, calls,
                  failed);
    assert_true(failed > 100);
}

/* ---- the self-test ------------------------------------------------------------------------------ */

static void test_self_test_constant(void **state) {
    (void)state;
    Backend b;
    uint64_t digest;
    BackendOptions cpu = {.name = "cpu", .device = -1, .threads = 1};
    assert_ok(backend_open(&b, &cpu));
    assert_ok(self_test_digest(&b, &digest));
    backend_close(&b);
    if (digest != self_test_expected)
        fail_msg(
            "the kernels give other results than before: self_test_expected (host/device/self_test.c) is now "
            "0x%016llx",
            (unsigned long long)digest);
}

static void test_wrong_device(void **state) {
    (void)state;
    static const char *const kernels[] = {"found", "advance", "place", "arrive", "settle"};
    for (size_t i = 0; i < sizeof kernels / sizeof kernels[0]; i++) {
        machine(NULL, NULL);
        setenv("FAKE_CUDA_BREAK", kernels[i], 1);
        expect_refused(&usual, STATUS_UNAVAILABLE, "Fake GPU 0");
        assert_non_null(strstr(status_message(), "computes wrongly"));
    }
    BackendOptions any = {.device = -1};
    expect_refused(&any, STATUS_UNAVAILABLE, "computes wrongly");
    machine(NULL, NULL);
    Backend b;
    assert_ok(backend_open(&b, &any));
    assert_string_equal(b.calls->name, "cuda");
    backend_close(&b);
}

/* ---- setting up --------------------------------------------------------------------------------- */

/* The loader reads LD_LIBRARY_PATH when a program starts, so it is set for the same program once more. */
static void start_over(char **argv) {
    char self[PATH_MAX / 2] = "", path[PATH_MAX + 64];
    if (getenv("FAKE_CUDA_CAPABILITY")) return;
    if (readlink("/proc/self/exe", self, sizeof self - 1) < 0) return;
    *strrchr(self, '/') = 0;
    const char *more = real_nvrtc ? "" : ":", *nvrtc = real_nvrtc ? "" : self;
    snprintf(path, sizeof path, "%s/cuda%s%s%s", self, more, nvrtc, real_nvrtc ? "" : "/nvrtc");
    setenv("LD_LIBRARY_PATH", path, 1);
    setenv("FAKE_CUDA_CAPABILITY", "90", 1);
    execv("/proc/self/exe", argv);
}

static bool have_nvrtc(void) {
    static const char *const names[] = {"libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2"};
    for (int i = 0; i < 3; i++) {
        void *library = dlopen(names[i], RTLD_NOW);
        if (library && !dlsym(library, "fake_nvrtc")) return true;
    }
    return false;
}

static int set_up(void **state) {
    (void)state;
    const char *temporary = getenv("TMPDIR");
    snprintf(cache, sizeof cache, "%s/marrow-test-XXXXXX", temporary && temporary[0] ? temporary : "/tmp");
    if (!mkdtemp(cache)) return -1;
    setenv("MARROW_CACHE_DIR", cache, 1);
    return 0;
}

static int remove_entry(const char *path, const struct stat *about, int kind, struct FTW *where) {
    (void)about, (void)kind, (void)where;
    return remove(path);
}

static int tear_down(void **state) {
    (void)state;
    return nftw(cache, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

int main(int argc, char **argv) {
    (void)argc;
    real_nvrtc = have_nvrtc();
    start_over(argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_self_test_constant),
        cmocka_unit_test(test_same_bits),
        cmocka_unit_test(test_pools),
        cmocka_unit_test(test_fetch),
        cmocka_unit_test(test_ages),
        cmocka_unit_test(test_list),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_compile_error),
        cmocka_unit_test(test_cache),
        cmocka_unit_test_prestate(test_every_call_fails, "999"),
        cmocka_unit_test_prestate(test_every_call_fails, "719"),
        cmocka_unit_test_prestate(test_every_call_fails, "2"),
        cmocka_unit_test(test_wrong_device),
    };
    print_message("  kernels compiled by %s\n", real_nvrtc ? "NVRTC" : "nothing: there is no NVRTC here");
    return cmocka_run_group_tests_name("cuda", tests, set_up, tear_down);
}
