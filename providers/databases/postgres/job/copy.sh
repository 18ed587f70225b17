# psql's words about one phase: each error with its SQLSTATE and the head of its statement up to the
# first value, so that nothing of a row can stand in it. (A quote may be part of a quoted name.)
errors_of() { # phase, file
  awk -v phase="$1" '
    function head(text,   at, sign, named) {
      for (at = 1; at <= length(text) && at <= 300; at++) {
        sign = substr(text, at, 1)
        if (sign == "\"") named = !named
        if (!named && (sign == q || sign == "$")) break
      }
      return substr(text, 1, at - 1)
    }
    function said() {
      if (state == "") return
      statement = head(statement)
      gsub(/[^ -~]/, "?", statement); gsub(/[\\"]/, "\\\\&", statement)
      print "{\"side\":\"target\",\"kind\":\"statement\",\"phase\":\"" phase "\",\"sqlstate\":\"" \
        state "\",\"entry\":\"" statement "\"},"
      state = ""; statement = ""; telling = 0
    }
    /^psql:[^ ]*:[0-9]+: (ERROR|FATAL|PANIC):  [0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z]$/ {
      said(); state = $NF; next }
    /^psql:[^ ]*:[0-9]+: STATEMENT:  / {
      sub(/^psql:[^ ]*:[0-9]+: STATEMENT:  /, ""); statement = $0; telling = 1; next }
    /^psql:/ { said(); next }
    telling { statement = statement " " $0; if (length(statement) > 400) telling = 0 }
    END { said() }' q="'" "$2" | head -n 300 >>"$dir/troubles"
  if grep -q 'connection to server was lost\|server closed the connection' "$2"; then
    grep 'connection' "$2" >"$dir/lost"
    trouble target lost "$1" "$dir/lost"
  fi
}
# What pg_restore says of the rows: the table and what sort of error, never the message (it quotes).
rows_told() {
  awk '
    function told(kind, state, what) {
      what = substr(what, 1, 300)
      gsub(/[^ -~]/, "?", what); gsub(/[\\"]/, "\\\\&", what)
      print "{\"side\":\"target\",\"kind\":\"" kind "\",\"phase\":\"rows\",\"sqlstate\":\"" state \
        "\",\"entry\":\"" what "\"},"
      errors++
    }
    /^pg_restore: processing data for table / {
      entry = $0; sub(/^pg_restore: processing data for table "/, "", entry)
      sub(/"$/, "", entry); entry = "TABLE DATA " entry; next }
    /^pg_restore: from TOC entry [0-9]+; [0-9]+ [0-9]+ TABLE DATA / { next }
    /^pg_restore: from TOC entry [0-9]+; [0-9]+ [0-9]+ / {
      entry = $0; sub(/^pg_restore: from TOC entry [0-9]+; [0-9]+ [0-9]+ /, "", entry); next }
    /^pg_restore: error: / {
      if (errors > 200) next
      if (/closed the connection|connection to server was lost|terminating connection/ ||
          /connection has been closed|no connection to the server|PQputCopyData|SSL SYSCALL/)
        told("lost", "", entry)
      # Newer programs set what an older server does not have; it does without.
      else if (/ERROR:  unrecognized configuration parameter/) harmless++
      else if (/ERROR:  relation .* does not exist/) told("rows", "42P01", entry)
      else if (/ERROR:  column .* does not exist/) told("rows", "42703", entry)
      else if (/ERROR:  type .* does not exist/) told("rows", "42704", entry)
      else if (/ERROR:  permission denied/) told("rows", "42501", entry)
      else if (/No space left on device/) told("rows", "53100", entry)
      else if (/could not read from input file|unexpected end of file|did not find magic string/)
        told("cut", "", entry)
      else told("rows", "", entry) }
    /^ended [0-9]+$/ { code = $2 }
    END { if (code != 0 && !errors && !harmless) told("rows", "", entry) }'
}

# phase, file of SQL: statement by statement; what fails is told, and the rest is run all the same.
at_target() {
  phase_begins "$1"
  sql target -b -f "$dir/settings.sql" -f "$2" >/dev/null 2>"$dir/err"
  phase_ends
  errors_of "$1" "$dir/err"
}
# A program that must have worked for anything else to make sense: phase, its exit code, side.
must() {
  [ "$2" -eq 0 ] && return
  trouble "$3" program "$1" "$dir/err"
  stop
}
holder_says() { # pattern: wait until the session that holds the view has said so
  while ! grep -q "$1" "$dir/held"; do
    if ! kill -0 "$holder" 2>/dev/null; then
      trouble source lost view "$dir/held.err"
      stop
    fi
    sleep 0.1 2>/dev/null || sleep 1
  done
}

phase_begins "looking at the target"
sql target -f "$dir/guard.sql" >"$dir/guard" 2>"$dir/err"
must "looking at the target" $? target
phase_ends
found=$(cat "$dir/guard")
case $found in
  "owner $move") at_target "emptying what an earlier run of this job left" "$dir/empty.sql" ;;
  owner*) echo "${found#owner }" >"$dir/err"; trouble target not-ours "looking at the target" "$dir/err"; stop ;;
  fresh) ;;
  *) echo "$found" >"$dir/err"; trouble target not-fresh "looking at the target" "$dir/err"; stop ;;
esac
at_target "writing the marker" "$dir/marker.sql"
if [ -s "$dir/troubles" ]; then stop; fi

# One session holds the view that everything of the source is read through.
mkfifo "$dir/hold"
sql source -v sequences="$dir/sequences.sql" -v views="$dir/views.sql" \
  <"$dir/hold" >"$dir/held" 2>"$dir/held.err" &
holder=$!
exec 3>"$dir/hold"
cat "$dir/view.sql" >&3
holder_says '^snapshot '
snapshot=$(sed -n 's/^snapshot //p' "$dir/held")
case $snapshot in
  *[!0-9A-Fa-f-]* | "") trouble source view view "$dir/held.err"; stop ;;
esac

phase_begins "reading the schema"
PGSERVICEFILE=$dir/service PGSERVICE=source pg_dump --no-password --format=custom --schema-only \
  --snapshot="$snapshot" --lock-wait-timeout=60000 --no-sync $excluded \
  --file="$dir/schema" 2>"$dir/err"
must "reading the schema" $? source
pg_restore --list "$dir/schema" >"$dir/list" 2>"$dir/err"
must "reading the schema" $? source
grep -v -E -f "$dir/left_behind" "$dir/list" >"$dir/wanted"
grep -E -f "$dir/left_behind" "$dir/list" | sed 's/^[0-9]*; [0-9]* [0-9]* //' | head -n 200 |
  while IFS= read -r entry; do
    echo "\"$(printf '%s' "$entry" | words)\"," >>"$dir/left_out"
  done
for section in pre-data post-data; do
  pg_restore --no-owner --no-privileges --no-tablespaces --section=$section \
    --use-list="$dir/wanted" --file="$dir/$section.all" "$dir/schema" 2>"$dir/err"
  must "reading the schema" $? source
  # Unknown to servers before 17. Only the first: a function may well say the same.
  awk '!gone && $0 == "SET transaction_timeout = 0;" { gone = 1; next } { print }' \
    "$dir/$section.all" >"$dir/$section.sql"
done
phase_ends

at_target "schema" "$dir/pre-data.sql"

# Nothing of a row is ever written to a disk, nor what pg_restore quotes of one: what comes out of
# one program goes into the next.
phase_begins rows
{
  PGSERVICEFILE=$dir/service PGSERVICE=source pg_dump --no-password --format=custom \
    --compress=0 --section=data --snapshot="$snapshot" --no-sync $excluded 2>"$dir/dump.err"
  echo $? >"$dir/dumped"
} | {
  PGSERVICEFILE=$dir/service PGOPTIONS='-c synchronous_commit=off' pg_restore --no-password \
    --no-owner --no-privileges --verbose --section=data --dbname=service=target 2>&1
  echo "ended $?"
} | rows_told >>"$dir/troubles"
phase_ends
# A dump that nobody reads any more has nothing to say: why is told already.
if [ "$(cat "$dir/dumped")" -ne 0 ] && { [ -s "$dir/dump.err" ] || ! [ -s "$dir/troubles" ]; }; then
  trouble source program rows "$dir/dump.err"
fi

at_target sequences "$dir/sequences.sql"
at_target "indexes and keys" "$dir/post-data.sql"
at_target "materialized views" "$dir/views.sql"
at_target statistics "$dir/analyze.sql"

phase_begins "counting the source"
cat "$dir/questions.sql" >&3
exec 3>&-
wait "$holder"
holder=
phase_ends
cp "$dir/held" "$dir/answers"
grep -q '^\["end"' "$dir/answers" || trouble source lost "counting the source" "$dir/held.err"
[ -s "$dir/troubles" ] || at_target "closing the marker" "$dir/finish.sql"
report >"$dir/printed"
cat "$dir/printed"
# The report waits in the target too, beside the marker, and goes with it.
MOVEDAY_PRINTED=$dir/printed sql target -f "$dir/leave.sql" >/dev/null 2>&1 ||
  echo "moveday: the report could not be left in the target" >&2
done_or_broken_off
