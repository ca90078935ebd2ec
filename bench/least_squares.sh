#!/usr/bin/env bash
# Exact linear regressions beside Eigen, scikit-learn and NumPy, in turn: bench/run.sh least_squares
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
program="$1"
kernel="$(/usr/bin/python3 -c '
import ctypes, glob
for name in glob.glob("/usr/lib/*/openblas-*/libopenblas.so.0"):
    library = ctypes.CDLL(name)
    library.openblas_get_corename.restype = ctypes.c_char_p
    print(library.openblas_get_corename().decode(), name.split("/")[-2])
    break' 2>/dev/null || true)"
echo "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(g++ --version | head -n 1), -O3 -march=native; OpenBLAS kernel: ${kernel:-not installed}"
for shape in tall wide; do
    for threads in 1 2; do
        if [ "$threads" -gt "$(nproc)" ]; then continue; fi
        if [ "$shape" = tall ]; then echo "1,000,000 x 20, threads: $threads"; else echo "100,000 x 200, threads: $threads"; fi
        echo "  $("$program" "$shape" "$threads")"
        echo "  $(OPENBLAS_NUM_THREADS="$threads" OMP_NUM_THREADS="$threads" /usr/bin/python3 "$root/bench/least_squares.py" "$shape" 2>&1)"
    done
done
