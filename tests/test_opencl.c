/* The same agents, bit for bit, on every backend, instruction set, thread count, shape and width; and what
 * the OpenCL backend does when something is missing, broken or too small. */
#include "fetch_case.h"

#include <dirent.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

static char cache[256]; /* all that drivers and backends want to keep goes here, and away at the end */

/* ---- the same bits ----------------------------------------------------------------------------- */

static const BackendOptions cpu_two = {.name = "cpu", .device = -1, .threads = 2};
static const BackendOptions cpu_seven = {.name = "cpu", .device = -1, .threads = 7};
static const BackendOptions cpu_v3 = {.name = "cpu", .device = -1, .threads = 1, .isa = "x86-64-v3"};
static const BackendOptions cpu_v4 = {.name = "cpu", .device = -1, .threads = 1, .isa = "x86-64-v4"};
static const BackendOptions pages = {.name = "opencl", .device = -1, .shape = SHAPE_OF_PAGES};
static const BackendOptions lanes_1 = {.name = "opencl", .device = -1, .shape = SHAPE_OF_LANES, .lanes = 1};
static const BackendOptions lanes_64 = {.name = "opencl", .device = -1, .shape = SHAPE_OF_LANES, .lanes = 64};
static const BackendOptions lanes_4096 = {
    .name = "opencl", .device = -1, .shape = SHAPE_OF_LANES, .lanes = 4096};

/* A test may be skipped for want of a device, never for kernels that do not compile. */
static void expect_missing(void) {
    if (strstr(status_message(), "do not compile")) fail_msg("%s", status_message());
}

static void test_same_bits(void **state) {
    static uint64_t first; /* of the first backend tested: all end alike */
    Case c;
    if (case_create(&c, *state) != STATUS_OK) {
        expect_missing();
        print_message("  skipped: %s\n", status_message());
        case_destroy(&c);
        skip();
    }
    print_message("  %s\n", c.backends[1].device);
    uint64_t digest = case_run(&c);
    case_destroy(&c);
    if (!first) first = digest;
    assert_true(digest == first);
}

/* More newborns than places: `plan` says how many, and nobody who was there is lost. */
static void test_full_pool(void **state) {
    Case c;
    assert_ok(case_create(&c, *state));
    case_found(&c);
    frame_make(&c.frame, 1);
    c.frame.cls[NORMAL].newcomers = CASE_PAGES * PAGE_SLOTS;
    case_write(&c, POOL_FRAME, sizeof c.frame, &c.frame);
    static const KernelId order[] = {KERNEL_advance, KERNEL_total, KERNEL_plan, KERNEL_place, KERNEL_arrive};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) case_launch(&c, order[i]);
    case_settle(&c, "full pool");
    const Totals *totals = &c.snapshots[0]->totals;
    u32 missing = 0;
    for (u32 cls = 0; cls < CASE_CLASSES; cls++)
        missing += totals->plan[cls].incoming - totals->plan[cls].offered;
    print_message("  %u found no place\n", totals->full);
    assert_true(totals->full > 0);
    assert_int_equal(totals->full, missing);
    for (u32 page = 0; page < CASE_PAGES; page++) check_page("full pool", c.snapshots[0], page);
    case_destroy(&c);
}

static void test_fetch(void **state) {
    const BackendOptions two = {.name = "cpu", .devices = "0,0", .threads = 1};
    fetch_case(&cpu_two);
    fetch_totals(&two);
    Backend b;
    Status status = backend_open(&b, *state);
    backend_close(&b);
    if (status == STATUS_OK) {
        BackendOptions both = {.name = "opencl", .devices = "0,0", .shape = SHAPE_OF_PAGES};
        fetch_case(*state);
        fetch_totals(&both);
        return;
    }
    expect_missing();
    print_message("  opencl skipped: %s\n", status_message());
}

/* ---- what can be missing or wrong --------------------------------------------------------------- */

/* Opens and closes; the code, with the message left for the caller to look at. */
static Status try_open(const BackendOptions *options) {
    Backend b;
    Status status = backend_open(&b, options);
    backend_close(&b);
    return status;
}

static void skip_without_opencl(void) {
    if (try_open(&pages) == STATUS_OK) return;
    expect_missing();
    print_message("  skipped: %s\n", status_message());
    skip();
}

static void expect_refused(const BackendOptions *options, Status code, const char *words) {
    assert_int_equal(try_open(options), code);
    print_message("  %s\n", status_message());
    assert_non_null(strstr(status_message(), words));
}

static void test_refusals(void **state) {
    (void)state;
    skip_without_opencl();
    BackendOptions far = pages, wide = lanes_64, negative = lanes_64;
    far.device = 99, wide.lanes = 1000000, negative.lanes = -1;
    expect_refused(&far, STATUS_UNAVAILABLE, "no device 99");
    expect_refused(&wide, STATUS_UNAVAILABLE, "1000000 lanes are more than");
    expect_refused(&negative, STATUS_BAD_INPUT, "-1 lanes");
    Backend b;
    assert_ok(backend_open(&b, &pages));
    assert_int_equal(backend_pool(&b, 10000000u), STATUS_FAILED);
    print_message("  %s\n", status_message());
    assert_non_null(strstr(status_message(), "lower simulation.agents"));
    assert_ok(backend_pool(&b, 3)); /* and it still works afterwards */
    backend_close(&b);
}

