#!/bin/bash
# The tree reads in one direction: a part of host/ includes only parts before it, kernels/ nothing of the host, and only
# the viewer includes viz/, but for the session, which has no display.
. tests/script.sh

parts="base config dosing device sim clinic files run sweep report command"

earlier=
for part in $parts; do
    earlier="$earlier|$part"
    others=$(grep -HnE '#include "' host/"$part"/*.[ch] | grep -vE "#include \"(${earlier#|})/|#include \"kernels/")
    [ "$part" = command ] && others=$(printf '%s' "$others" | grep -vE '#include "viz/session\.h"')
    [ -z "$others" ]
    result $? "host/$part includes itself and what comes before it"
    [ -z "$others" ] || printf '%s\n' "$others" | sed 's/^/  /'
done

[ "$(find host -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort)" = "$(printf '%s\n' $parts | sort)" ]
result $? "every part of host/ has its place in that order"

! grep -nE '#include "[^"]*/' kernels/*.[ch]
result $? "kernels include kernels alone"

names=$(find host -name '*.h' -printf '%f\n' | sort | uniq -d)
[ -z "$names" ]
result $? "a header's name says which it is"

[ "$failures" -eq 0 ]
