#!/usr/bin/env bash
# Installs what is missing, builds and passes all tests.
#   tests/run.sh                 g++, for this machine's processor
#   tests/run.sh --matrix        every compiler, instruction set and sanitizer
#   tests/run.sh --config NAME   one configuration of the matrix
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
configurations=(default sse2 avx2 clang sanitizers threads)

case "${1-}" in
    '') chosen=(default) ;;
    --matrix) chosen=("${configurations[@]}") ;;
    --config) chosen=("${2:?a configuration: ${configurations[*]}}") ;;
    *) sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac

"$root/.ci/install-packages" build library tests examples

# Reference data that is not part of the project: tests say so where they do not find it.
for found in STRATA_MNIST=mnist STRATA_KERAS_LAYERS=keras-layers; do
    directory="$root/../shared/data/${found#*=}"
    name="${found%%=*}"
    if [ -z "${!name-}" ] && [ -d "$directory" ]; then export "$name=$directory"; fi
done

# On processors that hide a part of AVX10, as virtual machines may, clang warns of what it makes of `native`.
clang_native='-march=native -Wno-invalid-feature-combination'

passed=0 failed=0 skipped=0
for configuration in "${chosen[@]}"; do
    build="$root/build/$configuration"
    # Without debugging information: with types as long as networks it takes as long to write as the code.
    options=(-Ddebug=false)
    compiler=g++
    suites=(--no-suite tree)
    unset TSAN_OPTIONS OMP_TOOL_LIBRARIES
    case "$configuration" in
        default) options+=(-Doptimization=2 -Dcpp_args=-march=native); suites=() ;;
        sse2) options+=(-Doptimization=1 -Dcpp_args=-march=x86-64) ;;
        avx2)
            if ! grep -qw avx2 /proc/cpuinfo; then
                echo "$configuration: this processor has no AVX2"
                continue
            fi
            options+=(-Doptimization=1 -Dcpp_args=-march=x86-64-v3) ;;
        clang) options+=(-Doptimization=1 "-Dcpp_args=$clang_native"); compiler=clang++-19 ;;
        sanitizers)
            # g++ takes its own instrumentation of the standard library for uninitialized reads.
            options+=(-Doptimization=1 '-Dcpp_args=-march=native -g1 -Wno-maybe-uninitialized'
                -Db_sanitize=address,undefined -Db_lundef=false)
            suites=(--no-suite tree --no-suite examples) ;; # an epoch takes minutes there
        threads)
            options+=(-Doptimization=1 "-Dcpp_args=$clang_native -g1" -Db_sanitize=thread -Db_lundef=false)
            compiler=clang++-19
            suites=(--suite threaded)
            # OpenMP's own waiting is known to the sanitizer through this library only.
            export TSAN_OPTIONS=ignore_noninstrumented_modules=1
            OMP_TOOL_LIBRARIES="$(clang++-19 --print-file-name=libarcher.so)"
            export OMP_TOOL_LIBRARIES ;;
        *) echo "no configuration '$configuration': ${configurations[*]}" >&2; exit 2 ;;
    esac

    started=$SECONDS
    mkdir -p "$build"
    log="$build/build.log"
    if [ -d "$build/meson-info" ]; then
        meson configure "$build" "${options[@]}" >"$log" 2>&1
    else
        CXX="$compiler" meson setup "$build" "$root" "${options[@]}" >"$log" 2>&1
    fi || { cat "$log"; exit 1; }
    target=meson-test-prereq
    if [ "$configuration" = threads ]; then target=threaded; fi
    ninja -C "$build" "$target" >>"$log" 2>&1 || { cat "$log"; exit 1; }
    # Nothing waits for input; the log says what failed.
    meson test -C "$build" --no-rebuild --print-errorlogs "${suites[@]}" </dev/null || true
    read -r good bad left < <(python3 "$root/tests/count" "$build/meson-logs/testlog.json")
    passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + left))
    echo "$configuration: $good passed, $bad failed, $left skipped in $((SECONDS - started)) s"
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