static void test_list(void **state) {
    (void)state;
    char text[4096] = "";
    FILE *file = fmemopen(text, sizeof text - 1, "w");
    assert_non_null(file);
    backend_opencl.list(file);
    fclose(file);
    print_message("%s", text);
    assert_true(strncmp(text, "opencl   ", 9) == 0 && text[strlen(text) - 1] == '\n');
}

/* A file of the cache, by the end of its name; "" if there is none. */
static void cache_find(const char *suffix, char path[600]) {
    DIR *folder = opendir(getenv("MARROW_CACHE_DIR"));
    path[0] = 0;
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        size_t length = strlen(entry->d_name);
        if (length > strlen(suffix) && strcmp(entry->d_name + length - strlen(suffix), suffix) == 0)
            snprintf(path, 600, "%s/%s", getenv("MARROW_CACHE_DIR"), entry->d_name);
    }
    if (folder) closedir(folder);
}

static long file_size(const char *path) {
    struct stat about;
    return stat(path, &about) == 0 ? (long)about.st_size : -1;
}

/* One byte of the binary inverted, or the file cut short, or grown: it is built anew and the file put right.
 */
static void test_damaged_cache(void **state) {
    (void)state;
    skip_without_opencl();
    char own[300], path[600];
    snprintf(own, sizeof own, "%s/damaged", cache);
    setenv("MARROW_CACHE_DIR", own, 1);
    assert_ok(try_open(&pages));
    cache_find(".clbin", path);
    long size = file_size(path);
    assert_true(size > 1000);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    fseek(file, size / 2, SEEK_SET);
    int byte = fgetc(file);
    fseek(file, size / 2, SEEK_SET);
    fputc(byte ^ 0xff, file);
    fclose(file);
    assert_ok(try_open(&pages));
    file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, size / 2, SEEK_SET);
    assert_int_equal(fgetc(file), byte);
    fclose(file);
    assert_int_equal(truncate(path, size - 100), 0);
    assert_ok(try_open(&pages));
    assert_int_equal(file_size(path), size);
    setenv("MARROW_CACHE_DIR", cache, 1);
}

static void test_no_cache(void **state) {
    (void)state;
    skip_without_opencl();
    setenv("MARROW_CACHE_DIR", "/proc/no/such/folder", 1);
    Status status = try_open(&pages);
    setenv("MARROW_CACHE_DIR", cache, 1);
    assert_ok(status);
}

static void test_compile_error(void **state) {
    (void)state;
    skip_without_opencl();
    char path[600], text[4096] = "";
    setenv("MARROW_OPENCL_OPTIONS", "-DTARGET_C", 1);
    expect_refused(&pages, STATUS_UNAVAILABLE, "stdint.h");
    unsetenv("MARROW_OPENCL_OPTIONS");
    cache_find(".log", path);
    assert_non_null(strstr(status_message(), path));
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    assert_non_null(strstr(text, "-DTARGET_C"));
    assert_non_null(strstr(text, "stdint.h"));
    assert_non_null(strstr(text, "    1  /*"));
}

/* ---- the folder --------------------------------------------------------------------------------- */

static int set_up(void **state) {
    (void)state;
    const char *temporary = getenv("TMPDIR");
    snprintf(cache, sizeof cache, "%s/marrow-test-XXXXXX", temporary && temporary[0] ? temporary : "/tmp");
    if (!mkdtemp(cache)) return -1;
    setenv("MARROW_CACHE_DIR", cache, 1);
    setenv("POCL_CACHE_DIR", cache, 1);
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

#define SAME_BITS(options) \
    { "same bits: " #options, test_same_bits, NULL, NULL, (void *)(uintptr_t)&options }

int main(void) {
    const struct CMUnitTest tests[] = {
        SAME_BITS(cpu_two),
        SAME_BITS(cpu_seven),
        SAME_BITS(cpu_v3),
        SAME_BITS(cpu_v4),
        SAME_BITS(pages),
        SAME_BITS(lanes_1),
        SAME_BITS(lanes_64),
        SAME_BITS(lanes_4096),
        cmocka_unit_test_prestate(test_full_pool, (void *)(uintptr_t)&cpu_two),
        cmocka_unit_test_prestate(test_fetch, (void *)(uintptr_t)&pages),
        cmocka_unit_test(test_list),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_damaged_cache),
        cmocka_unit_test(test_no_cache),
        cmocka_unit_test(test_compile_error),
    };
    return cmocka_run_group_tests_name("opencl", tests, set_up, tear_down);
}
