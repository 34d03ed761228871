# Strikes tokens and query strings out of nginx's error log, whose form cannot be changed; the same as
# `strike` in runtime/log.ts. Needs sed -E.
s/eyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*\.?[A-Za-z0-9_-]*/[token]/g
s/\?[^[:space:]"'\\]*/?[query]/g
s/(bearer[[:space:]]+)[^[:space:]"'\\]+/\1[token]/gI
