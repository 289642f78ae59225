#!/bin/bash
# Random hands on marrow view under a seed: nothing falls over, and what they did, done again by marrow run, gives the same
# cells and the same files. FUZZ_SECONDS (60) is how long they go on; `make fuzz-view` has them longer, under the address
# sanitizer. Run by tests/run.sh, which sets MARROW.
. tests/script.sh

[ -x "$(dirname "$marrow")/marrow-view" ] || { echo "skip - hands: marrow-view is not built here (make deps)"; exit 0; }
cd "$work" || exit 1
export XDG_RUNTIME_DIR=$work SDL_RENDER_DRIVER=software SDL_VIDEODRIVER=dummy
# With PoCL in the session's thread the address sanitizer fails to unmap the thread's signal stack when it ends, probably
# because LLVM, which PoCL compiles kernels with, has put one of its own in its place. So threads are given none.
export ASAN_OPTIONS=${ASAN_OPTIONS:-halt_on_error=1:detect_leaks=1:verify_asan_link_order=0}:use_sigaltstack=0 LSAN_OPTIONS=suppressions=$root/tests/leaks.supp

view() { # NAME WORD...: marrow view WORD... ends well
    local name=$1
    shift
    "$marrow" view "$@" > stdout 2> stderr
    local got=$?
    result $got "$name"
    [ $got -eq 0 ] || sed 's/^/  /' stderr
}

small=("$root/configs/label.yaml" -s simulation.agents=5000 --seed 7)
view "random hands for ${FUZZ_SECONDS:-60} s" "${small[@]}" --fuzz "${FUZZ_SECONDS:-60}" --record hands.txt -o by-hand
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
view "the record of hands, played again" "${small[@]}" --script hands.txt

[ "$failures" -eq 0 ]
