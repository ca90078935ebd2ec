#!/usr/bin/env bash
# What do topologies cost the compiler? Seconds, peak memory and template instantiations over depth, and the seconds of
# the programs that people write: bench/run.sh compile
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
flags=(-std=c++20 -march=native -I"$root/dsl" -I"$root/include")

# Compiles a source three times and prints the median of the seconds and the peak memory.
measure() {
    for _ in 1 2 3; do
        /usr/bin/time -f '%U %M' g++ "${flags[@]}" "${@:2}" -c "$1" -o "$work/object" 2>&1 | tail -n 1
    done | sort -n | sed -n 2p | awk '{ printf "%6.2f s %5.0f MB", $1, $2 / 1024 }'
}

# Types and functions that clang instantiates.
instantiations() {
    if ! command -v clang++-19 >/dev/null; then echo "no clang++-19 to count with"; return; fi
    clang++-19 "${flags[@]}" -ftime-trace -ftime-trace-granularity=0 -c "$1" -o "$work/traced.o"
    python3 - "$work/traced.json" <<'PYTHON'
import json, sys
events = json.load(open(sys.argv[1]))["traceEvents"]
print(sum(event["name"] in ("InstantiateClass", "InstantiateFunction") for event in events), "instantiations")
PYTHON
}

# A network of so many dense layers, named only or also run.
network() {
    echo "#include <strata/$2.hpp>"
    echo '#include <strata/layers/layers.hpp>'
    echo 'using namespace strata;'
    printf 'constexpr auto deep = input<64>'
    for _ in $(seq "$1"); do printf ' | dense<64> | relu'; done
    echo ';'
}

echo "topologies of dense<64> | relu, named only"
for depth in 1 8 64 256; do
    { network "$depth" topology/topology
      echo 'static_assert(decltype(deep)::output_shape::size == 64);'; } >"$work/named.cpp"
    printf '  %3d layers: %s, %s\n' "$depth" "$(measure "$work/named.cpp")" "$(instantiations "$work/named.cpp")"
done

echo 'models of them that predict, -O3'
for depth in 1 8 64 256; do
    { network "$depth" model/model
      echo 'std::array<float, 64> run(const model<deep>& net, std::span<const float, 64> x) { return net.predict(x); }'
    } >"$work/model.cpp"
    printf '  %3d layers: %s, %s\n' "$depth" "$(measure "$work/model.cpp" -O3)" "$(instantiations "$work/model.cpp")"
done

echo 'programs'
printf '  an empty one with strata.hpp, -O3:  %s\n' "$(echo '#include <strata/strata.hpp>' >"$work/empty.cpp"; measure "$work/empty.cpp" -O3)"
printf '  examples/mnist_mlp.cpp, -O3:        %s\n' "$(measure "$root/examples/mnist_mlp.cpp" -O3 -fopenmp)"
