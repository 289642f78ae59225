#!/bin/bash
# marrow view --headless: scripts drive a session, and whatever was looked at, gone back to or done, the files are
# those of a run that did the same without. Run by tests/run.sh, which sets MARROW.
. tests/script.sh

fakes=$(dirname "$marrow")/tests
cd "$work" || exit 1
export MARROW_CACHE_DIR=$work/cache
options=(-s simulation.agents=20000 --until 20)

# view WORD... < SCRIPT
view() {
    cat > script
    "$marrow" view "$configs/label.yaml" "${options[@]}" --headless --script script "$@"
}

run() { # DIR WORD...
    local dir=$1
    shift
    "$marrow" run "$configs/label.yaml" "${options[@]}" -q -o "$dir" "$@"
}

same() { # A B: the same files, the same cells
    local file bad=0
    for file in timeseries.csv events.csv doses.csv config.yaml labs.csv outcome.json; do
        [ -e "$1/$file" ] || [ -e "$2/$file" ] || continue
        cmp "$1/$file" "$2/$file" || bad=1
    done
    [ "$(grep state_hash "$1/run.json")" = "$(grep state_hash "$2/run.json")" ] || bad=1
    return "$bad"
}

field() { # NAME FILE.json: what stands behind "NAME":
    sed -n "s/^  \"$1\": \(.*[^,]\),*\$/\1/p" "$2"
}

equal() { # NAME FILE VALUE
    [ "$(field "$1" "$2")" = "$3" ] || { echo "  $2: $1 is $(field "$1" "$2"), not $3"; return 1; }
}

refused() { # CODE TEXT COMMAND...: ends with that status, one line and that text
    local code=$1 text=$2 got
    shift 2
    "$@" > stdout 2> stderr
    got=$?
    [ "$got" -eq "$code" ] && [ "$(wc -l < stderr)" -eq 1 ] && grep -qF -- "$text" stderr ||
        { echo "  exit $got"; cat stderr; return 1; }
}

echo "# looking on"
run straight
view -o watched <<'END'
look mode=dots colour=cd22
flow across=fsc up=ssc
step 5
picture 1.png
cytometer 1f.png
until 9
look mode=density zoom=3 x=100
picture 2.png
until end
END
result $? "a script runs to its end"
check "the files are those of marrow run" same straight watched
check "pictures are PNG files" sh -c 'file 1.png 1f.png 2.png | grep -c "PNG image data" | grep -qx 3'
check "nothing is written without -o" sh -c 'mkdir empty && cd empty && exec "$@" && [ -z "$(ls)" ]' sh \
    "$marrow" view "$configs/label.yaml" "${options[@]}" --headless

echo "# actions"
view -o done <<'END'
until 3
dose 0.6 2
until 5.5
set cells.blast.hmax_per_h=0.08
hold 24
until 8
scale 0.5
until end
END
result $? "dose, hold, scale and set"
check "events.csv has them" sh -c '[ "$(grep -c ",action,user,," done/events.csv)" -eq 4 ]'
check "they change the run" sh -c '! cmp -s straight/timeseries.csv done/timeseries.csv'
run again --actions done/events.csv
check "replayed from events.csv: the same files" same done again
run threads --actions done/events.csv --threads 3 -b cpu
check "replayed on three threads" same done threads
view -o viewed --actions done/events.csv < /dev/null
check "replayed in the viewer, with an empty script" test -d viewed
"$marrow" view "$configs/label.yaml" "${options[@]}" --headless -o viewed --force --actions done/events.csv
check "replayed in the viewer: the same files" same done viewed
view -o left <<'END'
until 4
dose 0.4 1
until 7
skip
END
result $? "left on the day of the last thing done"
run ended --until 7 --actions left/events.csv
check "done by a run that ends there" cmp left/events.csv ended/events.csv
run ended --until 20 --resume --actions left/events.csv
run beyond --actions left/events.csv
check "gone on from there: as if it had not ended" same beyond ended
run short --until 5 --actions left/events.csv 2> stderr
check "what comes after the end is said" grep -q "1 of 2 come after day 5, the end" stderr
view -o again <<'END'
until 3
skip
seek 2
seek 3
scale 0.5
until 5
END
result $? "gone back to a day, and done more on it"
check "what was done there before stays, and comes first" sh -c '[ "$(grep -c "^72,action,user" again/events.csv)" -eq 2 ] && grep "^72,action" again/events.csv | head -n 1 | grep -q skip'
printf 'time_h,kind,code,value,detail\n24,action,user,,stop\n48,action,user,,skip\n' > impossible.csv
check "an action of a list that cannot be done ends a run" refused 2 "no dose is coming at hour 48" run impossible --actions impossible.csv
check "a session goes on without it, and says so" refused 2 "no dose is coming at hour 48; add one first; left out" \
    "$marrow" view "$configs/label.yaml" "${options[@]}" --headless -o possible --actions impossible.csv
