#!/bin/bash
# A container's nginx, the front (`nginx`, the default) or an instance of Nchan (`stream-1`): the access log goes to
# stdout, the error log to stderr with its secrets struck out.
set -eu
umask 077
# Bytes, not characters: what a client sends need not be UTF-8.
export LC_ALL=C
# nginx leaves its socket behind when it is killed, and then cannot bind it.
name=${1:-nginx}
rm -f "/run/hookswitch/$name.sock" "/run/hookswitch/publish-${name#stream-}.sock"
exec nginx -e stderr -p /var/lib/nginx -c "/etc/hookswitch/nginx/$name.conf" \
  2> >(exec sed -u -E -f /etc/hookswitch/redact.sed >&2)
