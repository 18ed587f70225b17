# One side's URL, or its password, from standard input into a section of libpq's service file and a
# password file. Variables: dir, side, tls (the least), ca (a file, or nothing), and host, port,
# user, dbname when only the password is kept. What it cannot take goes as one word to SIDE.stop.
function stop(word) { print word > (dir "/" side ".stop"); stopped = 1; exit 0 }
function digit(c) { return index("0123456789abcdef", tolower(c)) - 1 }
function plain(text,   out, at) {
  out = ""
  while ((at = index(text, "%")) > 0) {
    out = out substr(text, 1, at - 1)
    if (substr(text, at + 1, 2) ~ /^[0-9A-Fa-f][0-9A-Fa-f]$/) {
      out = out sprintf("%c", digit(substr(text, at + 1, 1)) * 16 + digit(substr(text, at + 2, 1)))
      text = substr(text, at + 3)
    } else { out = out "%"; text = substr(text, at + 1) }
  }
  return out text
}
function last(text, sign,   at, i) {
  at = 0
  for (i = 1; i <= length(text); i++) if (substr(text, i, 1) == sign) at = i
  return at
}
function escaped(text,   out, i, c) {
  out = ""
  for (i = 1; i <= length(text); i++) {
    c = substr(text, i, 1)
    if (c == "\\" || c == ":") out = out "\\"
    out = out c
  }
  return out
}
function read_url(text,   at, query, login, place, parts, many, i, key, value) {
  sub(/[ \t]+$/, "", text)
  text = substr(text, index(text, "://") + 3)
  query = ""
  if ((at = match(text, /\?[a-z_]+=/)) > 0) { query = substr(text, at + 1); text = substr(text, 1, at - 1) }
  # A raw @ may stand in a user's name (user@server): the last one counts.
  at = last(text, "@")
  login = substr(text, 1, at ? at - 1 : 0)
  place = substr(text, at + 1)
  at = index(login, ":")
  user = plain(at ? substr(login, 1, at - 1) : login)
  password = at ? plain(substr(login, at + 1)) : ""
  at = index(place, "/")
  dbname = at ? plain(substr(place, at + 1)) : ""
  if (at) place = substr(place, 1, at - 1)
  if (index(place, ",")) stop("several-hosts")
  if (substr(place, 1, 1) == "[") {
    host = substr(place, 2, index(place, "]") - 2)
    place = substr(place, index(place, "]") + 1)
  } else {
    at = index(place, ":")
    host = plain(at ? substr(place, 1, at - 1) : place)
    place = at ? substr(place, at) : ""
  }
  port = length(place) > 1 ? substr(place, 2) : ""
  many = split(query, parts, "&")
  for (i = 1; i <= many; i++) {
    at = index(parts[i], "=")
    key = substr(parts[i], 1, at - 1)
    value = plain(substr(parts[i], at + 1))
    if (key == "host") host = value
    else if (key == "port") port = value
    else if (key == "user") user = value
    else if (key == "password") password = value
    else if (key == "dbname") dbname = value
    else if (key == "sslmode") mode = value
    else if (key == "sslrootcert") root = value
  }
}
{ sub(/\r$/, ""); sub(/^[ \t]+/, "") }
NR == 1 { sub(/^\357\273\277/, "") }
line == "" && length($0) { line = $0 }
END {
  if (stopped) exit 0
  if (line == "") stop("empty")
  if (line ~ /^[a-z0-9+]*(mysql|mariadb)[a-z0-9+]*:/) stop("mysql")
  mode = ""; root = ""; password = ""
  if (line ~ /^postgres(ql)?:\/\//) read_url(line)
  else if (host != "") password = line
  else stop("no-url")
  if (port == "") port = "5432"
  if (dbname == "") dbname = user
  azure = host ~ /\.postgres\.database\.azure\.com$/
  if (host ~ /\.mysql\.database\.azure\.com$/ || port == "3306") stop("mysql")
  if (host == "" || user == "" || port !~ /^[0-9]+$/) stop("no-url")
  if (port == "6432") stop("pooler")
  if ((host port user dbname password mode root) ~ /[\n\r]/) stop("no-url")
  if (side == "target") {
    # The caller decides: nothing in a URL may make it weaker.
    mode = tls; root = ca
  } else if (mode == "" || (azure && mode !~ /^verify/)) mode = azure ? "require" : "prefer"
  print "[" side "]\nhost=" host "\nport=" port "\nuser=" user "\ndbname=" dbname \
    "\npassfile=" dir "/" side ".pass\nsslmode=" mode "\nsslrootcert=" (root == "" ? dir "/none" : root) \
    "\napplication_name=moveday-" job "\nclient_encoding=UTF8\nconnect_timeout=15\ngssencmode=disable" \
    "\nkeepalives_idle=10\nkeepalives_interval=5\nkeepalives_count=4" >> (dir "/service")
  print "*:*:*:*:" escaped(password) > (dir "/" side ".pass")
}
