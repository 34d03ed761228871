# Redacts tokens and query strings in nginx's error log, as its format cannot be changed; the same rules as `redact` in
# runtime/log.ts. Needs sed -E.
s/eyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*\.?[A-Za-z0-9_-]*/[token]/g
s/hs_[0-9a-f]{16}_[A-Za-z0-9_]*/[token]/g
s/\?[^[:space:]"'\\]*/?[query]/g
s/(bearer[[:space:]]+)[^[:space:]"'\\]+/\1[token]/gI
