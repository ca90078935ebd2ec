#!/usr/bin/env bash
# Installs what is missing, builds and passes all tests.
#   tests/run.sh                 the pages, and all suites but for those of large networks and some that look closer
#   tests/run.sh --matrix        and what README tells people to run, every compiler, instruction set and sanitizer
#   tests/run.sh --config NAME   one configuration of the matrix
#
# A configuration is a function `configuration_NAME` below and a name in the list. It may set
#   compiler     that Meson takes; g++ if it does not
#   options      for Meson, besides those that all have
#   chosen       names of tests: folders, groups (tests/meson.build), `examples`, `tree`, `suites` for all suites
#   without      names of tests to leave out of those
#   variables    of the environment in which the tests run, NAME=VALUE
#   needs        sections of .ci/packages.txt to build with, besides those that all need, and options of
#                .ci/install-packages
#   uses         the same, of what tests read or run: installed while the first configuration is built
#   script       a command that stands for building and testing with Meson; it gets the build directory as its last
#                argument, and its last line is "N passed, N failed, N skipped". It keeps one processor busy, and runs
#                beside the configurations that are listed behind it
#   patient      `yes` for a script that measures no time: it gets what time the others leave, as they do where they are
#                configured, link and wait for a last test
# and returns 1 behind a message where it cannot run here. `prepare_NAME`, where there is one, fetches what is no package.
# Whoever adds one measures what it adds to the two times that README states, and says what it finds that no other does.
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
# What Meson builds first has nothing to wait for while packages are installed. `fuzz`, whose programs run for a time, has
# the last of Meson's beside it.
configurations=(compilers arm no_exceptions wasm sse2 default release avx2 sanitizers newest fuzz threads)

# On processors that hide a part of AVX10, as virtual machines may, clang warns of what it makes of `native`.
clang_native='-march=native -Wno-invalid-feature-combination'

# Suites that sanitizers do not build: the kernels of `layers` run in the gradients' suites, and tests/meson.build says why
# of the groups.
unsanitized=(agents layers slopes symbols)

# Suites that take a third of the time: gradients beside differences, layers beside Keras's numbers, what pages' engines are
# made of, which run in the pages, and what looks closer at what others look at as well. The matrix has them, and leaves
# eight minutes for the pages and all other suites.
thorough=(agents chains divisions engines exporters gradients keras slopes symbols widths)

# All pages in a browser, and all suites but for the thorough ones and those of large networks: clang compiles their hundreds
# of small ones in half of g++'s time. Where `sanitizers` is asked for as well, the same compiler builds its suites there,
# with the same optimization and more checks: what is left are those that it leaves out, which one list names for both, so
# that each suite is in one of the two, and the gradients that no other configuration compares in full, as
# gradient_check.hpp does without a sanitizer.
configuration_default() {
    compiler=clang++-19
    needs=(--each wasm pages)
    uses=(references --each browser machines)
    command -v npm >/dev/null || needs+=(node)
    options=(-Doptimization=1 "-Dcpp_args=$clang_native")
    chosen=(suites pages processes)
    without=(networks "${thorough[@]}")
    if [[ " ${asked[*]} " = *" sanitizers "* ]]; then
        chosen=("${unsanitized[@]}" networks numberwise pages processes)
        without=()
    fi
}

# g++ looks for memory that it may use again whenever its heap has doubled, which takes a tenth of its time: it has a
# gigabyte before it begins.
gcc_memory='--param ggc-min-heapsize=1048576'

# What README tells people to run, as examples/run.sh builds it, and by g++ the suites that instantiate few networks, but
# for those whose code the examples have as well, as regression, what the compiler computes alone, and those of files'
# formats and threads, which g++ takes twice as long for as clang does with both sanitizers. Only clang compiles the pages'
# engines, and the large networks here: the examples have these by g++.
configuration_release() {
    needs=(examples --each machines)
    uses=(references data)
    options=(-Dbuildtype=release "-Dcpp_args=-march=native $gcc_memory")
    chosen=(suites examples tree)
    without=(gradients slopes layers keras kernels networks training cluster plot selection agents engines source data io
        trainers regression symbols)
}
prepare_release() {
    "$root/examples/fetch_mails" >/dev/null ||
        { echo "release: without the mails, which cannot be fetched"; without+=(fetched); }
}

