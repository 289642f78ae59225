/* A finished run, played from its folder: rows of timeseries.csv, doses of events.csv, cells of its
 * snapshots. It stands in for a session: the same status and frames, and those of its commands that do not
 * change a run (play, play-back, pause, step, speed, seek, until, save, load). */
#ifndef MARROW_PLAYBACK_H
#define MARROW_PLAYBACK_H

#include "history.h"
#include "session.h"

typedef struct Playback Playback;

/* Errors: STATUS_BAD_INPUT for a folder that holds no run. */
Status playback_open(Playback **out, const char *folder, Config *config);
void playback_close(Playback *playback); /* accepts NULL */

/* STATUS_BAD_INPUT for what only a run that goes on can do. */
Status playback_ask(Playback *playback, const char *command);

/* Lets `seconds` pass, then tells where it stands. */
void playback_pass(Playback *playback, double seconds, SessionStatus *status);

/* The frame of that moment, with pictures as asked for (NULL: none). Its cells are those of the last snapshot
 * at or before it. STATUS_BAD_INPUT: a snapshot cannot be read. */
Status playback_frame(Playback *playback, const PictureView *section, const PictureView *flow,
                      const SessionFrame **frame);

void playback_history(const Playback *playback, History *history);
int playback_snapshots(const Playback *playback);

#endif
