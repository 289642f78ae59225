#!/bin/sh
# deps.sh PACKAGE...: installs the Debian packages that are missing, and says what it runs. Needs no network when
# nothing is missing, and no apt at all where another system's tools are in place.
set -eu

installed() {
    [ "$(dpkg-query -W -f '${Status}' "$1" 2>/dev/null)" = "install ok installed" ]
}

if ! command -v dpkg-query >/dev/null; then
    echo "deps: this is not Debian; please see to these yourself: $*" >&2
    exit 0
fi
missing=
for package in "$@"; do installed "$package" || missing="$missing $package"; done
if [ -z "$missing" ]; then
    echo "deps: all there"
    exit 0
fi

as_root=
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "deps: missing:$missing; install them as root (no sudo here)" >&2; exit 1; }
    as_root=sudo
fi
export DEBIAN_FRONTEND=noninteractive
set -x
$as_root apt-get update
# shellcheck disable=SC2086 # a list of packages
$as_root apt-get install -y --no-install-recommends $missing
