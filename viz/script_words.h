/* What script.c and its words share. */
#ifndef MARROW_SCRIPT_WORDS_H
#define MARROW_SCRIPT_WORDS_H

#include "measure.h"
#include "script.h"

enum { SCRIPT_QUEUE = 32, SCRIPT_WORDS = 8, SCRIPT_LINE = 256 };

struct Script {
    char *text, *rest; /* of the file; what is left of it */
    char path[256];
    int line;
    char place[320];
    SDL_Event queue[SCRIPT_QUEUE]; /* one a picture */
    int queued, sent;
    uint64_t wait_until;         /* picture */
    uint64_t asked;              /* a session's command to wait for; 0: none */
    char condition[SCRIPT_LINE]; /* waited for; "" none */
    double give_up_s;
    char revealing[64], then[SCRIPT_LINE]; /* a widget that had to be scrolled to, and the line to do again */
    int tries;
    char shot[256], golden[256]; /* wanted of the next picture */
    double golden_share;
    Measure measure;
};

typedef struct Words {
    char text[SCRIPT_LINE];
    char *word[SCRIPT_WORDS];
    int count;
} Words;

/* Splits at blanks; "quoted words" stay whole. */
void words_split(Words *words, const char *line);

typedef Status ScriptVerb(Script *script, Viewer *viewer, const Words *words, const char *line);
typedef struct Verb {
    const char *name;
    int least; /* words after it */
    int from;  /* with fewer words, itself counted, it is the session's word of the same name; 0: always ours
                */
    ScriptVerb *run;
} Verb;
extern const Verb script_verbs[];
extern const int script_verb_count;

/* Queues events, each for a picture of its own. Positions are pixels of the drawable. */
void queue_motion(Script *script, const Viewer *viewer, float x, float y);
void queue_button(Script *script, const Viewer *viewer, float x, float y, int button, bool down);
void queue_wheel(Script *script, int notches);
void queue_key(Script *script, SDL_Keycode key, unsigned mod, bool down);
void queue_text(Script *script, const char *text);

#endif
