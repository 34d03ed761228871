#!/bin/bash
# The container's nginx: the access log goes to stdout, the error log to stderr with its secrets struck out.
set -eu
umask 077
# Bytes, not characters: what a client sends need not be UTF-8.
export LC_ALL=C
# nginx leaves its socket behind when it is killed, and then cannot bind it.
rm -f /run/hookswitch/nginx.sock
exec nginx -e stderr -p /var/lib/nginx -c /etc/hookswitch/nginx/nginx.conf \
  2> >(exec sed -u -E -f /etc/hookswitch/strike.sed >&2)
