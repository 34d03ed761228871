import { useConsole } from '../../../app/console-context.ts'
import { Button } from '../../../components/button.tsx'
import { namedResults } from '../../../components/call-center/named-results.ts'
import { Loaded } from '../../../components/loaded.tsx'
import { Notice } from '../../../components/notice.tsx'
import { Section } from '../../../components/section.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import styles from '../campaigns.module.css'
import { DispositionRow } from './disposition-row.tsx'
import { type Disposition, freeKey } from './dispositions.ts'
import { campaignTextMessages } from './messages.ts'
import { useVersioned, withEtag } from './use-versioned.ts'

/** The results that agents give a call, by the keys 1 to 9. */
export function DispositionsForm({ id }: { id: string }) {
  const { dispositions: texts } = useMessages(campaignTextMessages)
  const { api } = useConsole()
  const path = { campaignId: id }
  const results = useVersioned(
    ['campaigns', id, 'dispositions'],
    (signal) =>
      withEtag(api.GET('/api/v1/campaigns/{campaignId}/dispositions', { params: { path }, signal })),
    ({ dispositions, is_default: isDefault }): readonly Disposition[] =>
      isDefault ? namedResults(dispositions, texts.defaultResults) : dispositions,
    (dispositions, header) =>
      api.PUT('/api/v1/campaigns/{campaignId}/dispositions', {
        params: { path, header },
        body: { dispositions: [...dispositions] },
      }),
    texts,
  )
  const list = results.input ?? []
  const next = freeKey(list)
  return (
    <Section title={texts.title}>
      <Loaded query={results.query}>
        {({ data }) => (
          <form
            className={styles.form}
            onSubmit={(event) => {
              event.preventDefault()
              void results.store(list)
            }}
          >
            {data.is_default && <p className={styles.soft}>{texts.isDefault}</p>}
            {list.map((one, index) => (
              <DispositionRow
                // biome-ignore lint/suspicious/noArrayIndexKey: the place in the list is what a row edits
                key={index}
                list={list}
                disposition={one}
                onChange={(changed) => results.change(list.with(index, changed))}
                onRemove={() => results.change(list.toSpliced(index, 1))}
              />
            ))}
            {results.failure !== undefined && <Notice tone="danger">{results.failure}</Notice>}
            <div className={styles.head}>
              <Button
                disabled={next === undefined}
                onClick={() =>
                  next !== undefined &&
                  results.change([...list, { key: next, name: '', effect: 'done', lead_status: null }])
                }
              >
                {texts.add}
              </Button>
              <Button type="submit" disabled={!results.isChanged || results.isBusy}>
                {texts.save}
              </Button>
            </div>
          </form>
        )}
      </Loaded>
    </Section>
  )
}
