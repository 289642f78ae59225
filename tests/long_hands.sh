#!/bin/bash
# Random hands on marrow view under a seed: nothing falls over, and what they did, done again by marrow run, gives the same
# cells and the same files. FUZZ_SECONDS (60) is how long they go on; `make fuzz-view` has them longer, under the address
# sanitizer. Run by tests/run.sh, which sets MARROW.
. tests/script.sh

[ -x "$(dirname "$marrow")/marrow-view" ] || { echo "skip - hands: marrow-view is not built here (make deps)"; exit 0; }
cd "$work" || exit 1
export XDG_RUNTIME_DIR=$work SDL_RENDER_DRIVER=software SDL_VIDEODRIVER=dummy
# On the processor: where PoCL's threads are, the leak check's own tracer falls over (https://github.com/google/sanitizers/issues/1353).
export ASAN_OPTIONS=${ASAN_OPTIONS:-halt_on_error=1:detect_leaks=1:verify_asan_link_order=0} LSAN_OPTIONS=suppressions=$root/tests/leaks.supp

view() { # NAME WORD...: marrow view WORD... ends well
    local name=$1
    shift
    "$marrow" view "$@" > stdout 2> stderr
    local got=$?
    result $got "$name"
    [ $got -eq 0 ] || sed 's/^/  /' stderr
}

field() { # NAME FILE: of run.json
    python3 -c 'import json, sys; print(json.load(open(sys.argv[2]))[sys.argv[1]])' "$@"
}
# Going back takes what was done later with it, so what a long time of random hands leaves may be little: several seeds.
done_in_all=0
hands() { # SEED SECONDS
    local small=("$root/configs/label.yaml" -s simulation.agents=5000 --seed "$1" -b cpu) again count
    rm -rf by-hand again hands.txt
    view "random hands of seed $1 for $2 s" "${small[@]}" --fuzz "$2" --record hands.txt -o by-hand
    again=("${small[@]}" --until "$(python3 -c "print($(field time_h by-hand/run.json) / 24)")" --actions by-hand/events.csv)
    "$marrow" run "${again[@]}" -q -o again 2> stderr
    result $? "what they did, done again by marrow run"
    count=$(grep -c ',action,user' by-hand/events.csv)
    done_in_all=$((done_in_all + count))
    [ "$(field state_hash by-hand/run.json)" = "$(field state_hash again/run.json)" ]
    result $? "the same cells, to the bit, on day $(python3 -c "print(round($(field time_h by-hand/run.json) / 24, 2))") after $count actions"
    for file in timeseries.csv events.csv doses.csv; do # a run that was left lacks the last row of one that ended there
        cmp -n "$(stat -c %s by-hand/$file)" by-hand/$file again/$file
        result $? "the same $file"
    done
    [ "$1" -ne 7 ] || view "the record of hands, played again" "${small[@]}" --script hands.txt
}

hands 7 "${FUZZ_SECONDS:-60}"
for seed in 11 12 13 14; do hands $seed 15; done
[ "$done_in_all" -ge 5 ]
result $? "$done_in_all actions in all"

[ "$failures" -eq 0 ]
