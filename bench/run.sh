#!/usr/bin/env bash
# Builds and runs a comparison: bench/run.sh NAME [ARGUMENTS...]
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
names=(mnist_mlp small predict least_squares kmeans compile)

name="${1-}"
if [[ ! " ${names[*]} " == *" $name "* ]]; then
    echo "bench/run.sh NAME, one of: ${names[*]}" >&2
    exit 2
fi
shift

"$root/.ci/install-packages" build library bench
# Settings that some machines have for other programs would slow down peers that use OpenBLAS.
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE

build="$root/build/release"
if [ ! -d "$build/meson-info" ]; then
    CXX=g++ meson setup "$build" "$root" -Dbuildtype=release -Dcpp_args=-march=native >/dev/null
fi
if [ -e "$root/bench/$name.cpp" ]; then ninja -C "$build" "bench/bench-$name" >/dev/null; fi
if [ -e "$root/bench/$name.sh" ]; then
    exec "$root/bench/$name.sh" "$build/bench/bench-$name" "$@"
fi
exec "$build/bench/bench-$name" "$@"