# Registers of other widths, with gradients of the layers whose loops depend on the width, each in one of the two: the
# narrowest by g++, where gradients and direct_convolution run the kernels of convolutions, and the next ones by clang, with
# convolutions of all kinds and their divisions. The laws hold by g++ where it may contract products and sums, in `release`.
configuration_sse2() {
    options=(-Doptimization=1 "-Dcpp_args=-march=x86-64 $gcc_memory")
    chosen=(kernels spatial)
    without=(divisions convolutions)
}

configuration_avx2() {
    if ! grep -qw avx2 /proc/cpuinfo; then
        echo "this processor has no AVX2"
        return 1
    fi
    compiler=clang++-19
    options=(-Doptimization=1 -Dcpp_args=-march=x86-64-v3)
    chosen=(kernels laws rowwise)
}

# References to nothing, misaligned numbers, and addresses that wrap around: a third of the compiling. The processor finds
# the first and, where registers are loaded, the second, and the sanitizer for addresses finds what is read at the third;
# `fuzz` has all three checks for the readers of files.
sanitized='-fno-sanitize=null,alignment,pointer-overflow'

# Reports name functions without lines: those cost an eighth of the compiling. `-g1` in cpp_args adds them.
configuration_sanitizers() {
    compiler=clang++-19
    uses=(references)
    options=(-Doptimization=1 "-Dcpp_args=$clang_native $sanitized" -Db_sanitize=address,undefined -Db_lundef=false)
    chosen=(suites)
    without=(networks "${unsanitized[@]}")
    # What is undefined in the code of others is listed; all else ends the test.
    variables=("LSAN_OPTIONS=suppressions=$root/tests/leaks.txt:print_suppressions=0"
        "UBSAN_OPTIONS=halt_on_error=1:suppressions=$root/tests/undefined.txt")
}

configuration_threads() {
    compiler=clang++-19
    uses=(references)
    options=(-Doptimization=1 "-Dcpp_args=$clang_native" -Db_sanitize=thread -Db_lundef=false)
    chosen=(threaded)
    # OpenMP's own waiting is known to the sanitizer through this library only.
    variables=(TSAN_OPTIONS=ignore_noninstrumented_modules=1
        OMP_TOOL_LIBRARIES="$(clang++-19 --print-file-name=libarcher.so)")
}

# Each reader of files with inputs that nobody wrote, four seconds each: two minutes, most of it compiling.
configuration_fuzz() {
    script=("$root/tests/fuzz/check")
}

# Nothing throws, and every error reaches the program: half a minute.
configuration_no_exceptions() {
    script=("$root/tests/no_exceptions/check")
    patient=yes
}

# The same bits in WebAssembly, and a page that calls an engine: half a minute.
configuration_wasm() {
    needs=(wasm)
    command -v node >/dev/null || needs+=(node)
    script=("$root/tests/wasm/check")
    patient=yes
}

# What no suite is built with: older compilers, libc++, C++23, no optimization, checked containers, fast arithmetic.
configuration_compilers() {
    needs=(--each compilers)
    script=("$root/tests/portable/compilers")
    patient=yes
}

# Another processor, in an emulator: its registers and its rules for NaN.
configuration_arm() {
    needs=(arm)
    script=("$root/tests/portable/arm")
    patient=yes
}

# xsimd and xtensor as Debian does not have them yet, which also emulate the registers that RISC-V lacks.
configuration_newest() {
    if [ -z "${STRATA_XSIMD-}${STRATA_XTENSOR-}${STRATA_XTL-}" ]; then
        echo "none of STRATA_XSIMD, STRATA_XTENSOR and STRATA_XTL names a folder of sources"
        return 1
    fi
    needs=(riscv)
    script=("$root/tests/portable/newest")
}

