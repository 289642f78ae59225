#!/bin/bash
# One population over several pools and processes gives the bytes of one: any list of devices, any number of MPI ranks, with
# splitting, thinning, mutants and class changes. Run by tests/run.sh, which sets MARROW; by hand from the repository's root.
. tests/script.sh

export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
many=(mpirun --oversubscribe --bind-to none -n)

hash_of() { grep -o '"state_hash":[^,]*' "$1/run.json"; }

# same NAME DIR: DIR holds the files and the final state of the reference.
same() {
    local name=$1 other=$2 bad=0 file
    for file in timeseries.csv events.csv doses.csv config.yaml; do
        cmp "$reference/$file" "$other/$file" || bad=1
    done
    [ "$(hash_of "$reference")" = "$(hash_of "$other")" ] || bad=1
    echo "  $(hash_of "$other"), timeseries.csv $(cksum < "$other/timeseries.csv" | cut -d ' ' -f 1)"
    result "$bad" "$name"
}

have_mpi() { command -v mpirun > /dev/null && ! "$marrow" version | grep -q '^MPI *none'; }

compare() { # CASE WORD...: the same patient on several pools and ranks
    local case=$1 devices ranks
    shift
    reference=$work/$case-1
    "$marrow" run "$@" -q -b cpu --threads 1 -o "$reference" || result 1 "$case: runs"
    for devices in 0,0 0,0,0; do
        "$marrow" run "$@" -q -b cpu --device "$devices" -o "$work/$case-$devices"
        same "$case: devices $devices" "$work/$case-$devices"
    done
    if ! have_mpi; then
        echo "skip - $case: ranks: no mpirun here, or marrow was built without MPI"
        return
    fi
    for ranks in 1 2 3; do
        "${many[@]}" "$ranks" "$marrow" run "$@" -q -b cpu --threads 1 -o "$work/$case-ranks-$ranks"
        same "$case: $ranks ranks" "$work/$case-ranks-$ranks"
    done
}

# rows_end DIR: the last row is of the last moment at which one was due.
rows_end() {
    local every reached last
    every=$(awk '$1 == "output_every_h:" { print $2 }' "$1/config.yaml")
    reached=$(awk -F '[:,]' '/"time_h"/ { print $2 + 0 }' "$1/run.json")
    last=$(tail -n 1 "$1/timeseries.csv" | cut -d , -f 1)
    echo "  stopped at hour $reached, last row of hour $last, one every $every"
    awk -v t="$reached" -v last="$last" -v every="$every" 'BEGIN { exit last != int(t / every + 1e-9) * every }'
}

compare label "$configs/label.yaml" -s simulation.agents=30000 --until 25
compare mutants "$configs/cd22-loss.yaml" -s simulation.agents=20000 -s cells.blast.cd22_loss_per_division=1e-6 --until 15
compare growth "$configs/untreated.yaml" -s simulation.agents=20000 -s patient.marrow_room_factor=50 \
    -s simulation.dt_h=2 --until 60

if have_mpi; then
    "${many[@]}" 2 "$marrow" run "$configs/none.yaml" -o "$work/none" > "$work/out" 2>&1
    result $(($? == 2 ? 0 : 1)) "a missing config under mpirun: exit status 2"
    # Few agents: Open MPI kills whoever is still there a second after it passed the signal on.
    "${many[@]}" 2 "$marrow" run "$configs/label.yaml" -s simulation.agents=50000 --until 3650 -q --threads 1 \
        -o "$work/stopped" > "$work/out" 2>&1 &
    launcher=$!
    for _ in $(seq 100); do [ -s "$work/stopped/timeseries.csv" ] && break; sleep 0.1; done
    kill -TERM "$launcher"
    wait "$launcher"
    echo "  exit status $?: $(grep -m 1 'marrow:' "$work/out")"
    grep -q '"result":.*"stopped"' "$work/stopped/run.json"
    result $? "SIGTERM to mpirun: all ranks stop after one interval, and say so"
    rows_end "$work/stopped"
    result $? "SIGTERM to mpirun: the last row that was due is there"

    # One process dies without a word: mpirun ends the others, and soon.
    "${many[@]}" 2 "$marrow" run "$configs/label.yaml" -q --threads 1 -o "$work/dead" > "$work/out" 2>&1 &
    launcher=$!
    for _ in $(seq 100); do [ -s "$work/dead/timeseries.csv" ] && break; sleep 0.1; done
    one=$(pgrep -P "$launcher" -x marrow | tail -n 1)
    kill -KILL "$one"
    for _ in $(seq 200); do kill -0 "$launcher" 2> "$work/gone" || break; sleep 0.1; done
    if kill -0 "$launcher" 2> "$work/gone"; then
        kill -KILL "$launcher"
        result 1 "a process that dies: the run is still there after 20 s"
    fi
    wait "$launcher"
    status=$?
    echo "  exit status $status; $(grep -m 1 -i 'signal' "$work/out"); rows: $(wc -l < "$work/dead/timeseries.csv")"
    result $((status == 0)) "a process that dies: the run ends, and not with status 0"
    awk -F , 'NR == 1 { n = NF } NF != n { bad = 1 } END { exit bad || NR < 2 }' "$work/dead/timeseries.csv"
    result $? "a process that dies: the rows up to there are whole"

    # One process fails where the others do not: what they add up next is not the same thing, and is not used.
    cat > "$work/limit.sh" << 'EOF'
[ "$OMPI_COMM_WORLD_RANK" != 0 ] || ulimit -f 8
exec "$@"
EOF
    "${many[@]}" 2 bash "$work/limit.sh" "$marrow" run "$configs/label.yaml" -s simulation.agents=20000 --until 60 -q \
        --threads 1 -o "$work/limited" > "$work/out" 2>&1
    status=$?
    echo "  exit status $status: $(grep -m 1 'marrow:' "$work/out")"
    grep -q 'timeseries.csv: cannot be written' "$work/out" && [ "$status" -eq 1 ]
    result $? "one process of two fails: its message, status 1"
    grep -q '"state_hash":.*"0000000000000000"' "$work/limited/run.json"
    result $? "one process of two fails: no hash of what was not one state"
fi
[ "$failures" -eq 0 ]
