#!/bin/bash
# marrow sweep: each run the bytes of `marrow run`, whatever is at once, in slices, over ranks, killed or stopped and
# resumed; one that fails leaves the others alone. Run by tests/run.sh, which sets MARROW; by hand from the
# repository's root.
. tests/script.sh

cd "$work" || exit 1
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
grid=("$configs/label.yaml" -s simulation.agents=2000 --until 22
    --vary patient.marrow_blast_fraction=0.5,0.7,0.9 --vary dosing.mg_per_m2=1,1.8)

sweep() { # CODE WORD...: exits CODE
    local code=$1 got
    shift
    "$marrow" sweep -q "$@" > stdout 2> stderr
    got=$?
    [ "$got" -eq "$code" ] || { echo "# exit $got"; cat stderr; return 1; }
}

refused() { # NAME CODE TEXT WORD...
    local name=$1 code=$2 text=$3
    shift 3
    sweep "$code" "$@" && grep -qF -- "$text" stderr
    result $? "$name"
}

table() { sed 's/,[^,]*$//' "$1/runs.csv"; } # without wall_s, the last column

same_table() { cmp <(table "$1") <(table "$2"); }

column() { # DIR NAME: a column of runs.csv without quoted fields
    awk -F, -v name="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) c = i; next } { print $c }' "$1/runs.csv"
}

same_run() { # FOLDER FOLDER
    local file
    for file in timeseries.csv events.csv doses.csv config.yaml; do cmp "$1/$file" "$2/$file" || return 1; done
    [ "$(grep state_hash "$1/run.json")" = "$(grep state_hash "$2/run.json")" ]
}

same_runs() { # DIR DIR
    local run
    for run in "$1"/runs/*; do same_run "$run" "$2/runs/${run##*/}" || return 1; done
}

echo "# a grid"
check "six runs, two at once" sweep 0 "${grid[@]}" -j 2 -o grid
check "the plan is a table" test "$(wc -l < grid/plan.csv)" -eq 7
"$marrow" run "$configs/label.yaml" -s simulation.agents=2000 --until 22 -s patient.marrow_blast_fraction=0.7 \
    -s dosing.mg_per_m2=1.8 -q -o alone
check "the fourth is what marrow run gives" same_run alone grid/runs/000004
check "no checkpoint is kept of finished runs" test ! -e grid/runs/000001/checkpoint.hdf
check "one at once, three threads" sweep 0 "${grid[@]}" -j 1 --threads 3 --keep-checkpoints -o one
check "the same runs" same_runs grid one
check "the same table" same_table grid one
check "checkpoints where wanted" test -e one/runs/000001/checkpoint.hdf
check "the plan as --table" sweep 0 "${grid[@]:0:5}" --table grid/plan.csv -o again
check "gives the same" same_table grid again
first=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "marrow_blast_fraction") c = i; next }
                 $c < 0.05 { print $1 / 24; exit }' grid/runs/000003/timeseries.csv)
check "first day below 5 % as awk finds it: $first" test "$(column grid blasts_below_5_percent_day | sed -n 3p)" = "$first"
check "hashes are those of run.json" test "$(column grid state_hash)" = \
    "$(sed -n 's/.*"state_hash":.*"\(.*\)".*/\1/p' grid/runs/*/run.json)"
check "sweep.json says finished" grep -q '"result":.*"finished"' grid/sweep.json

echo "# a table"
printf '\xef\xbb\xbfpatient.sex,name,simulation.seed\r\nmale,"Smith, ""J""",7\r\n,plain,\r\nfemale,,9\r\n' > table.csv
check "as other programs write it" sweep 0 "${grid[@]:0:5}" --table table.csv -o table
check "names are quoted" grep -qF '1,"Smith, ""J""",male,7,finished' table/runs.csv
check "an empty field is the config's" grep -q 'seed: 1$' table/runs/000002/config.yaml

