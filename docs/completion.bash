# Completion of marrow for bash. Commands, options and keys are asked of the program as it stands.

_marrow_commands() {
    "$1" help 2> /dev/null | awk '/^Commands/ { on = 1; next } /^$/ { on = 0 } on { print $1 }'
}

_marrow_options() { # PROGRAM COMMAND
    "$1" "$2" --help 2> /dev/null | awk '/^(  |      )-/ {
        for (i = 1; i <= 2 && $i ~ /^-/; i++) { sub(/=.*/, "", $i); sub(/,$/, "", $i); print $i } }'
}

# Keys of a list's rows (`clones[]`) are for files alone.
_marrow_keys() {
    "$1" check --schema 2> /dev/null | awk '/^[a-z0-9_.]+:$/ { sub(/:$/, ""); print $0 "=" }'
}

_marrow_offer() { # WORDS CURRENT
    mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2")
}

_marrow_files() { # WANTED CURRENT: -d, or -f for any file
    compopt -o filenames 2> /dev/null
    mapfile -t COMPREPLY < <(compgen "$1" -- "$2")
}

_marrow() {
    local program=${1/#\~/$HOME} current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        _marrow_offer "$(_marrow_commands "$program") help" "$current"
        return
    fi
    # bash cuts words at `=`.
    if [ "$current" = = ]; then
        current=
    elif [ "$before" = = ]; then
        before=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    case $before in
    -s | --set | --vary)
        _marrow_offer "$(_marrow_keys "$program")" "$current"
        compopt -o nospace 2> /dev/null ;;
    -b | --backend) _marrow_offer "auto cpu opencl cuda" "$current" ;;
    --shape) _marrow_offer "auto pages lanes" "$current" ;;
    --format) _marrow_offer "fcs hdf csv gates" "$current" ;;
    --isa) _marrow_offer "x86-64-v3 x86-64-v4" "$current" ;;
    -o | --output) _marrow_files -d "$current" ;;
    --actions | --script) _marrow_files -f "$current" ;;
    --device | --threads | --lanes | --seed | --until | --at | --snapshot-every | --jobs | -j | --index | --of) ;;
    help) _marrow_offer "$(_marrow_commands "$program")" "$current" ;;
    *)
        case $current in
        -*) _marrow_offer "$(_marrow_options "$program" "${COMP_WORDS[1]}")" "$current" ;;
        *) _marrow_files -f "$current" ;;
        esac ;;
    esac
}

complete -F _marrow marrow
