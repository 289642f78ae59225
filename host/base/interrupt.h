/* A wish to stop: SIGTERM, SIGINT and SIGUSR1 set a flag that the run's loop reads between intervals. */
#ifndef MARROW_INTERRUPT_H
#define MARROW_INTERRUPT_H

/* From now on. Worth repeating between intervals: compilers inside OpenCL drivers put handlers of their own
 * over ours when they first run. A second SIGINT kills at once. */
void interrupt_listen(void);

/* "SIGTERM", or NULL: nobody asked this process. */
const char *interrupt_name(void);

/* Where several processes share a run, they stop together: once they have agreed, that counts and not the
 * signal. */
void interrupt_agree(int stop);

/* Whether to stop now. */
int interrupt_due(void);

#endif
