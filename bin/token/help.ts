export const HELP = `Usage: bin/hookswitch.mjs token [options]

Prints an access token of a MikoPBX REST API v3, and nothing else, on stdout:

  TOKEN=$(bin/hookswitch.mjs token)
  curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8080/api/v1/sessions

The token is kept for the next run until it is near its end; then the kept refresh cookie gets the
next one, and only when that is refused is there another login. A kept token may have been revoked
at the server meanwhile: --fresh logs in whatever is kept.

  --fresh        log in anew, whatever is kept
  --forget       log out at the server and remove what is kept; prints nothing
  --timeout <s>  seconds a request may take (10)
  --retries <n>  how often a request is sent again without an answer, or with 429, 502, 503 or 504 (3)
  --insecure     accept a TLS certificate that cannot be verified; for loopback that is the default
  --debug        show requests and responses on stderr, secrets struck out
  --help         show this

Environment:
  MIKOPBX_API_URL        base of the API (http://127.0.0.1:8080/pbxcore/api/v3)
  MIKOPBX_LOGIN          user name (admin)
  MIKOPBX_PASSWORD       password; needed unless what is kept will do
  MIKOPBX_PASSWORD_FILE  a file that holds it, instead
  NODE_EXTRA_CA_CERTS    a PEM file of authorities to trust besides the usual ones
  XDG_CACHE_HOME         tokens are kept in hookswitch/tokens in here (~/.cache), readable by you alone

Exit codes:
  0  the token is on stdout
  2  wrong usage, or a setting is missing or wrong
  3  cannot connect: refused, unreachable, timed out, or a proxy reports that the API is away (502, 503, 504)
  4  invalid credentials
  5  TLS: the certificate is not trusted, or the connection cannot be encrypted
  6  the answer makes no sense: this is not the API, or it failed
  7  the session has ended, and there is no password to log in again
  8  too many attempts (429); the message names how long to wait`
