#!/bin/sh
# Checks every standard of this repository, as CI does: sh check.sh [FOLDER]
#
# What people read goes to the screen, what machines read into FOLDER (reports by
# default): vet.sarif and vet.xml with the mistakes, test.json with the rule tests,
# and each standard as a page to read. The exit code is 1 when anything is wrong,
# after everything was tried.
#
#   CHK=...   the command, "chk" by default
set -u
reports=${1:-reports}
mkdir -p "$reports" || exit 1
reports=$(cd "$reports" && pwd) || exit 1
cd "$(dirname "$0")" || exit 1 # the paths in reports are those of the repository
chk=${CHK:-chk}
command -v "$chk" >/dev/null || { echo "check.sh: there is no $chk; say where it is with CHK=..." >&2; exit 1; }

# A standard is a folder with .chk files.
standards=
for folder in */; do
	set -- "$folder"*.chk
	[ ! -e "$1" ] || standards="$standards ${folder%/}"
done
[ -n "$standards" ] || { echo "check.sh: there is no standard here" >&2; exit 1; }

failed=0
# Folders have no spaces, so the list may be split.
# shellcheck disable=SC2086
{
	echo "== vet"
	"$chk" vet $standards || failed=1
	"$chk" --format sarif vet $standards >"$reports/vet.sarif" || failed=1
	"$chk" --format junit vet $standards >"$reports/vet.xml" || failed=1
	echo "== fmt"
	"$chk" fmt --check $standards || { echo "run: chk fmt$standards"; failed=1; }
	echo "== test"
	"$chk" test --audit $standards || failed=1
	"$chk" --format json test $standards >"$reports/test.json" || failed=1
}
for standard in $standards; do
	"$chk" doc "$standard" -o "$reports/$standard.html" || failed=1
done
exit "$failed"
