#!/usr/bin/env bash
# An iteration of k-means beside scikit-learn's, in turn: bench/run.sh kmeans
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
program="$1"
echo "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(g++ --version | head -n 1), -O3 -march=native; 1,000,000 x 16, 32 clusters"
for threads in 1 2; do
    if [ "$threads" -gt "$(nproc)" ]; then continue; fi
    echo "threads: $threads"
    echo "  $("$program" "$threads")"
    echo "  $(OPENBLAS_NUM_THREADS="$threads" OMP_NUM_THREADS="$threads" /usr/bin/python3 "$root/bench/kmeans.py" 2>&1)"
done
