import { dataOf } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { useMessages } from '../../../i18n/messages.ts'
import styles from '../admin.module.css'
import { ChoiceFilter } from '../choice-filter.tsx'
import { adminMessages } from '../messages.ts'
import { PagedRows } from '../paged-rows.tsx'
import { useAdminSearch } from '../use-admin-search.ts'
import { usePages } from '../use-pages.ts'
import { JobRow } from './job-row.tsx'
import { provisioningMessages } from './messages.ts'
import { RetryAll } from './retry-all.tsx'

const STATES = ['waiting', 'failing', 'stuck', 'external'] as const
/** An attempt is made every few seconds. */
const REFRESH_MS = 5_000

/** Extensions that the PBX does not have as they should be. */
export function ProvisioningTab() {
  const texts = useMessages(provisioningMessages)
  const shared = useMessages(adminMessages)
  const { api } = useConsole()
  const [search, setSearch] = useAdminSearch()
  const state = STATES.find((one) => one === search.state)
  const list = usePages(
    ['provisioning', state],
    async (page, signal) => {
      const query = { ...page, ...(state === undefined ? {} : { state }) }
      const answer = api.GET('/api/v1/provisioning/jobs', { params: { query }, signal })
      const { jobs, ...rest } = await dataOf(answer)
      return { rows: jobs, ...rest }
    },
    { refreshMs: REFRESH_MS },
  )
  return (
    <>
      <p className={styles.soft}>{texts.what}</p>
      <div className={styles.tools}>
        <ChoiceFilter
          label={shared.state}
          value={state}
          choices={texts.states}
          onChoose={(value) => setSearch({ state: value })}
        />
        <RetryAll jobs={list.rows} />
      </div>
      <PagedRows
        list={list}
        label={texts.list}
        empty={state === undefined ? texts.empty : texts.emptyFiltered}
        keyOf={({ id }) => id}
      >
        {(job) => <JobRow job={job} />}
      </PagedRows>
    </>
  )
}
