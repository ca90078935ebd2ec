#!/usr/bin/env bash
# Times an epoch of the MNIST network in turn with the prototype that the library grew from, where its source is at
# hand: bench/run.sh mnist_mlp [ROUNDS [DIRECTORY]]. DIRECTORY has the four IDX files.
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
program="$1" rounds="${2:-5}"
directory="${3:-${STRATA_MNIST:-$root/../shared/data/mnist}}"
if [ ! -e "$directory" ]; then directory=/usr/share/datasets/fashion-mnist; fi
source="${STRATA_PROTOTYPE:-$root/../shared/prototype/mlp.cpp}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

if [ -e "$source" ]; then
    g++ -std=c++20 -O3 -march=native -fopenmp "$source" -lz -o "$work/prototype"
else
    echo "the prototype is missing ($source): strata runs alone"
fi
echo "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores, $(g++ --version | head -n 1), -O3 -march=native; data: $(basename "$directory"); $rounds rounds in turn, the second epoch of each"
peak="$("$program" peak)"

# The second of two epochs, in seconds.
epoch() { "$@" | sed -n 's/^epoch 2 \([0-9.]*\)s.*/\1/p'; }

for batch in 32 128; do
    for threads in 1 2; do
        if [ "$threads" -gt "$(nproc)" ]; then continue; fi
        : >"$work/ours"; : >"$work/theirs"
        for _ in $(seq "$rounds"); do
            epoch "$program" "$batch" 2 "$threads" "$directory" >>"$work/ours"
            if [ -e "$work/prototype" ]; then epoch "$work/prototype" "$batch" 2 "$threads" "$directory" >>"$work/theirs"; fi
        done
        paste "$work/ours" "$work/theirs" | awk -v batch="$batch" -v threads="$threads" -v peak="$peak" '
            function median(values, count,    i, j, kept) {
                for (i = 2; i <= count; i++)
                    for (j = i; j > 1 && values[j] < values[j - 1]; j--) { kept = values[j]; values[j] = values[j - 1]; values[j - 1] = kept }
                return count % 2 ? values[(count + 1) / 2] : (values[count / 2] + values[count / 2 + 1]) / 2
            }
            { ours[NR] = $1; if (NF > 1) { theirs[NR] = $2; ratios[NR] = $1 / $2 } }
            END {
                floor = 60000 * (813056 + 823296) / (peak * 1e9 * threads)
                mine = median(ours, NR)
                printf "batch %3d, %d thread%s: strata %.3f s", batch, threads, (threads > 1 ? "s" : " "), mine
                if (NF > 1) printf ", prototype %.3f s, ratio %.2f", median(theirs, NR), median(ratios, NR)
                printf "; floor at %.0f GFLOP/s a core %.3f s, %.2f of it\n", peak, floor, mine / floor
            }'
    done
done
