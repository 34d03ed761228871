import { useQuery } from '@tanstack/react-query'
import { dataOf } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { Loaded } from '../../../components/loaded.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import styles from '../campaigns.module.css'
import { campaignMessages } from '../messages.ts'

interface AgentChoiceProps {
  chosen: readonly number[]
  onChange(ids: readonly number[]): void
}

/** Who works in the campaign, of the people with a phone that I see. */
export function AgentChoice({ chosen, onChange }: AgentChoiceProps) {
  const { form: texts } = useMessages(campaignMessages)
  const { api } = useConsole()
  const agents = useQuery({
    queryKey: ['campaigns', 'agents'],
    queryFn: ({ signal }) => dataOf(api.GET('/api/agents', { params: { query: { limit: 1_000 } }, signal })),
  })
  return (
    <Loaded query={agents}>
      {(all) => {
        const people = all.filter(({ userId, id }) => userId !== null || chosen.includes(id))
        if (people.length === 0) return <p className={styles.soft}>{texts.noAgents}</p>
        return (
          <fieldset className={styles.checks}>
            <legend className="visually-hidden">{texts.agents}</legend>
            {people.map(({ id, name, extension }) => (
              <label key={id}>
                <input
                  type="checkbox"
                  checked={chosen.includes(id)}
                  onChange={({ target }) =>
                    onChange(target.checked ? [...chosen, id] : chosen.filter((one) => one !== id))
                  }
                />
                <bdi>{name}</bdi>
                {extension !== null && <span className={styles.soft}>{extension}</span>}
              </label>
            ))}
          </fieldset>
        )
      }}
    </Loaded>
  )
}
