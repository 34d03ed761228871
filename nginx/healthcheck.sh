#!/bin/bash
# The front is healthy if the sidecar, requested through it, is ready, and a request without a token is refused: takes the
# port. An instance of Nchan is healthy if it answers on its control socket: takes the path of that socket.
# The image has no HTTP client: bash sends the requests, openssl those over TLS, and perl those on a Unix socket.
set -u
if [ -S "$1" ]; then
  exec perl -MIO::Socket::UNIX -e 'alarm 3; $s = IO::Socket::UNIX->new(Peer => shift) or exit 1;
    print $s "GET /process HTTP/1.0\r\n\r\n"; exit(<$s> =~ / 200 / ? 0 : 1)' "$1"
fi
status() {
  exec 3<>"/dev/tcp/127.0.0.1/$1" || return
  printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$2" >&3
  read -r -t 3 _ code _ <&3
  exec 3>&-
  echo "${code:-}"
}
# A port that takes TLS redirects what comes without.
if [ "$(status "$1" /health)" = 308 ]; then
  status() {
    printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$2" |
      timeout 3 openssl s_client -quiet -connect "127.0.0.1:$1" 2>/dev/null | {
      read -r _ code _
      echo "${code:-}"
    }
  }
fi
[ "$(status "$1" /_gate/ready)" = 200 ] && [ "$(status "$1" /media/hookswitch/probe)" = 401 ]
