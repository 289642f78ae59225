#!/bin/sh
# man.sh MARROW VERSION DIR: writes the man pages to DIR with scdoc. Commands, options and keys are what the program
# itself says (help, COMMAND --help, check --schema), so pages cannot drift from it; docs/man/ adds what is written by
# hand: in NAME.scd, text before the first heading goes into DESCRIPTION, the rest after the options.
set -eu

marrow=$1 version=$2 dir=$3
parts=$(dirname "$0")/man
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$dir"

# Beginning of every awk program: text as scdoc takes it; a dash that begins a line would begin a list.
plain='function plain(text) {
    gsub(/[][\\*_`#|~<>]/, "\\\\&", text); gsub(/\n-/, "\n\\-", text); sub(/^-/, "\\-", text); return text }'

# `NAME TEXT` of each command that is built.
"$marrow" help | awk '/^Commands/ { on = 1; next } /^$/ { on = 0 }
    on { name = $1; sub(/^ *[^ ]+ +/, ""); print name " " $0 }' > "$work/commands"
[ -s "$work/commands" ] || { echo "man.sh: marrow help lists no command" >&2; exit 1; }

head_of() { # NAME SECTION TEXT
    printf '%s(%s) "marrow %s" "marrow"\n\n# NAME\n\n%s - %s\n\n' "$1" "$2" "$version" "$1" "$3"
}

by_hand() { # NAME description|rest
    [ ! -f "$parts/$1.scd" ] || awk -v want="$2" '/^# / { past = 1 } past == (want == "rest")' "$parts/$1.scd"
}

foot() { # NAME: exit status, and the other pages
    by_hand "$1" rest
    [ "$1" = config ] || { echo; cat "$parts/status.scd"; }
    printf '\n# SEE ALSO\n\n'
    awk -v own="$1" 'BEGIN { if (own != "marrow") line = "*marrow*(1)"; if (own != "config") line = line ", *marrow-config*(5)" }
        $1 != own { line = line ", *marrow-" $1 "*(1)" } END { sub(/^, /, "", line); print line }' "$work/commands"
}

# argp's help, from stdin, as SYNOPSIS, DESCRIPTION and OPTIONS; `extra` is a file of more description.
command_body() { # NAME EXTRA
    awk -v name="$1" -v extra="$2" "$plain"'
        /^Usage:/ { part = "usage" }
        part == "usage" && !/^Usage:/ && !/^   / { part = "text" }
        part == "text" && /^ +-/ { part = "options" }
        part == "options" && /^$/ { part = "note"; next }
        part == "note" && /^$/ { part = "after"; next }
        part == "usage" { usage = usage " " $0; next }
        part == "text" { text = text $0 "\n"; next }
        part == "after" { after = after $0 "\n"; next }
        part == "options" && /^(  |      )-/ {
            option = $0; sub(/^ +/, "", option); rest = ""
            if (match(option, /  +/)) { rest = substr(option, RSTART + RLENGTH); option = substr(option, 1, RSTART - 1) }
            heads[++n] = option; meaning[n] = rest; next
        }
        part == "options" { sub(/^ +/, ""); meaning[n] = meaning[n] (meaning[n] == "" ? "" : " ") $0 }
        END {
            sub(/.*\[--help\]/, "", usage)
            print "# SYNOPSIS\n\n*marrow " name "* \\[OPTION...\\]" plain(usage) "\n\n# DESCRIPTION\n\n" plain(text)
            while ((getline line < extra) > 0) print line
            print "\n" plain(after) "\n# OPTIONS\n"
            for (i = 1; i <= n; i++) print "*" plain(heads[i]) "*\n\t" plain(meaning[i]) "\n"
        }'
}

config_keys() {
    "$marrow" check --schema | awk "$plain"'
        function value(line) {
            sub(/^ *[a-z]+: /, "", line)
            if (line ~ /^".*"$/) { line = substr(line, 2, length(line) - 2); gsub(/\\"/, "\"", line) }
            return line
        }
        function flush_key() {
            if (key == "") return
            print "*" plain(key) "*\n\t" plain(v["meaning"]) ".\n"
            print "\tType: " plain(v["type"]) "; " plain(v["takes"]) "; default " (v["default"] == "" ? "empty" : plain(v["default"])) ".\n"
            if (v["live"] == "true") print "\tLive: may change while a run goes on.\n"
            print "\tSource: " v["evidence"] ", " plain(v["source"]) ".\n"
        }
        /^#/ { next }
        /^[^ ]/ { flush_key(); key = $0; sub(/:$/, "", key); delete v; next }
        { name = $1; sub(/:$/, "", name); v[name] = value($0) }
        END { flush_key() }'
}

page() { # FILE: scdoc, whole or not at all
    scdoc < "$work/page" > "$work/roff"
    cp "$work/roff" "$dir/$1"
}

while read -r name text; do
    by_hand "$name" description > "$work/extra"
    { head_of "marrow-$name" 1 "$text"
      "$marrow" "$name" --help | command_body "$name" "$work/extra"
      foot "$name"; } > "$work/page"
    page "marrow-$name.1"
done < "$work/commands"

{ head_of marrow-config 5 "configs of marrow, and every key"
  printf '# DESCRIPTION\n\n'; by_hand config description
  printf '\n# KEYS\n\n'; config_keys; foot config; } > "$work/page"
page marrow-config.5

{ head_of marrow 1 "leukaemia treatment, cell by cell"
  printf '# SYNOPSIS\n\n*marrow* COMMAND \\[OPTION...\\]\n\n# DESCRIPTION\n\n'; by_hand marrow description
  printf '\n# COMMANDS\n\n'
  awk "$plain"'{ name = $1; sub(/^[^ ]+ /, ""); print "*marrow-" name "*(1)\n\t" plain($0) "\n" }' "$work/commands"
  foot marrow; } > "$work/page"
page marrow.1
