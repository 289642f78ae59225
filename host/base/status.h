/* One result type for the whole host: a code that is also the exit status, and one message.
 *
 * Functions return Status. TRY forwards a failure, REQUIRE records one. Only main prints the
 * message and exits. The message is one line, `place: what; what to do`, kept per thread. */
#ifndef MARROW_STATUS_H
#define MARROW_STATUS_H

typedef enum Status {
    STATUS_OK = 0,
    STATUS_FAILED = 1,       /* failed while running: disk full, solver gave up, capacity */
    STATUS_BAD_INPUT = 2,    /* wrong command line, config or dosing table */
    STATUS_UNAVAILABLE = 69, /* asked for something this machine does not have */
    STATUS_STOPPED = 75,     /* stopped on a signal before the end */
} Status;

#if defined(__GNUC__)
#define STATUS_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define STATUS_PRINTF(fmt, args)
#endif

/* Records the message (printf style, at most 1023 bytes kept) and returns `code`. */
Status status_set(Status code, const char *format, ...) STATUS_PRINTF(2, 3);

/* The message of the last failure on this thread; "" before any. */
const char *status_message(void);

#define TRY(call)                                         \
    do {                                                  \
        Status try_status_ = (call);                      \
        if (try_status_ != STATUS_OK) return try_status_; \
    } while (0)

#define REQUIRE(condition, code, ...)                             \
    do {                                                          \
        if (!(condition)) return status_set((code), __VA_ARGS__); \
    } while (0)

#endif
