import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { startDemo } from '../../documents/demo.ts'
import { project } from '../build.ts'
import { type Person, startConsoleBrowser } from './console-page.ts'
import { SCREENS } from './open-screen.ts'

const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } }
const THEMES = ['light', 'dark'] as const
/** Beside the first one. */
const ADMIN_TABS = ['Import', 'Webhooks', 'Tokens']
const folder = join(project, 'docs', 'screens')

/** A demo with a call that goes on, and past ones, as the admin sees it. */
async function main() {
  mkdirSync(folder, { recursive: true })
  const stack = await startDemo()
  const browser = await startConsoleBrowser(stack.url, [
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
  ])
  try {
    await fillDemo(stack.url)
    for (const theme of THEMES) {
      for (const [size, viewport] of Object.entries(SIZES)) {
        const person = await browser.openPerson({ theme, viewport })
        const take = (name: string) =>
          person.page.screenshot({ path: join(folder, `${name}-${size}-${theme}.png`) })
        await person.page.goto('/')
        await person.page.waitForSelector('input[name=login]')
        await take('sign-in')
        await person.signIn('admin')
        await call(person, size === 'phone')
        for (const screen of SCREENS) {
          // Inside the page: a load would end the call.
          await person.page.keyboard.press('g')
          await person.page.keyboard.press({ leads: 'e', ai: 'i' }[screen] ?? screen.charAt(0))
          await person.page.waitForURL(`**/console/${screen}**`)
          await person.page.waitForLoadState('networkidle')
          await person.page.waitForTimeout(1_500)
          await take(screen)
          if (screen !== 'admin') continue
          for (const tab of ADMIN_TABS) {
            await person.page.getByRole('tab', { name: tab }).click()
            await person.page.waitForLoadState('networkidle')
            await person.page.waitForTimeout(500)
            await take(`admin-${tab.toLowerCase()}`)
          }
        }
        await person.page.keyboard.press('x')
        await person.page.waitForTimeout(500)
        await person.close()
        console.log(`${size}, ${theme}: done`)
      }
    }
  } finally {
    await browser.stop()
    await stack.stop()
  }
}

const NAMES = { user1: 'Anna Petrova', user2: 'Boris Ivanov', user3: 'Carmen Díaz', 201: 'Reception' }

/** Gives the people of the demo names of their own, and makes some past calls. */
async function fillDemo(url: string) {
  const admin = await v1(url, 'admin')
  const { users } = (await admin('GET', 'users')) as { users: { id: string; username: keyof typeof NAMES }[] }
  for (const { id, username } of users) {
    if (username in NAMES) await admin('PATCH', `users/${id}`, { display_name: NAMES[username] })
  }
  const events = ['call.started', 'call.ended', 'call.missed']
  await admin('POST', 'webhooks', { url: 'https://crm.example.com/hooks', description: 'CRM', events })
  const token = { name: 'CRM', scopes: ['calls:dial', 'history:read'], networks: ['192.0.2.0/24'] }
  await admin('POST', 'service-tokens', { ...token, expires_in_days: 90 })
  const user1 = await v1(url, 'user1')
  for (const number of ['1002', '1000', '1002', '1003']) {
    const { id } = (await user1('POST', 'calls', { number })) as { id: string }
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    await user1('POST', `calls/${id}/hangup`).catch(() => {})
  }
  await fillCallCenter(await v1(url, 'admin', '/api'), await v1(url, 'user1', '/api'))
}

type Send = Awaited<ReturnType<typeof v1>>

/** A campaign that runs, without agents who are ready, and leads of some states. */
async function fillCallCenter(admin: Send, agent: Send) {
  await agent('GET', 'agents')
  const agents = (await admin('GET', 'agents')) as { id: number; name: string }[] // the documented shape
  const rules = { startTime: '09:00', endTime: '20:00', weekdays: [1, 2, 3, 4, 5] }
  const { id } = (await admin('POST', 'campaigns', {
    ...{ name: 'Spring offer', description: 'Customers of last year', agentIds: agents.map((one) => one.id) },
    ...rules,
  })) as { id: number } // as above
  for (const [n, name] of [
    'Ada King',
    'Grace Lane',
    'Émile Dubois',
    'Мария Орлова',
    'José Núñez',
  ].entries()) {
    const phone = `+49301234${n}56`
    const company = ['Analytical Ltd', 'Compilers AG', null, 'Орбита', 'Núñez e Hijos'][n]
    const lead = (await admin('POST', 'leads', { name, phone, company, campaignId: id })) as { id: number } // as above
    const status = ['NEW', 'CONTACTED', 'QUALIFIED', 'NEW', 'CONVERTED'][n]
    await admin('PUT', `leads/${lead.id}/status`, { status })
  }
  await admin('POST', `campaigns/${id}/start`)
  await admin('POST', `campaigns/${id}/automation/start`)
}

/** Requests to a surface as one person. */
async function v1(url: string, username: string, prefix = '/api/v1') {
  const send = async (path: string, init: RequestInit) => {
    const answer = await fetch(url + path, init)
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`)
    return text === '' ? undefined : (JSON.parse(text) as unknown)
  }
  const json = (body: unknown) => ({ body: JSON.stringify(body) })
  const headers = { 'Content-Type': 'application/json' }
  const login = '/pbxcore/api/module-softphone-backend/v1/auth/login'
  const { access_token } = (await send(login, {
    ...{ method: 'POST', headers },
    ...json({ username, password: 'password' }),
  })) as { access_token: string }
  return (method: string, path: string, body?: unknown) =>
    send(`${prefix}/${path}`, {
      method,
      headers: { ...headers, Authorization: `Bearer ${access_token}` },
      ...(body === undefined ? {} : json(body)),
    })
}

/** Calls 1002, which answers by itself. */
async function call({ page }: Person, isSmall: boolean) {
  if (isSmall) await page.getByRole('button', { name: 'Open the phone' }).click()
  await page.locator('[data-state=registered]').waitFor()
  const field = page.getByRole('combobox', { name: 'Number or name' })
  await field.fill('1002')
  await field.press('Enter')
  await page.locator('[data-call-state=active]').waitFor()
  await page.waitForTimeout(3_000)
  await page.locator('h1').first().click()
}

await main()
