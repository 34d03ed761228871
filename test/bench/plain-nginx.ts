import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where a hand-made nginx listens, what it serves, and whom it asks. */
export interface PlainNginx {
  folder: string
  port: number
  mediaRoot: string
  /** The socket to ask for each request; undefined to ask none. */
  auth: string | undefined
}

/**
 * The least configuration that serves files behind an auth server. What is not the gate is the same as
 * in Hookswitch's own: one worker, an access log, sendfile, 64 kept connections to the auth server, one
 * header for it to read.
 * @returns the file's path
 */
export function writePlainNginx({ folder, port, mediaRoot, auth }: PlainNginx): string {
  mkdirSync(join(folder, 'temp'), { recursive: true })
  const temps = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  const gate =
    auth === undefined
      ? { upstream: '', ask: '', location: '' }
      : {
          upstream: `upstream gate { server "unix:${auth}" max_fails=0; keepalive 64; }`,
          ask: 'auth_request /_gate;',
          location: `
    location = /_gate {
      internal;
      proxy_pass http://gate/check;
      proxy_http_version 1.1;
      proxy_pass_request_body off;
      proxy_pass_request_headers off;
      proxy_set_header Host gate;
      proxy_set_header Connection "";
      proxy_set_header Authorization $http_authorization;
    }`,
        }
  const path = join(folder, 'nginx.conf')
  writeFileSync(
    path,
    `daemon off;
${process.getuid?.() === 0 ? 'user root root;' : ''}
worker_processes 1;
pid "${folder}/nginx.pid";
error_log stderr warn;
events { worker_connections 1024; }
http {
  default_type text/plain;
  sendfile on;
  tcp_nopush on;
  server_tokens off;
  access_log "${folder}/access.log";
  ${temps.map((kind) => `${kind}_temp_path "${folder}/temp/${kind}";`).join('\n  ')}
  ${gate.upstream}
  server {
    listen 127.0.0.1:${port};
    location /media/ {
      ${gate.ask}
      alias "${mediaRoot}/";
    }${gate.location}
  }
}
`,
  )
  return path
}
