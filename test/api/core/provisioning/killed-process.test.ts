import { afterEach, describe, expect, test } from 'vitest'
import { migrate } from '../../../../api/store/sql/migrate.ts'
import { startProcess } from '../../../support/processes.ts'
import { createProvisioningFixture, type ProvisioningFixture } from '../../../support/provisioning-fixture.ts'
import { onBothEngines } from '../../store/sql/engines.ts'

const worlds: ProvisioningFixture[] = []
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close()
})

describe('a process that is killed while the PBX makes the extension', () => {
  onBothEngines((engine) => {
    /** @returns what the PBX was asked for, and an API that comes after */
    async function killHalfway() {
      const url = await engine.empty()
      await migrate(url)
      const process = await startProcess('registrar', url)
      void process.go()
      const { value: line } = await process.lines().next()
      await process.kill()
      const world = await createProvisioningFixture({ url })
      worlds.push(world)
      // Real time passed for the one that died; this one's clock begins there.
      world.wait((Date.now() - world.now()) / 1000)
      const order: { extension: string; mark: string; secret: string } = JSON.parse(line ?? '')
      return { ...world, order }
    }

    test('leaves an account that a later run gives its extension, and nobody else does before', async () => {
      const { providing, pbx, wait, users, credentials, order } = await killHalfway()
      const user = await users.findByLogin('anna@example.org')
      await providing.tick()
      expect(pbx.asked).toEqual([])
      wait(120)
      await providing.tick()
      expect(pbx.asked).toEqual(['provide 2000'])
      const { username, password } = await credentials.read({ userId: user?.id ?? '' })
      // The same secret was asked for again, so a PBX that keeps ours has the same phone.
      expect([username, password]).toEqual([order.extension, `pbx${order.secret}`])
    })

    test('after the PBX has made it: no second one is made', async () => {
      const { providing, pbx, wait, users, credentials, order } = await killHalfway()
      pbx.extensions.set(order.extension, { mark: order.mark, secret: 'made before' })
      wait(120)
      await providing.tick()
      expect([pbx.made(), [...pbx.extensions.keys()]]).toEqual([0, ['2000']])
      const user = await users.findByLogin('anna@example.org')
      expect(await credentials.read({ userId: user?.id ?? '' })).toMatchObject({ password: 'made before' })
    })
  })
})
