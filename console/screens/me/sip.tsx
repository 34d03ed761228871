import { useMutation } from '@tanstack/react-query'
import { useEffect } from 'react'
import { ApiError, dataOf, type Wire } from '../../api/client.ts'
import { useConsole } from '../../app/console-context.ts'
import { Button, IconButton } from '../../components/button.tsx'
import { useErrorText } from '../../components/error-text.ts'
import { Icon } from '../../components/icon.tsx'
import { Notice } from '../../components/notice.tsx'
import { Section } from '../../components/section.tsx'
import { showToast } from '../../components/toast.tsx'
import { useMessages } from '../../i18n/messages.ts'
import styles from './me.module.css'
import { meMessages } from './messages.ts'

/** How long secrets stay on the screen. */
const VISIBLE_MS = 120_000
const ORDER = [
  'domain',
  'username',
  'auth_username',
  'password',
  'port',
  'transport',
  'display_name',
] as const

/** What sets up another phone for the user’s extension. Secrets are fetched after a click, and hidden again. */
export function SipSection() {
  const { sip: texts } = useMessages(meMessages)
  const { api, claims } = useConsole()
  const credentials = useSecret(() => dataOf(api.GET('/sip/credentials')))
  const link = useSecret(() => dataOf(api.POST('/sip/provisioning-links')))
  if (claims.extension === undefined) {
    return (
      <Section title={texts.title}>
        <p>{texts.noExtension}</p>
      </Section>
    )
  }
  return (
    <Section title={texts.title}>
      <p>{texts.intro}</p>
      <div className={styles.actions}>
        <SecretButton secret={credentials} label={texts.show} hideLabel={texts.hide} />
        <SecretButton secret={link} label={texts.showQr} hideLabel={texts.hideQr} />
      </div>
      <Failure error={credentials.error ?? link.error} />
      {credentials.data !== undefined && <Credentials sip={credentials.data} />}
      {link.data !== undefined && <SetupLink link={link.data} />}
    </Section>
  )
}

/** A secret that is fetched on request, and forgotten after a while or when it is hidden. */
function useSecret<T>(fetchIt: () => Promise<T>) {
  const { mutate, reset, data, error, isPending } = useMutation({ mutationFn: fetchIt, gcTime: 0 })
  useEffect(() => {
    if (data === undefined) return
    const timer = setTimeout(reset, VISIBLE_MS)
    return () => clearTimeout(timer)
  }, [data, reset])
  return { show: () => mutate(), hide: reset, data, error, isPending }
}

function SecretButton({
  secret,
  label,
  hideLabel,
}: {
  secret: { show(): void; hide(): void; data: unknown; isPending: boolean }
  label: string
  hideLabel: string
}) {
  const isShown = secret.data !== undefined
  return (
    <Button aria-expanded={isShown} disabled={secret.isPending} onClick={isShown ? secret.hide : secret.show}>
      {isShown ? hideLabel : label}
    </Button>
  )
}

function Failure({ error }: { error: Error | null }) {
  const { sip: texts } = useMessages(meMessages)
  const describeError = useErrorText()
  if (error === null) return null
  const isNone = error instanceof ApiError && error.status === 404
  return <Notice tone={isNone ? 'warning' : 'danger'}>{isNone ? texts.none : describeError(error)}</Notice>
}

function Credentials({ sip }: { sip: Wire<'SipCredentials'> }) {
  const { sip: texts } = useMessages(meMessages)
  return (
    <dl className={styles.secrets}>
      {ORDER.map((name) => (
        <div key={name} className={styles.secret}>
          <dt>{texts.names[name]}</dt>
          <dd>
            <span>{sip[name]}</span>
            <CopyButton name={texts.names[name]} value={String(sip[name])} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

function SetupLink({ link: { url, qr, expires_in } }: { link: Wire<'ProvisioningLink'> }) {
  const { sip: texts } = useMessages(meMessages)
  return (
    <div className={styles.form}>
      <p>{texts.qrHint}</p>
      {qr !== null && <img className={styles.qr} src={qr} alt={texts.qrName} />}
      <dl className={styles.secrets}>
        <div className={styles.secret}>
          <dt>{texts.link}</dt>
          <dd>
            <span>{url}</span>
            <CopyButton name={texts.link} value={url} />
          </dd>
        </div>
      </dl>
      <p className={styles.soft}>{texts.validFor(Math.ceil(expires_in / 60))}</p>
    </div>
  )
}

function CopyButton({ name, value }: { name: string; value: string }) {
  const { sip: texts } = useMessages(meMessages)
  // Undefined without a secure context.
  const { clipboard } = navigator
  if (clipboard === undefined) return null
  return (
    <IconButton
      label={texts.copy(name)}
      onClick={() =>
        void clipboard.writeText(value).then(
          () => showToast(texts.copied),
          () => showToast(texts.copyFailed, 'danger'),
        )
      }
    >
      <Icon name="copy" />
    </IconButton>
  )
}
