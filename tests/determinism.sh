#!/bin/bash
# The engine gives the same results and state hashes whatever compiles it: builds the oracle test with
# gcc -O0, gcc -O3, clang -O2 and gcc with AddressSanitizer and UBSan, runs the same random streams through
# each (they are compared with the naive book as well), and compares the hashes of all results.
#
#     ORACLE_COMMANDS=1000000 tests/determinism.sh
#
# A compiler that is not installed is left out, loudly.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
export ORACLE_COMMANDS=${ORACLE_COMMANDS:-100000}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

sources=(services/matching/engine/*.c libs/contract/*.c libs/base/*.c
    tests/unit/services/matching/test_oracle.c)
flags=(-std=gnu17 -D_GNU_SOURCE -pthread -include libs/base/banned.h -I libs -I services -I .)

ways=(
    "gcc -O0"
    "gcc -O3"
    "clang -O2"
    "gcc -O1 -fsanitize=address,undefined -fno-sanitize-recover=all"
)
first='' failed=0
for way in "${ways[@]}"; do
    read -r -a words <<<"$way"
    if ! command -v "${words[0]}" >/dev/null; then
        echo "determinism: ${words[0]} is not installed, left out"
        continue
    fi
    if ! "${words[@]}" "${flags[@]}" -o "$folder/oracle" "${sources[@]}" -lcmocka; then
        echo "determinism: $way does not build"
        failed=1
        continue
    fi
    if ! said=$("$folder/oracle" 2>&1); then
        printf 'determinism: %s fails\n%s\n' "$way" "$said"
        failed=1
        continue
    fi
    hash=$(sed -n 's/^results of .*: //p' <<<"$said")
    echo "determinism: $hash $way"
    first=${first:-$hash}
    [[ $hash == "$first" && $hash ]] || failed=1
done
[[ $failed == 0 ]] || echo "determinism: the results differ, or a build failed"
exit $failed
