#!/bin/bash
# Snapshots: the same files from any number of threads, instruction set, device and after --resume; those of an earlier
# run go, other files stay; a full disk leaves no half of one. Run by tests/run.sh, which sets MARROW.
. tests/script.sh

cd "$work" || exit 1
options=(-s simulation.agents=30000 -s output.snapshot_agents=4000 --until 24 --snapshot-every 7 -q)

run() { # DIR OPTION...
    local dir=$1
    shift
    "$marrow" run "$configs/label.yaml" -o "$dir" "${options[@]}" "$@" > stdout 2> stderr || { sed 's/^/  /' stderr; return 1; }
}

same() { # DIR: its snapshots are those of `straight`
    diff -r straight/snapshots "$1/snapshots"
}

numbers() { # DIR: the snapshots in it, one line
    (cd "$1/snapshots" && echo *)
}

run straight --threads 1
result $? "a run with snapshots"
[ "$(numbers straight)" = "cells_000000.hdf cells_000001.hdf cells_000002.hdf cells_000003.hdf cells_000004.hdf" ]
result $? "at the start, each seven days, and at the end"
for file in straight/snapshots/*; do
    [ "$(head -c 8 "$file" | od -An -tx1 | tr -d ' ')" = 894844460d0a1a0a ] || { echo "  $file"; false; }
done
result $? "they are HDF5"

echo "# the same bytes"
run again --threads 1 && same again
result $? "once more"
run threads --threads 3 --isa x86-64-v3 && same threads
result $? "three threads, other instructions"
run devices --device 0,0,0 && same devices
result $? "three devices"
if "$marrow" devices | grep -q "^opencl .*usable$"; then
    run opencl -b opencl && same opencl
    result $? "OpenCL"
else
    echo "skip - OpenCL: no device here"
fi

export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
if command -v mpirun > /dev/null && ! "$marrow" version | grep -q '^MPI *none'; then
    # a session folder of its own: other tests may start mpirun at the same moment
    mpirun --mca orte_tmpdir_base "$work" --oversubscribe --bind-to none -n 3 "$marrow" run "$configs/label.yaml" -o ranks "${options[@]}" -b cpu --threads 1 2> stderr && same ranks
    result $? "three processes"
else
    echo "skip - three processes: no mpirun here, or marrow was built without MPI"
fi

echo "# stopped and resumed"
run stopped -s simulation.dt_h=0.05 && rm -rf wanted && mv stopped wanted
for ((n = 0; n < 20; n++)); do
    rm -rf stopped
    (exec "$marrow" run "$configs/label.yaml" -o stopped "${options[@]}" -s simulation.dt_h=0.05 > stdout 2> stderr) &
    pid=$!
    while [ ! -e stopped/snapshots/cells_000001.hdf ] && kill -0 "$pid" 2> /dev/null; do sleep 0.005; done
    kill -TERM "$pid" 2> /dev/null
    wait "$pid"
    [ $? -eq 75 ] && break
done
[ ! -e stopped/snapshots/cells_000004.hdf ]
result $? "a stopped run has no snapshot of the end"
echo half > stopped/snapshots/cells_000002.hdf.part
echo later > stopped/snapshots/cells_000999.hdf
run stopped -s simulation.dt_h=0.05 --resume && diff -r wanted/snapshots stopped/snapshots
result $? "resumed, it has the snapshots of a run never stopped, and what was half written or later is gone"
run stopped -s simulation.dt_h=0.05 --resume && diff -r wanted/snapshots stopped/snapshots
result $? "resumed at its end, all stay"

run longer --until 30 && run straight --until 30 --resume && [ "$(numbers straight)" = "$(numbers longer)" ] &&
    cmp longer/snapshots/cells_000004.hdf straight/snapshots/cells_000004.hdf &&
    cmp longer/snapshots/cells_000005.hdf straight/snapshots/cells_000005.hdf
result $? "with a later end, the snapshot of the first end makes room for those of its days"

echo "# another run in the folder"
echo mine > again/snapshots/cells_notes.txt
echo mine > again/snapshots/cells_000001.hdf.old
run again --until 8 --force && [ "$(numbers again)" = "cells_000000.hdf cells_000001.hdf cells_000001.hdf.old cells_000002.hdf cells_notes.txt" ]
result $? "--force takes the earlier run's snapshots away and nothing else"
run threads -s output.snapshot_every_days=0 --force && [ ! -e threads/snapshots ]
result $? "without snapshots, their folder goes too"

echo "# a disk that is full"
(ulimit -f 150; "$marrow" run "$configs/label.yaml" -o full "${options[@]}" > stdout 2> stderr)
[ $? -eq 1 ] && [ "$(wc -l < stderr)" -eq 1 ] && grep -q "full/snapshots/cells_00000.\.hdf\.part: cannot be written: File too large; raise the limit" stderr
result $? "is one line that names the file"
[ -z "$(find full/snapshots -name '*.part')" ] && grep -q '"result":.*"failed"' full/run.json
result $? "and leaves no half of a snapshot"

[ "$failures" -eq 0 ]
