# SPDX-License-Identifier: GPL-2.0-or-later
# For the scripts *.test: TAP lines, and a scratch folder that goes away. Sourced; run from the top of the tree.
set -u
export LC_ALL=C
: "${BUILD:=$PWD/build}"
carryover=$BUILD/carryover
carryover_run=$BUILD/carryover-run
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
tap_n=0

pass() { tap_n=$((tap_n + 1)); echo "ok $tap_n - $1"; }
skip() { tap_n=$((tap_n + 1)); echo "ok $tap_n - $1 # SKIP $2"; }
fail() { # NAME [DETAILS]
	tap_n=$((tap_n + 1))
	echo "not ok $tap_n - $1"
	[ -z "${2-}" ] || printf '%s\n' "$2" | sed 's/^/# /'
}
# check NAME COMMAND...: passes when the command succeeds; its output is shown when it does not.
check() {
	tap_name=$1
	shift
	if tap_out=$("$@" 2>&1); then pass "$tap_name"; else fail "$tap_name" "$tap_out"; fi
}
# The plan, last: a script that ends early has none, and that is a failure.
finish() { echo "1..$tap_n"; }
