#include "base/interrupt.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t caught;
static enum { ALONE, GO_ON, STOP } agreed;

static void on_signal(int number) {
    caught = number;
}

void interrupt_listen(void) {
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGUSR1, &action, NULL);
    action.sa_flags |= (int)SA_RESETHAND;
    sigaction(SIGINT, &action, NULL);
}

const char *interrupt_name(void) {
    switch (caught) {
    case 0: return NULL;
    case SIGINT: return "SIGINT";
    case SIGUSR1: return "SIGUSR1";
    default: return "SIGTERM";
    }
}

void interrupt_agree(int stop) {
    agreed = stop ? STOP : GO_ON;
}

int interrupt_due(void) {
    return agreed == ALONE ? caught != 0 : agreed == STOP;
}
