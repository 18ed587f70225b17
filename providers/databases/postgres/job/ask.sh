phase_begins asking
sql source -f "$dir/questions.sql" >"$dir/answers" 2>"$dir/err"
phase_ends
# The last answer is there only when all were asked.
grep -q '^\["end"' "$dir/answers" || trouble source lost asking "$dir/err"
report
done_or_broken_off