check "with a clinic: its outcome" sweep 0 "${grid[@]:0:5}" -s clinic.enabled=true --vary policy.rules=label,none -o clinic
check "of each run, as in outcome.json" test "$(column clinic outcome_best_response)" = \
    "$(sed -n 's/.*"best_response":.*"\(.*\)".*/\1/p' clinic/runs/*/outcome.json)"
check "null is an empty field" test "$(column clinic outcome_death_day | tr -d '\n')" = ""

echo "# mistakes are found before anything runs"
refused "nothing varies" 2 "nothing varies" "${grid[@]:0:5}" -o x
refused "no values" 2 "no list of values" "${grid[@]}" --vary simulation.seed -o x
refused "a key twice" 2 "dosing.mg_per_m2: varied twice" "${grid[@]}" --vary dosing.mg_per_m2=2 -o x
refused "a key there is not" 2 "did you mean simulation.seed" "${grid[@]}" --vary simulation.sed=1,2 -o x
refused "a value out of range, its run" 2 "run 2: --set patient.age_years=400" "${grid[@]:0:5}" \
    --vary patient.age_years=40,400 -o x
printf 'patient.age_years,patient.sex\n40,male\n41\n' > short.csv
refused "a row too short" 2 "short.csv: row 2 has more or fewer fields" "${grid[@]:0:5}" --table short.csv -o x
refused "no table" 2 "nowhere.csv: cannot be read" "${grid[@]:0:5}" --table nowhere.csv -o x
refused "half a slice" 2 "belong together" "${grid[@]}" --index 0 -o x
refused "a slice there is not" 2 "counted from 0 to 1" "${grid[@]}" --index 2 --of 2 -o x
check "and nothing was made" test ! -e x
refused "the same sweep again" 2 "go on with --resume" "${grid[@]}" -o grid
refused "another sweep there" 2 "holds a different sweep (plan.csv differs)" "${grid[@]}" --vary simulation.seed=1,2 -o grid
refused "another config there" 2 "holds a different sweep (config.yaml differs)" "${grid[@]}" --until 24 --resume -o grid
refused "other files there" 2 "holds no sweep but other files" "${grid[@]}" --force -o alone
refused "no sweep to go on with" 2 "holds no sweep" --resume -o alone
check "the table is as it was" same_table grid one

echo "# a run that fails"
check "exit status 1" sweep 1 "${grid[@]:0:5}" --vary simulation.capacity=0,1,60000 -o bad
check "the others are done" test "$(column bad result | tr '\n' ' ')" = "finished failed finished "
check "its error is said" grep -q "^run 2 failed (simulation.capacity=1): .*capacity" stderr
check "and in the table" grep -q '^2,.*,failed,"\?simulation.capacity' bad/runs.csv
check "tried again with --resume" sweep 1 --resume -o bad
refused "no device for any of them" 69 "backend cuda" "${grid[@]}" -b cuda --device 99 -o nodevice

echo "# slices"
for i in 2 0 1; do sweep 0 "${grid[@]}" --index $i --of 3 --resume -o slices || cat stderr; done
check "the last one makes the table" same_table grid slices
check "of the same runs" same_runs grid slices
rm slices/runs.csv
rm -r slices/runs/000005
check "merged with one missing" sweep 0 --merge -o slices
check "which is waiting" test "$(column slices result | sed -n 5p)" = waiting

echo "# stopped, killed, resumed"
slow=("$configs/label.yaml" -s simulation.agents=10000 -s simulation.dt_h=0.25 --checkpoint-every 0.001
    --vary simulation.until_days=2,3,40)