check "to its end" grep -q '"result":.*"finished"' possible/run.json

echo "# killed"
view -o early <<'END'
until 3
dose 0.6 2
until 5
END
result $? "left on day 5"
cp -r early killed
view -o killed --resume <<'END'
until 7
hold 24
until 9
set cells.blast.hmax_per_h=0.08
until end
END
run unkilled --actions killed/events.csv
check "left and gone on with: as done by a run" same unkilled killed
cp -r killed anew && rm anew/checkpoint* anew/run.json # killed before its first checkpoint, in the middle of a line
printf '480,action,user,,sk' >> anew/events.csv
cp -r killed before && cp early/checkpoint.hdf before && rm -f before/checkpoint-previous.hdf
for dir in anew before; do
    "$marrow" run "$configs/label.yaml" "${options[@]}" -o "$dir" --resume 2> stderr
    check "killed ($dir): what was done by hand is done again" same unkilled "$dir"
    check "and said" grep -q "$([ $dir = anew ] && echo 3 || echo 2) of the actions in events.csv will be done again" stderr
done
sed 's/,user,,set/,user,,dose 0.2 1\nset/' done/events.csv > broken.csv
run doses --dosing done/doses.csv -s cells.blast.hmax_per_h=0.05 --until 5
check "doses.csv has the doses by hand" sh -c 'awk -F, "\$1 == 1 && \$2 == 72" done/doses.csv | grep -q .'

echo "# live keys"
values=(drug.dar=4 drug.kon_per_nm_h=1 drug.koff_per_h=0.2 drug.cl1_l_per_h=0.05 drug.q_l_per_h=0.06 drug.ps_l_per_h=0.3
    drug.kp=0.4 cells.blast.kint_per_h=0.5 cells.blast.recycled_fraction=0.5 cells.blast.hill_n=1.5
    cells.blast.hmax_per_h=0.09 cells.blast.egress_per_d=0.01 cells.b_mature.klys_per_h=0.1 cells.apoptosis_mean_h=10)
view <<< "$(printf 'set %s\n' "${values[@]}"; printf 'until 5\nstate set.json')"
given=()
for value in "${values[@]}"; do given+=(-s "$value"); done
view "${given[@]}" <<< $'until 5\nstate given.json'
check "set before the first interval or given at the start: the same cells" cmp set.json given.json

echo "# stopped and resumed with actions"
fine=(-s simulation.dt_h=0.05 --until 9 --actions done/events.csv)
"$marrow" run "$configs/label.yaml" "${options[@]}" "${fine[@]}" -q -o half 2> stderr &
pid=$!
for ((i = 0; i < 1000; i++)); do # until the key is set
    grep -qs ",action,user,,set" half/events.csv && break
    sleep 0.01
done
kill -TERM "$pid" 2> kill
wait "$pid"
if [ $? -eq 75 ]; then
    "$marrow" run "$configs/label.yaml" "${options[@]}" "${fine[@]}" -q -o whole
    cp -r half other
    printf 'time_h,kind,code,value,detail\n1,action,user,,skip\n' > 1.csv
    check "resumed with another list: refused" refused 2 "does not begin with what was done before" \
        "$marrow" run "$configs/label.yaml" "${options[@]}" "${fine[@]}" -q -o other --resume --actions 1.csv
    "$marrow" run "$configs/label.yaml" "${options[@]}" "${fine[@]}" -q -o half --resume
    check "resumed after a key was set: the files of a run never stopped" same whole half
