import { expect, test, vi } from 'vitest'

const create = vi.fn()
vi.mock('../../../bin/admin/context.ts', () => ({
  BY_ADMIN: { actorId: 'cli', address: 'local' },
  withAdminContext: (work: (context: object) => unknown) => work({ serviceTokens: { create } }),
}))

test.each(['0', '401', '500', '1.5', '-1', 'ten'])(
  '--days %s is refused in the words of the command',
  async (days) => {
    const { serviceTokensCommand } = await import('../../../bin/admin/service-tokens.ts')
    const args = ['add', 'CRM', '--scope', 'users:read', `--days=${days}`]
    await expect(serviceTokensCommand.run(args)).rejects.toThrow('--days is a whole number from 1 to 400')
    expect(create).not.toHaveBeenCalled()
  },
)
