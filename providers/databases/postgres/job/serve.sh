# Stays: waits for orders that stand in the target, does one after the other, and leaves each answer
# there. Sessions at the target end with their program: the lock is free when this container is.
worker=
alive=$(date +%s)
trap 'for one in $holder $worker; do kill "$one" 2>/dev/null; done; rm -rf "$dir"' EXIT
pause() { sleep "$1" 2>/dev/null || sleep 1; }
say() { echo "moveday: $1" >&2; }
# Not the end of the container: its platform would start it anew.
rest() { # why
  say "$1; it does nothing any more, and can be removed"
  for one in $holder $worker; do kill "$one" 2>/dev/null; done
  rm -rf "$dir"
  while :; do sleep 3600 & wait $!; done
}
over_due() { [ $(($(date +%s) - alive)) -gt $((silent_hours * 3600)) ]; }
# It was at work, and its place in the target has gone: with the marker, when the copy was accepted.
gone=
place_gone() {
  tell_once "nothing in the target waits for this job"
  [ "$boot" = off ] || return 0
  [ -n "$gone" ] || gone=$(date +%s)
  [ $(($(date +%s) - gone)) -le 60 ] || rest "nothing waits for it any more"
}
told=
tell_once() { [ "$told" = "$1" ] || say "$1"; told=$1; }

# One that has lost its lock to another of the same job touches the target no more.
sql() {
  at=$1
  shift
  if [ "$at" = target ] && [ -e "$dir/stood_back" ]; then return 1; fi
  PGSERVICEFILE=$dir/service PGSERVICE=$at psql -X -A -t -q -w -v VERBOSITY=sqlstate "$@"
}
take_lock() { # on | off: whether sessions of an earlier one are ended
  : >"$dir/lock"
  sql target -v first="$1" -f "$dir/lock.sql" >"$dir/lock" 2>"$dir/lock.err" </dev/null &
  holder=$!
  until [ -s "$dir/lock" ]; do
    kill -0 "$holder" 2>/dev/null || break
    pause 0.1
  done
  lock=$(sed -n 1p "$dir/lock")
}
hold_lock() { # as for take_lock; done when it is ours
  [ -n "$holder" ] && kill -0 "$holder" 2>/dev/null && return 0
  take_lock "$1"
  case $lock in
    mine) told= gone=; return 0 ;;
    ended) rest "it was ended on order" ;;
    other) alive=$(date +%s); tell_once "another of this job works already: this one stands back" ;;
    none) place_gone ;;
    *) tell_once "the target cannot be reached: $(tail -n 1 "$dir/lock.err" | words)" ;;
  esac
  holder=
  return 1
}
one_order() { # kind
  kind=$1
  holder=
  trap '[ -z "$holder" ] || kill "$holder" 2>/dev/null' EXIT
  if [ "$kind" = copy ]; then move=$served_move; fi
  for one in troubles phases answers left_out err; do : >"$dir/$one"; done
  rm -f "$dir/hold" "$dir/held" "$dir/dumped"
  if [ -e "$dir/unread" ]; then
    cp "$dir/unread" "$dir/troubles"
    stop
  fi
  reach source
  cp "$dir/$kind.sql" "$dir/questions.sql"
  if [ "$kind" = copy ]; then . "$dir/copy.sh"; else . "$dir/ask.sh"; fi
}
do_order() { # kind
  ( one_order "$1" ) >"$dir/said" 3>&- &
  worker=$!
  turns=0
  while kill -0 "$worker" 2>/dev/null; do
    if [ $turns -lt 50 ]; then pause 0.1; else pause 1; fi
    turns=$((turns + 1))
    hold_lock off || [ "$lock" != other ] || : >"$dir/stood_back"
  done
  wait "$worker" 2>/dev/null
  worker=
  grep -q '^-----END' "$dir/said" && return
  ( kind=$1
    : >"$dir/troubles"
    echo "it was ended from outside" >"$dir/err"
    trouble source program "$1" "$dir/err"
    report ) >"$dir/said"
}
hand_in() { # mark
  until MOVEDAY_SAID=$dir/said sql target -v mark="$1" -f "$dir/answer.sql" >/dev/null 2>"$dir/in.err"
  do
    # 3 is psql's word for a statement that failed: nothing waits for this answer any more.
    [ $? -eq 3 ] && return
    [ -e "$dir/stood_back" ] && return
    over_due && return
    tell_once "the target cannot be reached: $(tail -n 1 "$dir/in.err" | words)"
    pause 2
  done
  told=
}

boot=on
while :; do
  over_due && rest "the target was out of reach for $silent_hours hours"
  rm -f "$dir/stood_back"
  if ! hold_lock "$boot"; then
    pause 3
    continue
  fi
  [ "$boot" = on ] && say "waits for its orders"
  boot=off
  if ! sql target -f "$dir/wait.sql" >"$dir/next" 2>/dev/null; then
    pause 2
    continue
  fi
  alive=$(date +%s)
  next=$(sed -n 1p "$dir/next")
  mark=${next##* }
  case $next in
    "order end "*)
      echo ended >"$dir/said"
      sql target -v why=order -f "$dir/end.sql" >/dev/null 2>&1
      hand_in "$mark"
      rest "it was ended on order"
      ;;
    "order probe "* | "order look "* | "order count "* | "order copy "* | "order verify "*)
      asked=${next#order }
      do_order "${asked%% *}"
      hand_in "$mark"
      ;;
    silent)
      sql target -v why=silence -f "$dir/end.sql" >/dev/null 2>&1
      rest "moveday was not heard for $silent_hours hours"
      ;;
    none) place_gone; pause 3 ;;
    idle) gone= ;;
  esac
done