else
    echo "skip - resumed after a key was set: the run was never caught between"
fi

"$marrow" view "$configs/label.yaml" "${options[@]}" -s simulation.dt_h=0.05 --headless -o signal 2> stderr &
pid=$!
for ((i = 0; i < 1000; i++)); do
    [ -e signal/timeseries.csv ] && [ "$(wc -l < signal/timeseries.csv)" -gt 3 ] && break
    sleep 0.01
done
kill -TERM "$pid"
wait "$pid"
check "a session without a window stops at a signal: 75" test $? -eq 75
check "and says so" grep -q "stopped by a signal at day" stderr
printf 'until end\n' > end
"$marrow" view "$configs/label.yaml" "${options[@]}" -s simulation.dt_h=0.05 --headless --script end -o signal --resume
"$marrow" run "$configs/label.yaml" "${options[@]}" -s simulation.dt_h=0.05 -q -o nosignal
check "it goes on with --resume, to the same files" same signal nosignal

echo "# going back"
view -o back <<'END'
until 3
dose 0.6 2
until 5.5
set cells.blast.hmax_per_h=0.08
hold 24
until 8
state 8.json
seek 2
state 2.json
seek 7.25
seek 8
state 8again.json
scale 0.5
until 12
seek 4
until end
seek 0
seek 20
END
result $? "back and forth"
check "comes to the same state" cmp 8.json 8again.json
check "leaves the files of a run that never went back" same done back
check "the days run again give no second row" equal rows 2.json "[33]"
check "what is to come is known" equal latest_day 2.json 8

echo "# branches"
view -o branch <<'END'
until 10
state first.json
seek 4
branch
state before.json
until 10
state second.json
seek 4
dose 1.2
save here
until 10
state third.json
load here
until 10
state fourth.json
until end
END
result $? "a branch"
check "the same luck: as if nothing had been done later" test "$(field state_hash first.json)" = "$(field state_hash second.json)"
check "another dose, another fate" test "$(field state_hash first.json)" != "$(field state_hash third.json)"
check "a saved moment leads there again" test "$(field state_hash third.json)" = "$(field state_hash fourth.json)"
check "three branches, each with its rows" equal rows fourth.json "[41, 41, 41]"
run replay --actions branch/events.csv
check "the last branch, replayed" same branch replay

view <<'END'
until 6
state seed1.json
save one
dose 2
until 10
state dosed.json
seek 2
dose 0.1
until 10
load one
state one.json
until 10
state undosed.json
seed 7
until 6
state seed7.json
END
result $? "a moment of another branch, another seed"
check "the moment is what it was" test "$(field state_hash seed1.json)" = "$(field state_hash one.json)"
check "what was done after it is not done again" test "$(field state_hash undosed.json)" = "$(field state_hash first.json)"
check "seed 7 is another run" test "$(field state_hash seed1.json)" != "$(field state_hash seed7.json)"
run seeded --seed 7 --until 6
check "and the one of --seed 7" test "$(field state_hash seed7.json)" = "\"$(sed -n 's/.*"state_hash":.*"\(.*\)".*/\1/p' seeded/run.json)\""

view -o loaded <<'END'
until 4
dose 0.5
save with
until 9
seek 2
skip
until 6
load with
until end
END
result $? "a moment of another branch, with files"
view -o unloaded <<'END'
until 4
dose 0.5
until end
END
check "they end as those of a run that never left it" same loaded unloaded

echo "# everything at once: clinic, snapshots, going back"
more=(-s clinic.enabled=true -s policy.rules=label --snapshot-every 5)
run clinic "${more[@]}"
view -o clinic-view "${more[@]}" <<'END'
until 12
seek 3
until 17
seek 16
until end
END
check "the clinic's files are those of marrow run" same clinic clinic-view
check "and the snapshots" diff -r clinic/snapshots clinic-view/snapshots

