import { encodeAction } from '../../../api/asterisk/ami-codec.ts'
import { AmiError } from '../../../api/asterisk/ami-error.ts'
import type { ConfigAmi } from '../../../api/provisioning/pjsip-wizard-file.ts'

type Section = Map<string, string>
type Fault = { on: string; kind: 'lost before' | 'lost after' }

/** An AMI user with access to the configuration, with recorded answers of Asterisk 22; actions go over the real wire format. */
export function fakeConfigAmi() {
  const template: Section = new Map([['type', 'wizard']])
  const wizard = new Map<string, Section>()
  const files: Record<string, Map<string, Section>> = { 'pjsip_wizard.conf': wizard, 'pjsip.conf': new Map() }
  const state = {
    wizard,
    pjsip: files['pjsip.conf'] ?? new Map<string, Section>(),
    /** Sections as of the last reload. */
    loaded: new Map<string, Section>(),
    contacts: [] as string[],
    faults: [] as Fault[],
    rejectsWith: undefined as string | undefined,
    /** Actions, in order. */
    actions: [] as string[],
  }
  const refused = (message: string) => new AmiError('ami_refused', message, true)
  const answer = (pairs: [string, string][] = []) => ({ fields: {}, pairs })

  const handlers: Record<string, (fields: Readonly<Record<string, string>>) => ReturnType<typeof answer>> = {
    GetConfig({ Filename = '', Category = '' }) {
      const file = files[Filename]
      if (file === undefined) throw refused('Config file not found')
      const section = file.get(Category)
      if (section === undefined) return answer([['', 'No categories found']])
      const lines = [...template, ...section].map(([name, value], at): [string, string] => [
        `Line-000000-${at}`,
        `${name}=${value}`,
      ])
      return answer([['Category-000000', Category], ['Templates-000000', 'hookswitch'], ...lines])
    },
    UpdateConfig(fields) {
      const next = new Map([...wizard].map(([name, section]) => [name, new Map(section)]))
      for (let at = 0; ; at += 1) {
        const of = (key: string) => fields[`${key}-${String(at).padStart(6, '0')}`] ?? ''
        const [what, name] = [of('Action'), of('Cat')]
        if (what === '') break
        if (what === 'DelCat' && !next.delete(name)) throw refused('Given category does not exist')
        if (what === 'NewCat') {
          if (next.has(name)) throw refused('Create category did not complete successfully')
          if (of('Options') !== 'inherit=hookswitch') throw refused('Template category not found')
          next.set(name, new Map())
        }
        if (what === 'Append') next.get(name)?.set(of('Var'), of('Value'))
      }
      wizard.clear()
      for (const [name, section] of next) wizard.set(name, section)
      return answer()
    },
    Reload() {
      state.loaded = new Map(wizard)
      return answer()
    },
  }

  const ami: ConfigAmi = {
    async action(fields) {
      encodeAction(fields, 'test-1')
      state.actions.push(fields.Action)
      if (state.rejectsWith !== undefined) throw refused(state.rejectsWith)
      const at = state.faults.findIndex(({ on }) => on === fields.Action)
      const kind = at < 0 ? undefined : state.faults.splice(at, 1)[0]?.kind
      if (kind === 'lost before') throw new AmiError('ami_offline', 'there is no link to Asterisk', false)
      const done = handlers[fields.Action]?.(fields) ?? answer()
      if (kind === 'lost after') throw new AmiError('ami_timeout', 'no answer came', true)
      return done
    },
    async list() {
      if (state.contacts.length === 0) throw refused('No Contacts found')
      return state.contacts.map((objectname) => ({ fields: { objectname }, pairs: [] }))
    },
  }
  return { ami, state }
}
