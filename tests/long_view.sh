#!/bin/bash
# marrow view, what takes longer: every tour by itself at its full size, and real buttons pressed by xdotool on a virtual X
# screen.
. tests/script.sh

view=$(dirname "$marrow")/marrow-view
[ -x "$view" ] || { echo "skip - view: marrow-view is not built here (make deps)"; exit 0; }
screen=
trap 'rm -rf "$work"; [ -z "$screen" ] || kill "$screen" 2> /dev/null' EXIT
cd "$work" || exit 1
export XDG_RUNTIME_DIR=$work SDL_RENDER_DRIVER=software

comes_through() { # NAME WORD...: marrow view WORD... ends well
    local name=$1
    shift
    SDL_VIDEODRIVER=dummy "$marrow" view "$@" > stdout 2> stderr
    local got=$?
    result $got "$name"
    [ $got -eq 0 ] || sed 's/^/  /' stderr
}

for tour in "$root"/configs/tours/*.yaml; do
    comes_through "tour $(basename "$tour" .yaml): what it says holds" --tour "$tour" --unattended
done

# A run's folder, played from its snapshots, both ways.
"$marrow" run "$root/configs/label.yaml" -s simulation.agents=5000 --until 30 --snapshot-every 5 -q -o run || failures=1
comes_through "a finished run, played from its folder" --script "$root/tests/view/playback.txt" run

for program in Xvfb xdotool; do
    command -v $program > /dev/null || { echo "skip - real buttons: no $program here (make deps-dev)"; [ "$failures" -eq 0 ]; exit; }
done

# The window's own words for where its buttons lie, then real presses there.
Xvfb -displayfd 3 -screen 0 1400x900x24 -nolisten tcp 3> display 2> /dev/null &
screen=$!
for _ in $(seq 100); do [ -s display ] && break; sleep 0.1; done
export DISPLAY=:$(cat display) SDL_VIDEODRIVER=x11
cat > where.txt <<'WORDS'
until state = paused
until drawn = yes
speed 20
values where.json
until state = playing 60
values playing.json
until state = paused 60
values paused.json
until view = charts 60
values charts.json
WORDS
"$marrow" view "$root/configs/label.yaml" -s simulation.agents=5000 --script where.txt > stdout 2> stderr &
window=$!
comes() { # FILE: the window has got there
    for _ in $(seq 300); do [ -s "$1" ] && return 0; sleep 0.1; done
    return 1
}
press() { # WIDGET: in its middle, with the real mouse
    local at
    at=$(python3 -c 'import json, sys
x, y, w, h = json.load(open("where.json"))["widgets"][sys.argv[1]]
print(int(x + w / 2), int(y + h / 2))' "$1") || return 1
    # shellcheck disable=SC2086
    xdotool mousemove --window "$id" $at
    sleep 0.3
    xdotool click 1
}
comes where.json
id=$(xdotool search --sync --onlyvisible --name '^marrow: ' 2> /dev/null | head -1)
press "Play" && comes playing.json && press "Play" && comes paused.json && press "3  Charts" && comes charts.json
result $? "real presses of Play, Pause and Charts on an X screen"
wait $window
got=$?
result $got "and the window ends by itself"
[ $got -eq 0 ] || sed 's/^/  /' stderr

[ "$failures" -eq 0 ]