case "${1-}" in
    '') asked=(default) ;;
    --matrix) asked=("${configurations[@]}") ;;
    --config) asked=("${2:?a configuration: ${configurations[*]}}") ;;
    *) sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac

# Sets the variables of a configuration.
describe() {
    compiler=g++ options=() chosen=() without=() variables=() needs=() uses=() script=() patient=
    "configuration_$1"
}

for configuration in "${asked[@]}"; do
    if ! declare -F "configuration_$configuration" >/dev/null; then
        echo "no configuration '$configuration': ${configurations[*]}" >&2
        exit 2
    fi
done

# What the first build needs is installed before it, and all else beside it, since installing keeps one processor busy for
# minutes. Who uses what comes later waits for the lock, and installs what is missing then.
first=(build library tests) later=(--each) built=
for configuration in "${asked[@]}"; do
    describe "$configuration" >/dev/null || continue
    if [ -z "$built" ] && [ ${#script[@]} -eq 0 ]; then built=yes first+=("${needs[@]}"); else later+=("${needs[@]}"); fi
    later+=("${uses[@]}")
done
"$root/.ci/install-packages" "${first[@]}"
mkdir -p "$root/build"
exec 8>"$root/build/installing"
flock 8
"$root/.ci/install-packages" "${later[@]}" >"$root/build/installed.log" 2>&1 &
exec 8>&-
install() {
    [ $# -gt 0 ] || return 0
    flock --shared "$root/build/installing" "$root/.ci/install-packages" "$@"
}

# Compilers spread some hundred megabytes over pages of 4 KiB, and spend up to a third of their time on looking these up,
# most where a virtual machine does so twice. They get large pages: LLVM's memory is glibc's, which has settings for that,
# and g++ asks the system for its own.
wrappers="$root/build/wrappers"
plain_path="$PATH"
wrap_compilers() {
    local name path own="$BASHPID"
    mkdir -p "$wrappers"
    if [ ! "$wrappers/large_pages.so" -nt "$root/tests/large_pages.cpp" ]; then
        PATH="$plain_path" c++ -std=c++20 -O1 -shared -fPIC "$root/tests/large_pages.cpp" \
            -o "$wrappers/large_pages.so.$own" || return 0
        mv "$wrappers/large_pages.so.$own" "$wrappers/large_pages.so"
    fi
    for name in $(PATH="$plain_path" compgen -c | grep -E '(^c|g|clang)\+\+(-[0-9]+)?$' | sort -u); do
        path="$(PATH="$plain_path" type -P "$name")" || continue
        cat >"$wrappers/$name.$own" <<-END
			#!/bin/sh
			export LD_PRELOAD='$wrappers/large_pages.so'
			export GLIBC_TUNABLES=glibc.malloc.hugetlb=1:glibc.malloc.top_pad=33554432:glibc.malloc.mmap_threshold=1073741824
			exec '$path' "\$@"
		END
        chmod +x "$wrappers/$name.$own"
        mv "$wrappers/$name.$own" "$wrappers/$name"
    done
}
PATH="$wrappers:$PATH"

# Reference data that is not part of the project.
for found in STRATA_MNIST=mnist STRATA_KERAS_LAYERS=keras-layers STRATA_MODELS=models; do
    directory="$root/../shared/data/${found#*=}"
    name="${found%%=*}"
    if [ -z "${!name-}" ] && [ -d "$directory" ]; then export "$name=$directory"; fi
    if [ -z "${!name-}" ]; then echo "without $name: its cases compare nothing"; fi
done

# Builds and passes the tests that a configuration has chosen, and prints three numbers in the last line.
with_meson() {
    local build="$1" log="$1/build.log" name targets sums status=0
    local selection=()
    # Without debugging information: with types as long as networks it takes as long to write as the code.
    options=(-Ddebug=false -Dwerror=true "${options[@]}")
    # Names as long as networks take binutils five times as long to link as they take LLVM's linker.
    if [[ "$compiler" == clang* ]]; then options+=(-Dcpp_link_args=-fuse-ld=lld); fi
    if [ -f "$build/build.ninja" ]; then # which no folder has whose setup failed
        meson configure "$build" "${options[@]}" >"$log" 2>&1
    else
        CXX="$compiler" meson setup "$build" "$root" "${options[@]}" >"$log" 2>&1
    fi || { cat "$log"; return 1; }
    # A folder that was built before learns of new suites here, and cannot pass by the results of its last tests.
    ninja -C "$build" build.ninja >>"$log" 2>&1 || { cat "$log"; return 1; }
    rm -f "$build/meson-logs/testlog.json"
    targets="$("$root/tests/targets" "$build" "${chosen[*]}" "${without[*]}")" || return 1
    # shellcheck disable=SC2086 # one argument a target
    ninja -k 0 -C "$build" $targets >>"$log" 2>&1 || { cat "$log"; return 1; }
    for name in "${chosen[@]}"; do selection+=(--suite "$name"); done
    for name in "${without[@]}"; do selection+=(--no-suite "$name"); done
    install "${uses[@]}" || return 1
    # Nothing waits for input; the log says what failed.
    env "${variables[@]}" meson test -C "$build" --no-rebuild --print-errorlogs "${selection[@]}" </dev/null || status=$?
    sums="$("$root/tests/count" "$build/meson-logs/testlog.json")" || return 1
    if [ "$status" -ne 0 ] && [[ "$sums" = *" 0 failed,"* ]]; then
        echo "Meson ended with status $status before all tests had ended"
        return 1
    fi
    echo "$sums"
}

# Builds and passes what the variables of a configuration say: tests.log ends with the three numbers.
pass() {
    local name="$1" build="$root/build/$1" started=$SECONDS
    install "${needs[@]}" || return 1
    wrap_compilers
    if declare -F "prepare_$name" >/dev/null; then "prepare_$name"; fi
    if [ ${#script[@]} -eq 0 ]; then script=(with_meson); fi
    "${script[@]}" "$build" | tee "$build/tests.log" || { echo "$name: not passed"; return 1; }
    echo "$name: in $((SECONDS - started)) s"
}

begun=() scripts=0
for configuration in "${asked[@]}"; do
    describe "$configuration" || { echo "$configuration: left out"; continue; }
    begun+=("$configuration")
    build="$root/build/$configuration"
    mkdir -p "$build"
    rm -f "$build/tests.log"
    if [ ${#script[@]} -eq 0 ]; then
        pass "$configuration" || { wait; exit 1; }
    else
        # As many of each kind as there are processors, so that what the others leave no time for ends soon behind them.
        # What one says stays together.
        scripts=$((scripts + 1))
        turn=$((scripts % $(nproc)))
        {
            if [ -n "$patient" ]; then renice -n 19 "$BASHPID" >/dev/null; fi
            exec 7>"$root/build/script$patient$turn"
            flock 7
            pass "$configuration" >"$build/said.log" 2>&1 || true
            cat "$build/said.log"
        } &
    fi
done
wait

# What failed is said once more: of a long run, its end is read.
say_failures() {
    local build="$root/build/$1" log
    log="$build/meson-logs/testlog.json"
    echo "$1:"
    if [ -e "$log" ]; then "$root/tests/count" --failures "$log"; else tail -n 40 "$build/said.log"; fi
}

passed=0 failed=0 skipped=0
for configuration in "${begun[@]}"; do
    last="$(tail -n 1 "$root/build/$configuration/tests.log")" || true
    if [[ "$last" =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]; then
        passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2])) skipped=$((skipped + BASH_REMATCH[3]))
        if [ "${BASH_REMATCH[2]}" -gt 0 ]; then say_failures "$configuration"; fi
    else
        echo "$configuration: ended early"
        failed=$((failed + 1))
    fi
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
