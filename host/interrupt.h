/* A wish to stop: SIGTERM, SIGINT and SIGUSR1 set a flag that the run's loop reads between intervals. */
#ifndef MARROW_INTERRUPT_H
#define MARROW_INTERRUPT_H

/* From now on. Worth repeating between intervals: compilers inside OpenCL drivers put handlers of their own over
 * ours when they first run. A second SIGINT kills at once. */
void interrupt_listen(void);

/* "SIGTERM", or NULL: nobody asked. */
const char *interrupt_name(void);

#endif
