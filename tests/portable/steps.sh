# What the checks of this folder share: steps that count, each a name and a command that is to succeed.
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
here="$root/tests/portable"
passed=0 failed=0 skipped=0
flags=(-Wall -Wextra -Wconversion -Wshadow -Wpedantic -Werror "-I$root/dsl" "-I$root/include")

try() {
    if "${@:2}"; then echo "OK    $1"; passed=$((passed + 1)); else echo "FAIL  $1"; failed=$((failed + 1)); fi
}

left_out() {
    echo "SKIP  $1"
    skipped=$((skipped + 1))
}

finish() {
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" -eq 0 ]
}
