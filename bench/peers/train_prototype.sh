#!/usr/bin/env bash
# The prototype's output as metrics: train_prototype.sh PROGRAM RAW BATCH IMAGES EPOCHS. It reads packed IDX files from
# a directory, always all of them, and draws weights of its own.
set -euo pipefail
idx="${STRATA_MNIST:-$(cd "$(dirname "$0")/../../../shared/data/mnist" && pwd)}"
"$1" "$3" "$5" "$BENCH_THREADS" "$idx" | awk -v share="$(awk "BEGIN { print $4 / 60000 }")" '
    /^epoch/ { sub("s", "", $3); seconds = $3 * share; if (!best || seconds < best) best = seconds }
    END { printf "seconds %f\n", best }'
