import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useConsole } from '../../../app/console-context.ts'
import { loadAgents } from '../../../components/call-center/load-agents.ts'
import { Loaded } from '../../../components/loaded.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import styles from '../campaigns.module.css'
import { campaignMessages } from '../messages.ts'
import { loadUsers, type Newcomer, newcomersOf } from './newcomers.ts'

interface AgentChoiceProps {
  chosen: readonly number[]
  onChange(ids: readonly number[]): void
  /** People who become agents when the campaign is saved. */
  newcomers: readonly Newcomer[]
  onNewcomers(people: readonly Newcomer[]): void
}

/** Who works in the campaign, of the people with a phone that I see. */
export function AgentChoice({ chosen, onChange, newcomers, onNewcomers }: AgentChoiceProps) {
  const { form: texts } = useMessages(campaignMessages)
  const { api, claims } = useConsole()
  const isAdmin = claims.role === 'admin'
  const loaded = useQuery({
    queryKey: ['campaigns', 'agents'],
    queryFn: async ({ signal }) => {
      const [agents, users] = await Promise.all([
        loadAgents(api, signal),
        isAdmin ? loadUsers(api, signal) : [],
      ])
      return { agents, others: newcomersOf(users, agents) }
    },
  })
  return (
    <Loaded query={loaded}>
      {({ agents, others }) => {
        const people = agents.filter(({ userId, id }) => userId !== null || chosen.includes(id))
        return (
          <>
            {people.length === 0 && others.length === 0 && <p className={styles.soft}>{texts.noAgents}</p>}
            <People
              label={texts.agents}
              people={people}
              chosen={chosen}
              onToggle={({ id }, isChosen) => onChange(isChosen ? [...chosen, id] : without(chosen, id))}
            />
            {others.length > 0 && <p className={styles.soft}>{texts.newAgentsHint}</p>}
            <People
              label={texts.newAgents}
              people={others}
              chosen={newcomers.map(({ id }) => id)}
              onToggle={(person, isChosen) =>
                onNewcomers(
                  isChosen ? [...newcomers, person] : newcomers.filter(({ id }) => id !== person.id),
                )
              }
            />
            <p className={styles.soft}>
              {isAdmin ? texts.moreAgents : texts.askForAgents}{' '}
              {isAdmin && <Link to="/admin">{texts.administration}</Link>}
            </p>
          </>
        )
      }}
    </Loaded>
  )
}

interface PeopleProps<Person extends { id: string | number; name: string; extension: string | null }> {
  label: string
  people: readonly Person[]
  chosen: readonly Person['id'][]
  onToggle(person: Person, isChosen: boolean): void
}

function People<Person extends { id: string | number; name: string; extension: string | null }>({
  label,
  people,
  chosen,
  onToggle,
}: PeopleProps<Person>) {
  if (people.length === 0) return null
  return (
    <fieldset className={styles.checks}>
      <legend className="visually-hidden">{label}</legend>
      {people.map((person) => (
        <label key={person.id}>
          <input
            type="checkbox"
            checked={chosen.includes(person.id)}
            onChange={({ target }) => onToggle(person, target.checked)}
          />
          <bdi>{person.name}</bdi>
          {person.extension !== null && <span className={styles.soft}>{person.extension}</span>}
        </label>
      ))}
    </fieldset>
  )
}

const without = (ids: readonly number[], id: number) => ids.filter((one) => one !== id)
