#!/bin/bash
# Runs killed, stopped and resumed elsewhere leave the files of a run that was never stopped; damaged, foreign and
# missing checkpoints are passed over or refused. Run by tests/run.sh, which sets MARROW. KILLS=50 kills more often.
. tests/script.sh

cd "$work" || exit 1
kills=${KILLS:-6}
RANDOM=20261
options=(-s simulation.agents=20000 -s simulation.dt_h=0.25 --until 35 --checkpoint-every 0.0002 -q)

run() { # DIR OPTION...
    local dir=$1
    shift
    "$marrow" run "$configs/label.yaml" -o "$dir" "${options[@]}" "$@" > stdout 2> stderr
}

same() { # DIR: its files are those of `straight`
    local file
    for file in timeseries.csv events.csv doses.csv config.yaml; do
        cmp "straight/$file" "$1/$file" || return 1
    done
    [ "$(grep state_hash "straight/run.json")" = "$(grep state_hash "$1/run.json")" ]
}

refused() { # CODE TEXT DIR OPTION...: exits CODE with TEXT in its one line, and leaves the tables as they were
    local code=$1 text=$2 dir=$3 got before
    shift 3
    before=$(cat "$dir"/*.csv 2> /dev/null | cksum)
    run "$dir" "$@"
    got=$?
    [ "$got" -eq "$code" ] && grep -qF -- "$text" stderr && [ "$before" = "$(cat "$dir"/*.csv 2> /dev/null | cksum)" ] ||
        { echo "# exit $got"; cat stderr; return 1; }
}

run straight
result $? "a run never stopped"

echo "# kill -9 at $kills random moments, resumed with 1-3 threads, either instruction set, three devices or OpenCL"
elsewhere=("--threads 1" "--threads 3" "--isa x86-64-v3" "--device 0,0" "-b opencl")
whole=0 early=0 late=0 half=0
for ((i = 0; i < kills; i++)); do
    (exec "$marrow" run "$configs/label.yaml" -o "killed$i" "${options[@]}" 2> stderr) &
    pid=$!
    sleep 0.$((RANDOM % 35 + 10))
    kill -KILL "$pid" 2> /dev/null
    wait "$pid" 2> /dev/null && late=$((late + 1))
    [ -e "killed$i/checkpoint.hdf" ] || [ -e "killed$i/checkpoint-previous.hdf" ] || early=$((early + 1))
    [ ! -e "killed$i/checkpoint.hdf.part" ] || half=$((half + 1))
    # shellcheck disable=SC2086 # an option and its value
    run "killed$i" --resume ${elsewhere[i % 5]}
    if same "killed$i"; then whole=$((whole + 1)); else echo "# $i"; cat stderr; fi
    rm -rf "killed$i"
done
echo "# $whole of $kills the same bytes; $half while a checkpoint was being written, $early before the first (from the beginning), $late after the end"
[ "$whole" -eq "$kills" ] && [ "$((early + late))" -lt "$kills" ]
result $? "killed runs end with the same bytes"

echo "# stopped by each signal"
for signal in TERM USR1 INT; do
    (trap - INT; exec "$marrow" run "$configs/label.yaml" -o "by$signal" "${options[@]}" --until 3650 2> stderr) &
    pid=$!
    for ((n = 0; n < 200; n++)); do [ -e "by$signal/checkpoint.hdf" ] && break; sleep 0.01; done
    kill -"$signal" "$pid"
    wait "$pid"
    got=$?
    [ "$got" -eq 75 ] && grep -q "go on with --resume" stderr
    result $? "SIG$signal exits 75 and names --resume"
done
run finished && run finished --resume && same finished
result $? "a finished run resumed is finished"

echo "# further than it was asked to go: from between two rows, from a day with a dose, from a stop"
for until in 10.03 21; do
    run "short$until" --until "$until" && run "short$until" --resume --until 25.01 && run "short$until" --resume &&
        same "short$until"
    result $? "a run to day $until, then to 25.01, then to 35: as one to 35 from the start"
done
(exec "$marrow" run "$configs/label.yaml" -o onward "${options[@]}" --until 30 2> stderr) &
pid=$!
for ((n = 0; n < 200; n++)); do [ -e onward/checkpoint.hdf ] && break; sleep 0.01; done
kill -TERM "$pid"
wait "$pid"
got=$?
[ "$got" -eq 75 ] && run onward --resume && same onward
result $? "stopped on the way to day 30, then to 35: as one to 35 from the start"
refused 2 '"until_days: 35" there is "until_days: 34" now' onward --resume --until 34
result $? "an earlier end is refused"
refused 2 '"seed: 1" there is "seed: 2" now' onward --resume --until 40 --seed 2
result $? "a later end with another seed is refused"

echo "# damage: the checkpoint before is used, or it is refused"
run broken
hurt() { # HOW FILE SEED: cuts, empties or flips a bit of it
    case $1 in
    cut) truncate -s $(($(stat -c %s "$2") * ($3 % 100) / 100)) "$2" ;;
    empty) : > "$2" ;;
    flip) # the byte there, exclusive-or 1
        local at=$((($3 * 7919) % $(stat -c %s "$2"))) byte
        byte=$(od -An -tu1 -j "$at" -N 1 "$2")
        printf "\\$(printf %o $((byte ^ 1)))" | dd of="$2" bs=1 seek="$at" conv=notrunc 2> /dev/null ;;
    esac
}
good=0 tries=0
for how in cut cut empty flip flip flip; do
    tries=$((tries + 1))
    rm -rf hurt && cp -R broken hurt
    hurt $how hurt/checkpoint.hdf $((RANDOM + tries * 13))
    run hurt --resume && grep -q "trying the one before" stderr && same hurt && good=$((good + 1)) || cat stderr
done
[ "$good" -eq "$tries" ]
result $? "$tries damaged checkpoints: the one before is used"
rm -rf hurt && cp -R broken hurt
: > hurt/checkpoint.hdf
hurt flip hurt/checkpoint-previous.hdf 12345
refused 2 "no checkpoint there is whole; start anew with --force" hurt --resume
result $? "both damaged: refused"

echo "# no checkpoint yet: --resume begins, and says so"
begins() { # DIR: in one line, to the bytes of a run never stopped
    "$marrow" run "$configs/label.yaml" -o "$1" "${options[@]:0:8}" --resume > stdout 2> stderr
    [ "$(grep -c 'no checkpoint there yet; the run begins at its beginning' stderr)" -eq 1 ] && same "$1"
}
mkdir -p empty early/snapshots && : > empty/config.yaml.part
cp straight/config.yaml early && head -n 3 straight/timeseries.csv > early/timeseries.csv
for dir in missing empty early; do
    begins "$dir"
    result $? "a folder that is $dir"
done
run early --resume && same early && rm early/checkpoint*.hdf
refused 2 '"seed: 1" there is "seed: 2" now' early --resume --seed 2
result $? "without a checkpoint too, another config is refused"
mkdir shorter && sed "s/until_days: 35/until_days: 5/" straight/config.yaml > shorter/config.yaml
run shorter --resume && same shorter
result $? "a run to day 5 killed before its first checkpoint goes on to 35"

echo "# what does not belong to the run"
mkdir other
echo mine > other/notes.txt
refused 2 "holds other files (notes.txt)" other --resume
result $? "a folder of other files"
refused 2 '"seed: 1" there is "seed: 2" now' broken --resume --seed 2
result $? "another config: the difference is named"
refused 2 "exclude each other" broken --resume --force
result $? "--resume with --force"
rm -rf hurt && cp -R broken hurt
sed -i '3s/1/2/' hurt/timeseries.csv
refused 2 "timeseries.csv: was changed since the checkpoint was written" hurt --resume
result $? "a table changed by hand"

[ "$failures" -eq 0 ]
