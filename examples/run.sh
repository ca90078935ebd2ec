#!/usr/bin/env bash
# Installs what is missing, builds an example for this machine's processor and runs it.
#   examples/run.sh                     mnist_mlp
#   examples/run.sh NAME [ARGUMENTS]    another one; --help among the arguments says what it takes
#   examples/run.sh PAGE                a page for a browser, served on this machine: line, digits, ...
#   examples/run.sh pages [--build-only DIR]    all pages; or only their folder, for any static server
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"

name="${1-mnist_mlp}"
shift $(($# > 0 ? 1 : 0))
pages="$root/examples/browser"
if [ "$name" = pages ] || { [[ "$name" =~ ^[a-z]+$ ]] && [ -f "$pages/pages/$name.html" ]; }; then
    chosen=()
    if [ "$name" != pages ]; then
        chosen=("$name")
        export STRATA_PAGES="$name"
    fi
    if [ "${1-}" = --build-only ]; then
        exec "$pages/build" --output "${2:?--build-only: a directory}" "${chosen[@]}"
    fi
    "$pages/build" "${chosen[@]}"
    # Vite prints the address, that of the page where one is chosen, with another port where this one is taken.
    exec "$pages/node_modules/.bin/vite" preview --config "$pages/vite.config.ts" --configLoader runner \
        --host localhost --port 8017 --open false
fi
if [[ ! "$name" =~ ^[a-z0-9_]+$ ]] || [ ! -f "$root/examples/$name.cpp" ]; then
    sed -n '2,6s/^# \{0,1\}//p' "$0" >&2
    echo "examples: $(cd "$root/examples" && printf '%s\n' *.cpp | sed 's/\.cpp$//' | paste -sd ' ')" >&2
    echo "pages: $(cd "$pages/pages" && printf '%s\n' *.html | sed 's/\.html$//; /^index$/d' | paste -sd ' ')" >&2
    exit 2
fi

sections=(build library examples data)
start=()
if [ "$name" = mnist_mpi ]; then
    sections+=(machines)
    # Two processes share this machine, whatever it has of cores.
    start=(mpirun.openmpi --oversubscribe --bind-to none -np 2)
    if [ "$(id -u)" -eq 0 ]; then start+=(--allow-run-as-root); fi
fi
"$root/.ci/install-packages" "${sections[@]}"
if [ "$name" = spam ] && [[ " $* " != *" --mails"[\ =]* && " $* " != *" --help "* ]]; then
    mails="$("$root/examples/fetch_mails")" || { echo "spam: the mails cannot be fetched; --mails DIR takes your own" >&2; exit 3; }
    set -- --mails "$mails" "$@"
fi

build="$root/build/release"
mkdir -p "$build"
options=(-Dbuildtype=release -Dcpp_args=-march=native)
# Meson prints its errors to standard output. A folder whose setup failed has no build.ninja.
if [ -f "$build/build.ninja" ]; then
    configure=(meson configure "$build" "${options[@]}")
else
    configure=(env CXX="${CXX-g++}" meson setup "$build" "$root" "${options[@]}")
fi
"${configure[@]}" >"$build/configure.log" 2>&1 || { cat "$build/configure.log" >&2; exit 1; }
ninja -C "$build" "examples/$name" >"$build/compile.log" 2>&1 || { cat "$build/compile.log" >&2; exit 1; }
exec "${start[@]}" "$build/examples/$name" "$@"