check "never stopped" sweep 0 "${slow[@]}" -o straight
begin() { # DIR: a sweep in the background, the long run at work
    "$marrow" sweep -q "${slow[@]}" -j 2 -o "$1" 2> stderr &
    pid=$!
    for ((n = 0; n < 2000; n++)); do [ -e "$1/runs/000003/checkpoint.hdf" ] && break; sleep 0.005; done
}
interrupt() { # SIGNAL DIR: before it is done; where the machine was too busy to be in time, once more
    for ((try = 0; try < 5; try++)); do
        rm -rf "$2"
        begin "$2"
        kill -"$1" "$pid"
        wait "$pid" 2> /dev/null
        got=$?
        grep -q '"finished",' "$2/runs/000003/run.json" || return 0
        echo "# too late, again"
    done
}
for signal in TERM USR1; do
    interrupt "$signal" "by$signal"
    [ "$got" -eq 75 ] && grep -q "stopped by SIG$signal; . of 3 runs are finished; go on with --resume" stderr
    result $? "SIG$signal: status 75"
    check "what was at work went to its checkpoint" grep -q '"stopped"' "by$signal/runs/000003/run.json"
    sweep 0 --resume -o "by$signal"
    check "and goes on to the same table" same_table straight "by$signal"
    check "not from the start" grep -q '"resumed_from_h":.*[1-9]' "by$signal/runs/000003/run.json"
done
interrupt KILL killed
sweep 0 --resume -o killed
check "kill -9, resumed: the same table" same_table straight killed
check "the same runs" same_runs straight killed
begin both
sweep 0 "${slow[@]}" --resume -o both
result $? "two sweeps in one folder at once"
wait "$pid"
check "both end well" test $? -eq 0
check "in the same table" same_table straight both
check "no run was done twice" test "$(grep -c '"resumed_from_h":.*0,' both/runs/*/run.json | grep -c ':1')" -eq 3

echo "# what it says"
"$marrow" sweep --json "${grid[@]}" -o json 2> stderr
check "JSON, a line each" test "$(grep -c '^{"event":"\(start\|run\|end\)".*}$' stderr)" -eq 8
check "nothing else" test "$(wc -l < stderr)" -eq 8
"$marrow" sweep "${grid[@]}" -o lines 2> stderr
check "else two lines" grep -q '^6 of 6 runs finished, 0 failed, in .* s; see lines$' stderr

TERM=xterm script -qec "$marrow sweep ${grid[*]} -o tty" typed > /dev/null
check "on a terminal: how many are done" grep -q '[1-5] of 6 runs done, [0-9]* s left' typed

if command -v mpirun > /dev/null && ! "$marrow" version | grep -q '^MPI *none'; then
    many=(mpirun --oversubscribe --bind-to none -n 2)
    "${many[@]}" "$marrow" sweep -q "${grid[@]}" -o ranks > stderr 2>&1
    check "two ranks" test $? -eq 0
    check "the same table over ranks" same_table grid ranks
    check "the same runs over ranks" same_runs grid ranks
    "${many[@]}" "$marrow" sweep -q "${grid[@]:0:5}" --vary simulation.capacity=0,1,60000 -o bad-ranks > stderr 2>&1
    check "one fails over ranks: status 1" test $? -eq 1
    check "and one message" test "$(grep -c 'marrow: 1 of 3 runs failed' stderr)" -eq 1
    check "the same table then" same_table bad bad-ranks
    "${many[@]}" "$marrow" sweep -q "${slow[@]}" -o dead > stderr 2>&1 &
    launcher=$!
    for ((n = 0; n < 2000; n++)); do [ -e dead/runs/000003/checkpoint.hdf ] && break; sleep 0.01; done
    kill -KILL "$(pgrep -P "$launcher" -x marrow | tail -n 1)"
    wait "$launcher"
    check "a rank that dies ends the others" test $? -ne 0
    check "runs that were finished are there" grep -q '"finished"' dead/runs/000001/run.json
    sweep 0 --resume -o dead
    check "and the rest is done without it" same_table straight dead
else
    echo "skip - ranks: no mpirun here, or marrow was built without MPI"
fi

[ "$failures" -eq 0 ]
