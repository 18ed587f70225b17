set -u
umask 077
# What is read from the platform stays in this shell and in files that only this user can open.
export LC_ALL=C
dir=
for base in /dev/shm "${TMPDIR:-/tmp}" /tmp; do
  dir=$(mktemp -d "$base/moveday.XXXXXXXX" 2>/dev/null) && break
done
[ -n "$dir" ] || { echo "moveday: there is no folder to write to" >&2; exit 6; }
holder=
trap 'exec 3>&-; [ -z "$holder" ] || kill "$holder" 2>/dev/null; rm -rf "$dir"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
: >"$dir/troubles" && : >"$dir/phases" && : >"$dir/answers" && : >"$dir/left_out" && : >"$dir/err"

now() {
  stamp=$(date +%s.%N)
  case $stamp in *[!0-9.]* | *.) stamp=$(date +%s) ;; esac
  echo "$stamp"
}
phase_begins() { phase=$1; began=$(now); echo "moveday: $1" >&2; }
phase_ends() { echo "{\"name\":\"$phase\",\"began\":$began,\"ended\":$(now)}," >>"$dir/phases"; }

# One line that may stand in JSON, from standard input: no control characters, at most 300 bytes.
words() { tr -c '[:print:]' ' ' | cut -c1-300 | sed 's/ *$//; s/[\\"]/\\&/g'; }
# side, kind, phase, file with the program's own words
trouble() {
  echo "{\"side\":\"$1\",\"kind\":\"$2\",\"phase\":\"$3\",\"detail\":\"$(tail -n 3 "$4" | words)\"}," \
    >>"$dir/troubles"
}
list_of() { sed '$s/,$//' "$1"; }
report() {
  {
    echo "{\"moveday_job\":1,\"kind\":\"$kind\",\"job\":\"$job\",\"move\":\"$move\",\"form\":\"$form\","
    echo "\"tls\":\"$target_tls\",\"troubles\":["
    list_of "$dir/troubles"
    echo "],\"phases\":["
    list_of "$dir/phases"
    echo "],\"left_out\":["
    list_of "$dir/left_out"
    echo "],\"answers\":["
    grep '^\["' "$dir/answers" | list_of -
    echo "]}"
  } >"$dir/report"
  echo "-----BEGIN MOVEDAY JOB $kind $job-----"
  # Too long to read anyway: then short enough to be copied.
  if [ "$packed" = yes ] || [ "$(wc -c <"$dir/report")" -gt 24000 ]; then
    gzip -9 -c <"$dir/report" | base64 | tr -d '\n' | fold -w 100
    echo
  else
    cat "$dir/report"
  fi
  echo "sha256 $(tr -d '\r\n' <"$dir/report" | sha256sum | cut -d' ' -f1)"
  echo "-----END MOVEDAY JOB $kind $job-----"
}
stop() { report; exit 1; }
# After the report: whoever watches the container sees by its code whether it got to its end.
done_or_broken_off() {
  if grep -q '"kind":"\(lost\|program\|cut\)"' "$dir/troubles"; then exit 1; fi
  exit 0
}

# side, then words for psql. What libpq needs is in private files.
sql() {
  at=$1
  shift
  PGSERVICEFILE=$dir/service PGSERVICE=$at psql -X -A -t -q -w -v VERBOSITY=sqlstate "$@"
}
# side, `file` or `kept`, the file's path, the least TLS, a CA's file; then host, port, user, dbname
read_side() {
  if [ "$2" = file ] && ! [ -r "$3" ]; then
    echo "$3 is not there, or may not be read" >"$dir/err"
    trouble "$1" no-secret connect "$dir/err"
    stop
  fi
  if [ "$2" = file ]; then
    cat "$3"
  else
    # By the shell itself: what is printed is in no program's words.
    if [ "$1" = source ]; then printf '%s\n' "$source_kept"; else printf '%s\n' "$target_kept"; fi
  fi | awk -f "$dir/url.awk" -v dir="$dir" -v side="$1" -v job="$job" -v tls="$4" -v ca="$5" \
    -v host="$6" -v port="$7" -v user="$8" -v dbname="$9"
  if [ "$1" = source ]; then source_kept=; else target_kept=; fi
  if [ -e "$dir/$1.stop" ]; then
    trouble "$1" "$(cat "$dir/$1.stop")" connect "$dir/err"
    stop
  fi
}
reach() {
  if ! sql "$1" -c 'SELECT 1' >/dev/null 2>"$dir/err"; then
    trouble "$1" connect connect "$dir/err"
    stop
  fi
}
