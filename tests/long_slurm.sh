#!/bin/bash
# The scripts of docs/slurm on a cluster of one node that is started here: a sweep as a job array, with a task requeued in
# the middle, gives the table of a sweep run directly; a run that is out of time goes on in the next job. Needs
# slurm-wlm and munge (deps-dev), and root. Run by tests/run.sh, which sets MARROW.
. tests/script.sh

export MARROW=${MARROW:-$PWD/build/marrow}
scripts=$PWD/docs/slurm
host=$(hostname -s)
daemons=()

clean_up() {
    scancel --state=RUNNING --user=root 2> /dev/null
    for ((i = ${#daemons[@]} - 1; i >= 0; i--)); do
        kill "${daemons[i]}" 2> /dev/null
        for ((n = 0; n < 50; n++)); do kill -0 "${daemons[i]}" 2> /dev/null || break; sleep 0.1; done
        kill -KILL "${daemons[i]}" 2> /dev/null
    done
    rm -rf "$work"
}

skip() { # REASON
    echo "skip - slurm: $1"
    exit 0
}

for program in munged slurmctld slurmd sbatch scontrol; do
    command -v "$program" > /dev/null || skip "no $program here (Debian: slurm-wlm, munge)"
done
[ "$(id -u)" -eq 0 ] || skip "slurmd starts jobs as root only"
trap clean_up EXIT
cd "$work" || exit 1
chmod 755 "$work"

# --- a cluster of one node, with sockets, ports and state of its own ---

port=$((20000 + RANDOM % 20000))
export SLURM_CONF=$work/slurm.conf
cat > slurm.conf << EOF
ClusterName=marrow
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge.socket
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
ReturnToService=2
KillWait=5
SchedulerParameters=batch_sched_delay=0,sched_interval=1
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 RealMemory=1000 State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
EOF
mkdir -m 700 state spool munge
dd if=/dev/urandom of=munge/key bs=1024 count=1 2> /dev/null
chmod 400 munge/key
munged -F --force --key-file "$work/munge/key" --socket "$work/munge.socket" --pid-file "$work/munge/pid" \
    --log-file "$work/munge/log" --seed-file "$work/munge/seed" > munge.out 2>&1 &
daemons+=($!)
for ((n = 0; n < 50; n++)); do [ -S munge.socket ] && break; sleep 0.1; done
[ -S munge.socket ] || skip "munged does not start: $(tail -n 1 munge.out)"
slurmctld -D -c > ctld.out 2>&1 &
daemons+=($!)
slurmd -D > slurmd.out 2>&1 &
daemons+=($!)
for ((n = 0; n < 150; n++)); do
    state=$(sinfo -h -o %T 2> /dev/null)
    [ "$state" = idle ] && break
    sleep 0.1
done
[ "$state" = idle ] || skip "no node comes up (${state:-no slurmctld}): $(tail -qn 1 slurmctld.log slurmd.log 2> /dev/null | tr '\n' ' ')"
echo "# slurm $(slurmctld -V | cut -d' ' -f2) on one node of 2 processors, started in $((n / 10)) s"

table() { sed 's/,[^,]*$//' "$1/runs.csv"; } # without wall_s

in_state() { squeue -h -t "$2" -o %i 2> /dev/null | grep -qx "$1"; }
pending() { in_state "$1" PD; }
at_work() { in_state "$1" R; }

wait_for() { # SECONDS COMMAND...: until it succeeds
    local seconds=$1 n
    shift
    for ((n = 0; n < 10 * seconds; n++)); do
        "$@" && return 0
        sleep 0.1
    done
    return 1
}

no_jobs_now() {
    local jobs
    jobs=$(squeue -h 2> /dev/null) && [ -z "$jobs" ] # a slurmctld that is too busy to answer says nothing either
}
no_jobs() { no_jobs_now && sleep 1 && no_jobs_now; } # not only between an end and a new beginning

# Slurm lets a requeued job wait two minutes; we do not.
hasten() {
    wait_for 20 pending "$1"
    scontrol update "JobId=$1" StartTime=now > hasten.out 2>&1
}

# --- a sweep as a job array ---

{ echo name,patient.marrow_blast_fraction,simulation.until_days
  for i in 1 2 3 4 5 6; do echo "patient $i,0.$((3 + i)),$((20 + 20 * (i % 3)))"; done; } > patients.csv
printf 'extends: %s\nsimulation:\n  agents: 40000\n  dt_h: 0.25\noutput:\n  checkpoint_every_minutes: 0.005\n' \
    "$configs/label.yaml" > config.yaml
"$MARROW" sweep -q config.yaml --table patients.csv -o direct || exit 1

job=$(sbatch --parsable --array=0-2 --cpus-per-task=1 --mem=300 --time=5 --output="$work/array-%a.out" \
    "$scripts/array.sbatch" config.yaml patients.csv array)
[ -n "$job" ]
result $? "sbatch takes docs/slurm/array.sbatch"
checkpointed() { at_work "${job}_0" && ls array/runs/00000[14]/checkpoint.hdf > ls.out 2>&1; }
wait_for 30 checkpointed
result $? "its first task is at work"
scontrol requeue "${job}_0"
result $? "requeued in the middle"
hasten "${job}_0"
wait_for 240 no_jobs
result $? "all tasks end"
cat array-*.out | sed 's/^/# /'
scontrol show job "${job}_0" | grep -q 'Restarts=1 '
result $? "the first one after a restart"
[ -e array/runs.csv ] && cmp <(table direct) <(table array)
result $? "the table of the sweep run directly, byte for byte but for wall_s"
same=0
for run in direct/runs/*; do cmp "$run/timeseries.csv" "array/runs/${run##*/}/timeseries.csv" && same=$((same + 1)); done
[ "$same" -eq 6 ]
result $? "the same courses"
grep -h '"resumed_from_h":.*[1-9]' array/runs/*/run.json > resumed
result $? "one of them went on from a checkpoint: $(tr -d '\t,\n' < resumed)"

# --- one run that is out of time ---

# Slurm looks at times every half minute, so that the signal comes within that of the job's start. How many days this machine
# needs a whole minute for is measured.
slow=("$configs/untreated.yaml" -s simulation.agents=220000 -s simulation.dt_h=0.25 --checkpoint-every 0.1)
began=$(date +%s%N)
"$MARROW" run -q "${slow[@]}" --until 60 --threads 1 -o pace
days=$((60 * 60 * 1000000000 / ($(date +%s%N) - began)))
slow+=(--until $((days < 3650 ? days : 3650)))
job=$(sbatch --parsable --cpus-per-task=1 --mem=300 --time=1 --signal=B:USR1@55 --output="$work/long.out" \
    "$scripts/long.sbatch" "${slow[0]}" long "${slow[@]:1}")
[ -n "$job" ]
result $? "sbatch takes docs/slurm/long.sbatch"
queued_or_done() { pending "$job" || no_jobs; }
for ((again = 0; again < 8; again++)); do
    wait_for 90 queued_or_done
    no_jobs && break
    hasten "$job"
    wait_for 10 at_work "$job"
done
no_jobs
result $? "a run out of time ends"
sed 's/^/# /' long.out
scontrol show job "$job" | grep -o 'Restarts=[0-9]*' | sed 's/^/# /'
"$MARROW" run -q "${slow[@]}" -o straight > out 2>&1 || cat out
grep -q 'stopped by SIGUSR1' long.out && grep -q '"resumed_from_h":.*[1-9]' long/run.json
result $? "stopped before its time was up, and gone on"
cmp straight/timeseries.csv long/timeseries.csv
result $? "to the same bytes"

[ "$failures" -eq 0 ]
