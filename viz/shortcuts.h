/* Everything that has a key: one table, from which the keyboard, the help overlay, scripts and tours all
 * work. */
#ifndef MARROW_SHORTCUTS_H
#define MARROW_SHORTCUTS_H

#include "viewer.h"

typedef struct Shortcut {
    const char *name; /* as scripts and tours call it: "play" */
    SDL_Keycode key;
    unsigned mod;      /* KMOD_CTRL, KMOD_SHIFT or 0 */
    const char *keys;  /* as people read it: "Space" */
    const char *group; /* of the help overlay */
    const char *text;
    void (*run)(Viewer *viewer, int argument);
    int argument;
} Shortcut;

extern const Shortcut shortcuts[];
extern const int shortcut_count;

/* A key was pressed: true if it is one of the table's and its action was done. */
bool shortcut_key(Viewer *viewer, const SDL_KeyboardEvent *key);

/* The key's name and what it does, for a button's tip; "" if there is none. */
const char *shortcut_keys(const char *name);
const char *shortcut_text(const char *name);

#endif
