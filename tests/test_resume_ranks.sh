#!/bin/bash
# A run of several processes that is killed or stopped goes on with any other number of them, on a list of devices or on
# OpenCL, to the files of a run that was never stopped. Run by tests/run.sh, which sets MARROW. KILLS=10 kills more often.
. tests/script.sh

cd "$work" || exit 1
kills=${KILLS:-2}
RANDOM=20262
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
options=(-s simulation.agents=40000 -s simulation.dt_h=0.25 --until 25 --checkpoint-every 0.0005 -q --threads 1)

if ! command -v mpirun > /dev/null || "$marrow" version | grep -q '^MPI *none'; then
    echo "skip - resuming on ranks: no mpirun here, or marrow was built without MPI"
    exit 0
fi

run() { # RANKS DIR OPTION...: RANKS 0 is without mpirun
    local ranks=$1 dir=$2 launch=()
    shift 2
    [ "$ranks" -eq 0 ] || launch=(mpirun --oversubscribe --bind-to none -n "$ranks")
    exec "${launch[@]}" "$marrow" run "$configs/label.yaml" -o "$dir" "${options[@]}" "$@" > "$dir.out" 2>&1
}

same() { # DIR: its files are those of `straight`
    local file
    for file in timeseries.csv events.csv doses.csv config.yaml; do
        cmp "straight/$file" "$1/$file" || return 1
    done
    [ "$(grep state_hash straight/run.json)" = "$(grep state_hash "$1/run.json")" ]
}

reached() { awk -F '[:,]' '/"time_h"/ { print $2 + 0 }' "$1/run.json"; }

# halted HOW RANKS DIR OPTION...: the run, ended once it has written a checkpoint: by TERM, all of it; by KILL, one of its
# processes, a moment later.
halted() {
    local how=$1 ranks=$2 dir=$3 launcher
    shift 3
    (run "$ranks" "$dir" "$@") &
    launcher=$!
    for ((n = 0; n < 500; n++)); do [ -e "$dir/checkpoint.hdf" ] && break; sleep 0.01; done
    if [ "$how" = TERM ]; then
        kill -TERM "$launcher"
    else
        sleep 0.$((RANDOM % 40 + 10))
        kill -KILL "$(pgrep -P "$launcher" -x marrow | sed -n "$((RANDOM % ranks + 1))p")"
    fi
    wait "$launcher" 2> /dev/null
}

(run 0 straight)
result $? "a run never stopped"

elsewhere=("2 --device 0" "0 --device 0,0,0" "1 --isa x86-64-v3" "0 -b opencl" "3 --device 0,0")
echo "# three processes, one of them killed; the run goes on elsewhere"
whole=0
for ((i = 0; i < kills; i++)); do
    halted KILL 3 "killed$i"
    status=$?
    read -r ranks where <<< "${elsewhere[i % 5]}"
    # shellcheck disable=SC2086 # an option and its value
    (run "$ranks" "killed$i" --resume $where)
    echo "# status $status, then $ranks ranks $where: from hour $(awk -F '[:,]' '/resumed_from_h/ { print $2 + 0 }' "killed$i/run.json")"
    if [ "$status" -ne 0 ] && same "killed$i"; then whole=$((whole + 1)); else cat "killed$i.out"; fi
done
[ "$whole" -eq "$kills" ]
result $? "killed on 3 ranks, the same bytes elsewhere: $whole of $kills"

echo "# stopped by SIGTERM, all of them"
halted TERM 2 stopped --until 3650
echo "# status $?, hour $(reached stopped): $(head -n 1 stopped.out)"
grep -q 'stopped by SIGTERM at day .*; go on with --resume' stopped.out
result $? "two processes stopped by SIGTERM name --resume"

echo "# further each time: 2, 3, 2 processes, three devices, OpenCL; ended on 3"
(run 2 chain --until 12)
for step in "3 --until 13.01" "2 --until 15 --device 0,0" "0 --until 17.3 --device 0,0,0" \
    "0 --until 19.99 -b opencl"; do
    read -r ranks more <<< "$step"
    # shellcheck disable=SC2086
    (run "$ranks" chain --resume $more)
    echo "# $ranks ranks $more: status $?, hour $(reached chain)"
done
(run 3 chain --resume)
same chain
result $? "gone on five times, on other processes and devices: the same bytes"

echo "# what several processes are told"
mkdir none other && cp straight/config.yaml none && : > other/notes.txt
(run 2 none --resume) && same none
result $? "no checkpoint yet: they begin"
(run 2 other --resume)
[ $? -eq 2 ] && grep -q "holds other files" other.out
result $? "a folder of other files"
(run 2 chain --resume --seed 2)
[ $? -eq 2 ] && grep -q '"seed: 1" there is "seed: 2" now' chain.out
result $? "another config: the difference is named"
cp -R chain hurt
truncate -s 1000 hurt/checkpoint.hdf
(run 2 hurt --resume) && grep -q "trying the one before" hurt.out && same hurt
result $? "a damaged checkpoint: the one before, on all of them"

[ "$failures" -eq 0 ]
