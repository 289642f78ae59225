#include "command/view_program.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

Status view_program_find(char path[VIEW_PROGRAM_PATH]) {
    static const char *const places[] = {"marrow-view", "../libexec/marrow/marrow-view"};
    char self[VIEW_PROGRAM_PATH - 64];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    REQUIRE(length > 0, STATUS_UNAVAILABLE, "view: /proc is not there, so marrow-view cannot be found");
    self[length] = '\0';
    *(strrchr(self, '/') + 1) = '\0';
    for (int i = 0; i < 2; i++) {
        snprintf(path, VIEW_PROGRAM_PATH, "%s%s", self, places[i]);
        if (access(path, X_OK) == 0) return STATUS_OK;
    }
    return status_set(STATUS_UNAVAILABLE,
                      "view: marrow-view is not beside this program; build it (make, with libsdl2-dev and "
                      "libimgui-dev), or use --headless with --script");
}
