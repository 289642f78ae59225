#!/bin/bash
# marrow view, what takes longer: every tour by itself at its full size, random hands under a seed, what they did
# replayed to the same bytes, and real buttons pressed by xdotool on a virtual X screen. FUZZ_SECONDS (600) is how long
# hands are random.
. tests/script.sh

view=$(dirname "$marrow")/marrow-view
[ -x "$view" ] || { echo "skip - view: marrow-view is not built here (make deps)"; exit 0; }
screen=
trap 'rm -rf "$work"; [ -z "$screen" ] || kill "$screen" 2> /dev/null' EXIT
cd "$work" || exit 1
export XDG_RUNTIME_DIR=$work SDL_RENDER_DRIVER=software
# For programs built with the address sanitizer (MARROW=build/asan/marrow): LLVM, which PoCL compiles kernels with, gives
# the thread that calls it a signal stack of its own from malloc; the sanitizer takes that for the one it mapped itself,
# and fails to unmap it when the thread ends. So it is asked to give threads none. Leaks that are not ours: leaks.supp.
export ASAN_OPTIONS=${ASAN_OPTIONS:-halt_on_error=1}:use_sigaltstack=0 LSAN_OPTIONS=suppressions=$root/tests/leaks.supp

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

# Random hands, and what they did done again: the same cells, the same files.
small=("$root/configs/label.yaml" -s simulation.agents=5000 --seed 7)
comes_through "random hands for ${FUZZ_SECONDS:-600} s" "${small[@]}" --fuzz "${FUZZ_SECONDS:-600}" --record hands.txt -o by-hand
field() { # NAME FILE: of run.json
    python3 -c 'import json, sys; print(json.load(open(sys.argv[2]))[sys.argv[1]])' "$@"
}
again=("${small[@]}" --until "$(python3 -c "print($(field time_h by-hand/run.json) / 24)")" --actions by-hand/events.csv)
"$marrow" run "${again[@]}" -q -o again 2> stderr
result $? "what they did ($(grep -c ',action,user' by-hand/events.csv) actions), done again by marrow run"
[ "$(field state_hash by-hand/run.json)" = "$(field state_hash again/run.json)" ]
result $? "the same cells, to the bit, on day $(python3 -c "print(round($(field time_h by-hand/run.json) / 24, 2))")"
for file in timeseries.csv events.csv doses.csv; do # a run that was left lacks the last row of one that ended there
    cmp -n "$(stat -c %s by-hand/$file)" by-hand/$file again/$file
    result $? "the same $file"
done
comes_through "the record of hands, played again" "${small[@]}" --script hands.txt

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
