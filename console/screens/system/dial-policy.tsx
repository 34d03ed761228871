import type { Wire } from '../../api/client.ts'
import { Loaded } from '../../components/loaded.tsx'
import { Section } from '../../components/section.tsx'
import type { Language } from '../../i18n/language.ts'
import { useLanguage, useMessages } from '../../i18n/messages.ts'
import { systemMessages } from './messages.ts'
import { useDialPolicy } from './queries.ts'
import styles from './system.module.css'

/** The dial policy in words. */
export function DialPolicyView() {
  const { policy: texts } = useMessages(systemMessages)
  return (
    <Section title={texts.title}>
      <p className={styles.soft}>{texts.what}</p>
      <Loaded query={useDialPolicy()}>{(policy) => <Rules policy={policy} />}</Loaded>
    </Section>
  )
}

function Rules({ policy }: { policy: Wire<'DialPolicy'> }) {
  const { policy: texts } = useMessages(systemMessages)
  const language = useLanguage()
  const { per_minute, per_day, concurrent } = policy.limits
  const listOf = (values: readonly string[]) => (values.length === 0 ? texts.none : values.join(', '))
  const permission = (isAllowed: boolean) => (isAllowed ? texts.allowed : texts.denied)
  const callers = Object.entries(policy.caller_numbers)
  const rules: readonly (readonly [string, string])[] = [
    [texts.country, policy.country === null ? texts.noCountry : countryName(language, policy.country)],
    [texts.internal, listOf(policy.internal)],
    [texts.emergency, listOf(policy.emergency)],
    [texts.international, permission(policy.international)],
    [texts.premium, permission(policy.premium)],
    [texts.allow, listOf(policy.allow)],
    [texts.deny, listOf(policy.deny)],
    [texts.limits, texts.limitsOf(per_minute, per_day, concurrent)],
    [texts.dialAs, policy.dial_as ?? texts.asTyped],
    [texts.outPrefix, policy.out_prefix === '' ? texts.none : policy.out_prefix],
    [texts.prefixes, listOf(policy.prefixes)],
    [
      texts.callerNumbers,
      listOf(callers.map(([extension, numbers]) => `${extension}: ${numbers.join(', ')}`)),
    ],
  ]
  const hasPattern = [policy.internal, policy.emergency, policy.allow, policy.deny]
    .flat()
    .some((one) => one.startsWith('_'))
  return (
    <>
      <dl className={styles.facts}>
        {rules.flatMap(([name, value]) => [
          <dt key={name}>{name}</dt>,
          <dd key={`${name} value`}>{value}</dd>,
        ])}
      </dl>
      {hasPattern && <p className={styles.soft}>{texts.patterns}</p>}
    </>
  )
}

/** @param code of ISO 3166-1 alpha-2 */
function countryName(language: Language, code: string): string {
  try {
    return `${new Intl.DisplayNames(language, { type: 'region' }).of(code) ?? code} (${code})`
  } catch {
    return code
  }
}