echo "# chosen cells"
view <<'END'
until 2
follow 300 300
follow 420 100
look zoom=12 x=150 y=99
follow 400 400
until 15
state traced.json
seek 1
seek 15
state retraced.json
unfollow
state none.json
END
result $? "cells are followed"
check "their ends are known, daughters with them" sh -c '[ "$(grep -c "\"identity\"" traced.json)" -ge 3 ]'
check "the same when gone over again" cmp traced.json retraced.json
check "none after unfollow" sh -c '! grep -q "\"identity\"" none.json'

echo "# the same pictures everywhere"
pictures() { # DIR WORD...
    local dir=$1
    shift
    mkdir "$dir" && sed "s|FILE|$dir/p|" > script <<'END' &&
until 3
look width=320 height=240 colour=damage
picture FILE1.png
look zoom=9 x=100 y=200 colour=kind
picture FILE2.png
look mode=density zoom=0.5
picture FILE3.png
flow across=ssc up=bound bins=100
cytometer FILE4.png
follow 200 150
state FILE.json
END
    "$marrow" view "$configs/label.yaml" -s simulation.agents=5000 --until 4 --headless --script script "$@"
}
pictures cpu -b cpu --threads 1
result $? "pictures on the processor"
for other in "-b cpu --threads 3" "-b cpu --device 0,0" "-b opencl --shape pages" "-b opencl --lanes 64" "-b cuda" "-b cuda --device 0,1"; do
    rm -rf other
    # shellcheck disable=SC2086
    if LD_LIBRARY_PATH=$fakes/cuda:$fakes/nvrtc FAKE_CUDA_CAPABILITY=90,90 pictures other $other 2> stderr; then
        check "$other: the same pictures, the same cell" diff -r cpu other
    elif grep -q "no devices\|no OpenCL" stderr; then
        echo "skip - $other: $(head -1 stderr)"
    else
        cat stderr
        result 1 "$other"
    fi
done

echo "# mistakes"
check "a wrong word names its line and the nearest" refused 2 "script:2: untl: no such command; did you mean until?" view <<< $'step\nuntl 3'
check "nothing is done before the whole script is read" refused 2 "script:3: dose: takes" view -o never <<< $'until 20\n\ndose'
check "no folder then" test ! -e never
check "a command that cannot be done ends the script" refused 2 "released, but not held" view <<< $'step\nrelease\npicture never.png'
check "what follows it is not done" test ! -e never.png
check "a key that is not live" refused 2 "patient.bsa_m2 is fixed when a run starts" view <<< 'set patient.bsa_m2=2'
check "a day beyond the end" refused 2 "the run has days 0 to 20" view <<< 'until 21'
check "another seed in one folder" refused 2 "holds this run's files" view -o seeds <<< 'seed 3'
check "a picture that cannot be written" refused 1 "/nowhere/p.png: cannot be written" view <<< 'picture /nowhere/p.png'
check "another run's folder stays" refused 2 "holds a different run" view -o straight -s simulation.seed=2 <<< step
check "an events file that is none" refused 2 "done/doses.csv:1: not a file of actions" run x --actions done/doses.csv
check "an action that is none" refused 2 "bad.csv:2: dance: no such action" sh -c 'printf "time_h,kind,code,value,detail\n1,action,user,,dance\n" > bad.csv; exec "$@"' sh "$marrow" run "$configs/label.yaml" -o x --actions bad.csv
cp "$marrow" alone
check "no window program: 69, and what to do" refused 69 "use --headless with --script" ./alone view "$configs/label.yaml"
if command -v mpirun > mpi; then
    check "under mpirun: 69" sh -c 'mpirun --allow-run-as-root --oversubscribe -n 2 "$@" > out 2>&1; [ $? -eq 69 ] && grep -q "run it without mpirun" out' sh "$marrow" view "$configs/label.yaml" --headless
else
    echo "skip - under mpirun: no mpirun"
fi
check "in vitro: a concentration, no dose" sh -c 'printf "step 24\nset drug.constant_ng_per_ml=50\nstep 24\nstate vitro.json\ndose 1\n" > vitro; "$@" 2> stderr; [ $? -eq 2 ] && grep -q "cells in vitro get no doses" stderr && grep -q "adc_central_ng_ml\": 50" vitro.json' sh "$marrow" view "$configs/invitro.yaml" --headless --script vitro

[ "$failures" -eq 0 ]
