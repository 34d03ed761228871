#!/bin/bash
# The nginx of a container: the front (`nginx`, the default) or an instance of Nchan (`stream-1`). The access log goes to
# stdout, the error log to stderr with its secrets redacted.
set -eu
umask 077
# Bytes, not characters: a request may have bytes that are not UTF-8.
export LC_ALL=C
# A killed nginx leaves its socket, which the next one could not bind.
name=${1:-nginx}
rm -f "/run/hookswitch/$name.sock" "/run/hookswitch/publish-${name#stream-}.sock"
exec nginx -e stderr -p /var/lib/nginx -c "/etc/hookswitch/nginx/$name.conf" \
  2> >(exec sed -u -E -f /etc/hookswitch/redact.sed >&2)
