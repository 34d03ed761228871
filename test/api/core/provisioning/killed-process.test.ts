import { afterEach, describe, expect, test } from 'vitest'
import { migrate } from '../../../../api/store/sql/migrate.ts'
import { startProcess } from '../../../support/processes.ts'
import { createProvisioningFixture, type ProvisioningFixture } from '../../../support/provisioning-fixture.ts'
import { onBothEngines } from '../../store/sql/engines.ts'

const worlds: ProvisioningFixture[] = []
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close()
})

describe('a process that is killed while the PBX creates the extension', () => {
  onBothEngines((engine) => {
    /** @returns the request to the PBX, and an API that starts afterwards */
    async function killHalfway() {
      const url = await engine.empty()
      await migrate(url)
      const process = await startProcess('registrar', url)
      void process.go()
      const { value: line } = await process.lines().next()
      await process.kill()
      const world = await createProvisioningFixture({ url })
      worlds.push(world)
      // Real time has passed in the killed process; this clock starts there.
      world.wait((Date.now() - world.now()) / 1000)
      const request: { extension: string; mark: string; secret: string } = JSON.parse(line ?? '')
      return { ...world, request }
    }

    test('leaves an account; only a later run provisions its extension', async () => {
      const { providing, pbx, wait, users, credentials, request } = await killHalfway()
      const user = await users.findByLogin('anna@example.org')
      await providing.tick()
      expect(pbx.asked).toEqual([])
      wait(120)
      await providing.tick()
      expect(pbx.asked).toEqual(['provide 2000'])
      const { username, password } = await credentials.read({ userId: user?.id ?? '' })
      // The same secret was requested again, so a PBX that stores ours has the same phone.
      expect([username, password]).toEqual([request.extension, `pbx${request.secret}`])
    })

    test('after the PBX has created it, does not lead to a second one', async () => {
      const { providing, pbx, wait, users, credentials, request } = await killHalfway()
      pbx.extensions.set(request.extension, { mark: request.mark, secret: 'made before' })
      wait(120)
      await providing.tick()
      expect([pbx.made(), [...pbx.extensions.keys()]]).toEqual([0, ['2000']])
      const user = await users.findByLogin('anna@example.org')
      expect(await credentials.read({ userId: user?.id ?? '' })).toMatchObject({ password: 'made before' })
    })
  })
})
