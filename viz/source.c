#include "source.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "camera.h"
#include "playback.h"

static bool is_folder(const char *path) {
    struct stat there;
    return path && stat(path, &there) == 0 && S_ISDIR(there.st_mode);
}

Status source_config(Viewer *viewer) {
    if (is_folder(viewer->options->config_path))
        return playback_open(&viewer->playback, viewer->options->config_path, &viewer->config);
    return options_config(viewer->options, &viewer->config);
}

Status source_open(Viewer *viewer) {
    return viewer->playback ? STATUS_OK : session_open(&viewer->session, viewer->options);
}

Status source_close(Viewer *viewer) {
    playback_close(viewer->playback);
    return session_close(viewer->session);
}

static Status follow_playback(Viewer *viewer) {
    const SessionFrame *frame;
    const PictureView *section =
        viewer->asked_any && viewer->choices.view == VIEW_MARROW ? &viewer->asked : NULL;
    const PictureView *flow =
        viewer->asked_flow.width > 0 && viewer->choices.view == VIEW_FLOW ? &viewer->asked_flow : NULL;
    playback_pass(viewer->playback, viewer->picture_s, &viewer->status);
    TRY(playback_frame(viewer->playback, section, flow, &frame));
    if (frame) viewer->frame = frame, viewer->news = true;
    playback_history(viewer->playback, &viewer->history);
    return STATUS_OK;
}

/* A cell that somebody asked to follow comes into the panel; one that is followed no longer leaves it. */
static void choose_followed(Viewer *viewer, size_t before) {
    bool there = false;
    if (viewer->clicked && viewer->traces > before) {
        viewer->chosen = viewer->trace[viewer->traces - 1].identity;
        viewer->clicked = false;
    }
    for (size_t i = 0; i < viewer->traces; i++) there = there || viewer->trace[i].identity == viewer->chosen;
    if (!there) viewer->chosen = 0;
}

Status source_follow(Viewer *viewer) {
    if (viewer->playback) return follow_playback(viewer);
    const SessionFrame *frame = session_frame(viewer->session);
    size_t before = viewer->traces;
    if (frame) viewer->frame = frame, viewer->news = true;
    session_status(viewer->session, &viewer->status);
    REQUIRE(viewer->status.state != SESSION_FAILED || !viewer->scripted, STATUS_FAILED, "%s",
            viewer->status.message);
    if (viewer->status.messages != viewer->messages_seen && viewer->status.wrong)
        viewer_notice(viewer, "%s", viewer->status.message);
    viewer->messages_seen = viewer->status.messages;
    viewer->traces = session_traces(viewer->session, viewer->trace);
    choose_followed(viewer, before);
    return history_follow(&viewer->history, viewer->session, &viewer->status);
}

bool source_settled(const Viewer *viewer) {
    if (viewer->status.state == SESSION_PLAYING || viewer->status.state == SESSION_FAILED) return true;
    return viewer->frame && viewer->frame->status.time_h == viewer->status.time_h;
}

Status source_ask(Viewer *viewer, const char *command, uint64_t *serial) {
    if (serial) *serial = 0;
    if (viewer->playback) return playback_ask(viewer->playback, command);
    if (strncmp(command, "follow ", 7) == 0) viewer->clicked = true;
    return session_ask(viewer->session, command, serial);
}

static bool same(bool has, const PictureView *is, bool wants, const PictureView *wanted) {
    return has == wants && (!wants || camera_same_view(is, wanted));
}

Status source_look(Viewer *viewer) {
    PictureView section, flow;
    bool marrow = viewer->choices.view == VIEW_MARROW, cytometer = viewer->choices.view == VIEW_FLOW;
    if (viewer->playback || viewer->status.state == SESSION_OPENING) return STATUS_OK;
    bool had_section = session_section(viewer->session, &section),
         had_flow = session_flow(viewer->session, &flow);
    if (same(had_section, &section, marrow, &viewer->asked) &&
        same(had_flow, &flow, cytometer, &viewer->asked_flow))
        return STATUS_OK;
    return session_look(viewer->session, marrow ? &viewer->asked : NULL,
                        cytometer ? &viewer->asked_flow : NULL);
}

Status source_points(Viewer *viewer, uint64_t identity) {
    size_t total = 0;
    viewer->points = 0;
    if (viewer->playback) return STATUS_OK;
    session_points(viewer->session, identity, 0, NULL, 0, &total);
    if (total > viewer->points_room) {
        size_t room = total + total / 2 + 64;
        SessionPoint *grown = realloc(viewer->point, room * sizeof *grown);
        REQUIRE(grown, STATUS_FAILED, "cell: out of memory");
        viewer->point = grown;
        viewer->points_room = room;
    }
    viewer->points = session_points(viewer->session, identity, 0, viewer->point, viewer->points_room, NULL);
    return STATUS_OK;
}
