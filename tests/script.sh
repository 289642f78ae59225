# script.sh: what test scripts begin with, sourced from the repository's root: the program, a folder that is gone at the
# end, and lines that tests/run.sh counts. A script ends with `[ "$failures" -eq 0 ]`.
set -u

root=$PWD
configs=$root/configs
marrow=${MARROW:-$root/build/marrow}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0

result() { # STATUS NAME
    if [ "$1" -eq 0 ]; then
        echo "ok - $2"
    else
        echo "not ok - $2"
        failures=$((failures + 1))
    fi
}

check() { # NAME COMMAND...: the command succeeds
    local name=$1
    shift
    "$@"
    result $? "$name"
}
