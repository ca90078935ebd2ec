#!/usr/bin/env bash
# Compares strata with its peers on this machine, and installs those that it can have.
#   bench/run.sh                    every question, and the report: build/bench/report/report.md
#   bench/run.sh NAME...            some questions: train predict small mnist_cnn mnist_gan resnet50 contraction convolution
#                                   elementwise optimizer stored_gradients pipeline startup compile scaling least_squares kmeans
#                                   browser stream sequence load imported cart_pole memory narrow mapped machines
#   bench/run.sh trial [NAME...]    one round of every question, or of some, to see that it runs; no report
#   bench/run.sh build [NAME...]    their programs alone, which the questions build otherwise
#   bench/run.sh report             the report again, of what was answered before
#   bench/run.sh publish            that report in bench/report, and README's table of figures made from it
#   bench/run.sh against REVISION [--limit 1.02] [WORD...]
#                                   whether the working tree is slower than another revision, in cases named by words
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
if [[ "${1-}" == -* ]]; then
    sed -n '2,12s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi

case "${1-}" in
report | publish) exec python3 "$root/bench/run.py" "$@" ;;
trial | build) export BENCH_MODE="$1"; shift ;;
esac
"$root/.ci/install-packages" build library bench
if [ "${1-}" = against ]; then
    exec python3 "$root/bench/against.py" "${@:2}"
fi
# What can't be had is named in the report as missing.
"$root/.ci/install-packages" --each peers machines wasm pages
command -v npm >/dev/null || "$root/.ci/install-packages" --each node
npm="$root/build/bench/npm"
if command -v npm >/dev/null && ! cmp -s "$root/bench/peers/package.json" "$npm/package.json"; then
    mkdir -p "$npm"
    # Their install scripts fetch binaries for other processors from elsewhere.
    cp "$root/bench/peers/package.json" "$npm/package.json"
    npm install --prefix "$npm" --ignore-scripts --no-audit --no-fund --silent ||
        { rm "$npm/package.json"; echo "the peers' npm packages are not to be had" >&2; }
fi
exec python3 "$root/bench/run.py" "$@"
