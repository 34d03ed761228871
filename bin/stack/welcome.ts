import { PHONE_201_SECRET } from './pbx-conf.ts'

export interface WelcomeFacts {
  url: string
  data: string
  /** Of the first admin, if this start has made one. */
  password: string | undefined
  demo: boolean
  tookMs: number
  /** Options of curl, with a blank at the end. */
  curlOptions: string
}

/** What a person reads when everything runs: where, which users, the page, and three commands to try. */
export function welcomeText({ url, data, password, demo, tookMs, curlOptions }: WelcomeFacts): string {
  const base = `${url}/pbxcore/api/module-softphone-backend/v1`
  const [name, secret] = demo ? ['user1', 'password'] : ['admin', password ?? '<password>']
  const users = demo
    ? `Demo users: admin, user1, user2, user3, all with "password"; their extensions are 1000 to 1003.
One more for softphones: user "201" at the extension 201, with "${PHONE_201_SECRET}".
`
    : password === undefined
      ? `The first start printed the admin's password. A new one: bin/hookswitch.mjs users passwd admin\n`
      : ''
  return `
Hookswitch runs at ${url} (up in ${(tookMs / 1000).toFixed(1)} s). Ctrl-C stops it.
Its data is in ${data}.
${users}
Open ${url} in a browser, or try the API:
  TOKEN=$(curl -sS ${curlOptions}${base}/auth/login -H 'Content-Type: application/json' -d '{"username":"${name}","password":"${secret}"}' | sed -nE 's/.*"access_token":"([^"]+)".*/\\1/p')
  curl -sS ${curlOptions}${base}/profile -H "Authorization: Bearer $TOKEN"
  curl -sSN ${curlOptions}-H 'Accept: text/event-stream' -H "Authorization: Bearer $TOKEN" ${base}/sub/users-state
`
}
