import { Link, useNavigate } from '@tanstack/react-router'
import { useCallback, useId } from 'react'
import { Icon } from '../../components/icon.tsx'
import { Menu } from '../../components/menu.tsx'
import { SignOutButton } from '../../components/sign-out-button.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { shortCount } from '../attention.ts'
import { useConsole } from '../console-context.ts'
import { appMessages } from '../messages.ts'
import { useShortcut } from '../shortcuts.tsx'
import styles from './navigation.module.css'
import { SCREEN_GROUPS, SCREENS, type ScreenEntry } from './screens.ts'
import { useAgent } from './use-agent.ts'

/**
 * All screens that the user may open: in groups, or in narrow windows as a bar of the most used ones with the rest in a
 * menu. The style sheet chooses, so that no entry loses its shortcut.
 */
export function Navigation({ current, missed }: { current: ScreenEntry | undefined; missed: number }) {
  const texts = useMessages(appMessages)
  const { claims } = useConsole()
  const agent = useAgent()
  const isAgent = agent !== undefined && agent !== null
  const screens = SCREENS.filter(({ isFor }) => isFor(claims, isAgent))
  const of = (group: ScreenEntry['group']) => screens.filter((screen) => screen.group === group)
  return (
    <nav className={styles.sidebar} aria-label={texts.navigation}>
      <p className={styles.brand}>{texts.product}</p>
      {SCREEN_GROUPS.map((group) => (
        <Group key={group} name={texts.groups[group]} screens={of(group)} missed={missed} />
      ))}
      <More screens={screens.filter(({ isInBar }) => !isInBar)} current={current} />
      <div className={styles.foot}>
        <Group screens={of('own')} missed={missed} />
        <SignOutButton tone="quiet" />
      </div>
    </nav>
  )
}

interface GroupProps {
  name?: string
  screens: readonly ScreenEntry[]
  missed: number
}

function Group({ name, screens, missed }: GroupProps) {
  const id = useId()
  if (screens.length === 0) return null
  return (
    <div className={styles.group}>
      {name !== undefined && (
        <p id={id} className={styles.groupName}>
          {name}
        </p>
      )}
      <ul className={styles.links} aria-labelledby={name === undefined ? undefined : id}>
        {screens.map((screen) => (
          <li key={screen.name} className={screen.isInBar ? undefined : styles.notInBar}>
            <NavigationLink screen={screen} missed={screen.name === 'history' ? missed : 0} />
          </li>
        ))}
      </ul>
    </div>
  )
}

function NavigationLink({ screen: { name, icon, key }, missed }: { screen: ScreenEntry; missed: number }) {
  const texts = useMessages(appMessages)
  const navigate = useNavigate()
  const go = useCallback(() => void navigate({ to: `/${name}` }), [navigate, name])
  useShortcut(`g ${key}`, texts.shortcutGo(texts.screens[name]), go)
  return (
    <Link to={`/${name}`} className={styles.link} activeProps={{ 'aria-current': 'page' }}>
      <Icon name={icon} />
      <span className={styles.name}>{texts.screens[name]}</span>
      <span className={styles.shortName}>{texts.shortNames[name]}</span>
      {missed > 0 && (
        <>
          <span className={styles.count} aria-hidden="true">
            {shortCount(missed)}
          </span>
          <span className="visually-hidden">, {texts.missedCalls(missed)}</span>
        </>
      )}
    </Link>
  )
}

/** In narrow windows: the screens that the bar has no place for. */
function More({ screens, current }: { screens: readonly ScreenEntry[]; current: ScreenEntry | undefined }) {
  const texts = useMessages(appMessages)
  const navigate = useNavigate()
  const items = screens.map(({ name, icon }) => ({
    label: texts.screens[name],
    icon: <Icon name={icon} />,
    isCurrent: name === current?.name,
    onSelect: () => void navigate({ to: `/${name}` }),
  }))
  return (
    <div className={styles.more}>
      <Menu
        label={texts.more}
        items={items}
        renderButton={(attributes) => (
          <button
            type="button"
            className={styles.link}
            // A person who sees the bar sees where they are.
            data-current={items.some(({ isCurrent }) => isCurrent)}
            {...attributes}
          >
            <Icon name="more" />
            <span>{texts.more}</span>
          </button>
        )}
      />
    </div>
  )
}
