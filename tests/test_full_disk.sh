#!/bin/bash
# A disk that fills up while a run writes: the run ends with status 1 and says why, and --resume, once there is room, ends
# with the files of a run that was never stopped. A small file system in memory is filled at random moments; where none may be
# mounted, a limit on the size of files does the same. Run by tests/run.sh, which sets MARROW. FULL=20 does it more often.
. tests/script.sh


# Those who may not mount here may do so in a namespace of their own.
if [ -z "${IN_NAMESPACE:-}" ] && [ "$(id -u)" -ne 0 ] && unshare -Urm true 2> /dev/null; then
    IN_NAMESPACE=1 exec unshare -Urm bash "$0" "$@"
fi

trap 'umount "$work/disk" 2> /dev/null; rm -rf "$work"' EXIT
cd "$work" || exit 1
times=${FULL:-3}
RANDOM=20263
options=(-s simulation.agents=20000 -s simulation.dt_h=0.25 --until 35 --checkpoint-every 0.0005 -q)

same() { # DIR: its files are those of `straight`
    local file
    for file in timeseries.csv events.csv doses.csv config.yaml; do
        cmp "straight/$file" "$1/$file" || return 1
    done
    [ "$(grep state_hash straight/run.json)" = "$(grep state_hash "$1/run.json")" ]
}

resume() { # DIR: goes on, or starts anew where there is nothing to go on from
    local again=--resume
    [ -e "$1/checkpoint.hdf" ] || [ -e "$1/checkpoint-previous.hdf" ] || again=--force
    "$marrow" run "$configs/label.yaml" -o "$1" "${options[@]}" $again 2> again || { cat again; return 1; }
}

# failed STATUS: it is 1; warnings say that the run goes on, the last line says what to do.
failed() {
    [ "$1" -eq 1 ] && ! grep -v '^marrow: .*: cannot be written: ' stderr | grep -q . &&
        tail -n 1 stderr | grep -q 'and run again$'
}

"$marrow" run "$configs/label.yaml" -o straight "${options[@]}" 2> stderr
result $? "a run with room"

# started DIR: a run that has begun and comes to a moment within its course; `pid` is its number.
started() {
    "$marrow" run "$configs/label.yaml" -o "$1" "${options[@]}" 2> stderr &
    pid=$!
    for ((n = 0; n < 200; n++)); do [ -s "$1/timeseries.csv" ] && break; sleep 0.01; done
    sleep 0.0$((RANDOM % 80 + 10))
    sleep 0.$((RANDOM % 3))
}

# ended STATUS DIR: it failed as it should, or had room enough after all and is whole.
ended() {
    if [ "$1" -eq 0 ]; then same "$2"; else failed "$1"; fi || { echo "# status $1:"; cat stderr; return 1; }
}

# Fills the disk, to the last byte or but for a few pages, while a run goes on in it.
filled() {
    started disk/run
    head -c 16m /dev/zero > disk/filler 2> /dev/null
    [ $((RANDOM % 2)) -eq 0 ] || truncate -s -$((RANDOM % 100 * 4096)) disk/filler
    wait "$pid"
    status=$?
    ended "$status" disk/run || return 1
    [ "$status" -eq 0 ] || short=$((short + 1))
    ! grep -q 'goes on without' stderr || warned=$((warned + 1))
    echo "# status $status, hour $(tail -n 1 disk/run/timeseries.csv | cut -d , -f 1): $(tail -n 1 stderr | cut -d : -f 2-3)"
    [ -e disk/run/checkpoint.hdf ] || return 0
    "$marrow" run "$configs/label.yaml" -o disk/run "${options[@]}" --resume 2> stderr # still without room
    ended $? disk/run
}

mkdir disk
if mount -t tmpfs -o size=8m marrow-test disk 2> /dev/null; then
    good=0 warned=0 short=0
    for ((i = 0; i < times; i++)); do
        filled || continue
        # room elsewhere, or here
        if [ $((i % 2)) -eq 0 ]; then cp -a disk/run moved; else rm disk/filler; mv disk/run moved; fi
        rm -rf disk/run disk/filler
        resume moved && same moved && good=$((good + 1))
        rm -rf moved
    done
    echo "# $short of $times had too little room and said so, $warned went on without a checkpoint for a while"
    [ "$good" -eq "$times" ] && [ "$short" -gt 0 ]
    result $? "a full disk at $times moments: status 1 and why; with room, the same bytes"
else
    echo "skip - a full disk: no file system may be mounted here"
fi

good=0
if command -v prlimit > /dev/null; then
    started limited
    prlimit --fsize=20000 --pid "$pid"
    wait "$pid"
    failed $? && grep -q 'raise the limit on file size' stderr && resume limited && same limited
    result $? "a limit on file size from some moment on: status 1 and why, then the same bytes"
fi
[ "$failures" -eq 0 ]
