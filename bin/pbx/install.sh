#!/bin/sh
# install.sh PREFIX: puts a private Asterisk (and sipp and baresip, to be its phones) under PREFIX.
# Needs no root and touches nothing outside PREFIX: own apt lists, an empty dpkg status, packages unpacked and not
# installed; apt still checks signatures and hashes. Returns at once and prints nothing where PREFIX/installed names
# this recipe.
# PBX_SUITE chooses another suite than sid: bullseye brings Asterisk 16.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ $# -eq 1 ] || { echo "usage: install.sh PREFIX" >&2; exit 64; }
for tool in apt-get dpkg-deb flock tar xargs; do
  command -v $tool > /dev/null || { echo "there is no $tool here" >&2; exit 69; }
done
mkdir -p "$1"; P=$(cd "$1" && pwd)
SUITE=${PBX_SUITE:-sid}
exec 9>"$P/.lock"; flock 9

recipe=$(cat "$here/install.sh" "$here/conf/modules.conf" "$here/packages.$SUITE.txt" 2>/dev/null | sha256sum | cut -c1-16)-$SUITE
if [ -f "$P/installed" ] && [ "$(head -n 1 "$P/installed")" = "$recipe" ] && "$P/bin/asterisk" -V > /dev/null 2>&1; then
  exit 0
fi

# The mirror is the machine's own: the first of its apt sources that is not a "-security" one.
mirror() {
  for f in /etc/apt/sources.list.d/*.sources /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -f "$f" ] || continue
    case $f in
      *.sources) awk '/^[Uu][Rr][Ii]s:/{print $2}' "$f" ;;
      *) sed -nE 's/^deb +(\[[^]]*\] +)?([^ ]+) .*/\2/p' "$f" ;;
    esac
  done | sed 's#/*$##' | grep -E '/debian$' | head -n 1
}
URI=$(mirror)
[ -n "$URI" ] || { echo "no Debian mirror in this machine's apt sources" >&2; exit 69; }

A=$P/.apt
rm -rf "$P/root.new" "$P/installed" "$A"
mkdir -p "$A/lists/partial" "$A/cache/archives/partial" "$A/etc/apt.conf.d" "$A/etc/preferences.d" "$A/empty"
: > "$A/status"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $URI $SUITE main" > "$A/etc/sources.list"
# Check-Valid-Until: a mirror may hold a frozen sid with an expired Release file; its signature is still checked.
cat > "$A/apt.conf" <<CONF
Dir::State "$A";
Dir::State::status "$A/status";
Dir::State::Lists "$A/lists";
Dir::Cache "$A/cache";
Dir::Etc "$A/etc";
Dir::Etc::sourcelist "$A/etc/sources.list";
Dir::Etc::sourceparts "$A/empty";
Dir::Etc::Parts "$A/empty";
Dir::Log "$A";
APT::Sandbox::User "";
APT::Install-Recommends "0";
Acquire::Check-Valid-Until "false";
Acquire::Languages "none";
Acquire::Retries "3";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
CONF
# the machine's proxy still applies
apt-config dump 2>/dev/null | grep -iE '^Acquire::(http|https)(::Proxy|::Timeout) ' >> "$A/apt.conf" || true
APT_CONFIG=$A/apt.conf; export APT_CONFIG
echo "fetching Asterisk, and phones to try it with, from Debian $SUITE (about 40 MB)"
apt-get -qq update || { echo "the mirror does not answer for $SUITE" >&2; exit 69; }

get() { # get LIST: fetches the packages and unpacks them
  (cd "$A/cache/archives" && xargs -a "$1" apt-get -qq download) || return 1
  mkdir -p "$P/root.new"
  find "$A/cache/archives" -maxdepth 1 -name '*.deb' -print0 |
    xargs -0 -r -n 4 -P 2 sh -c 'for f in "$@"; do dpkg-deb --fsys-tarfile "$f" | tar -x -C "$0" --no-same-owner --exclude=./usr/share/doc --exclude=./usr/share/man --exclude=./usr/share/locale --exclude=./etc/init.d --exclude=./usr/lib/systemd || exit 255; done' "$P/root.new"
}
loader() { find "$1" -path '*-linux-gnu*/ld-linux*.so.*' -o -path '*-linux-gnu*/ld-2*.so' | head -n 1; }
libraries() { { find "$1/usr/lib" "$1/lib" -maxdepth 1 -name '*-linux-gnu' -type d; echo "$1/usr/lib"; } 2>/dev/null | paste -sd: -; }
loaded() { # every program, and every module that modules.conf names
  M=$(find "$1" -type d -path '*asterisk/modules')
  printf '%s\n' "$1/usr/sbin/asterisk" "$1/usr/bin/sipp" "$1/usr/bin/baresip"
  sed -n 's/^load = //p' "$here/conf/modules.conf" | while read -r m; do [ ! -f "$M/$m" ] || echo "$M/$m"; done
  for m in account aufile ausine cons contact ctrl_tcp g711 menu srtp stun uuid; do echo "$1/usr/lib/baresip/modules/$m.so"; done
}
unresolved() { # libraries that would not come out of the tree
  L=$(loader "$1"); LP=$(libraries "$1")
  [ -n "$L" ] || { echo no loader; return; }
  loaded "$1" | xargs -n 1 "$L" --inhibit-cache --library-path "$LP" --list 2>&1 |
    awk -v r="$1/" '/linux-vdso|ld-linux|statically/{next} /not found|cannot open shared|error while loading/{print;next} $2=="=>" && index($3,r)!=1{print}' | sort -u
}

pinned=$here/packages.$SUITE.txt
if [ -f "$pinned" ]; then
  grep -v '^#' "$pinned" > "$A/list"
  get "$A/list" || rm -rf "$P/root.new"
fi
if [ ! -d "$P/root.new" ] || [ -n "$(unresolved "$P/root.new")" ]; then
  # the short list no longer fits the suite: take all that the roots depend on
  echo "fetching more that they need (about 90 MB)"
  apt-get install -s asterisk sip-tester baresip-core 2>/dev/null | awk '/^Inst /{print $2}' > "$A/list"
  get "$A/list" || { echo "the packages of $SUITE cannot be fetched" >&2; exit 69; }
  u=$(unresolved "$P/root.new"); [ -z "$u" ] || { echo "libraries are missing: $u" >&2; exit 69; }
fi

rm -rf "$P/root"; mv "$P/root.new" "$P/root"
L=$(loader "$P/root"); LP=$(libraries "$P/root")
ARGV0=; if "$L" --help 2>/dev/null | grep -q -- --argv0; then ARGV0=yes; fi
mkdir -p "$P/bin"
for b in usr/sbin/asterisk usr/bin/sipp usr/bin/baresip; do
  n=$(basename $b)
  printf '#!/bin/sh\nexec "%s" --inhibit-cache --library-path "%s" %s"%s" "$@"\n' "$L" "$LP" "${ARGV0:+--argv0 $n }" "$P/root/$b" > "$P/bin/$n"
  chmod 755 "$P/bin/$n"
done
v=$("$P/bin/asterisk" -V)
rm -rf "$A"
echo "unpacked $v"
printf '%s\n%s\n' "$recipe" "$v" > "$P/installed.new"
mv "$P/installed.new" "$P/installed"
