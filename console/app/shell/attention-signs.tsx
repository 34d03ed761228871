import { useEffect, useState } from 'react'
import icon from '../../icon.svg'
import { badgeOf, iconWithCount, ringing, titleOf } from '../attention.ts'
import { useStore } from '../console-context.ts'

const BLINK_MS = 1_000
const PRODUCT = 'Hookswitch'

/**
 * Shows missed and ringing calls in the title, on the icon of the tab, and on that of the installed page. A component of
 * its own, as it renders each second while a call rings.
 * @param missed undefined while it is not known: what is shown stays then
 */
export function Attention({ screen, missed }: { screen: string; missed: number | undefined }): null {
  const rings = useStore(ringing)
  const [isOn, setOn] = useState(false)
  const isRinging = rings !== undefined
  useEffect(() => {
    setOn(isRinging)
    if (!isRinging) return
    const timer = setInterval(() => setOn((before) => !before), BLINK_MS)
    return () => clearInterval(timer)
  }, [isRinging])

  const title = titleOf(screen, missed ?? 0, rings, isOn)
  useEffect(() => {
    document.title = title
  }, [title])

  const badge = missed === undefined && !isRinging ? undefined : badgeOf(missed ?? 0, rings)
  useEffect(() => {
    if (badge !== undefined) setBadge(badge)
  }, [badge])
  useEffect(() => {
    if (missed !== undefined) setIcon(missed)
  }, [missed])
  // The next person at this browser has missed other calls.
  useEffect(
    () => () => {
      setBadge(0)
      setIcon(0)
      document.title = PRODUCT
    },
    [],
  )
  return null
}

function setBadge(count: number) {
  if (!('setAppBadge' in navigator)) return
  void (count > 0 ? navigator.setAppBadge(count) : navigator.clearAppBadge()).catch(() => {})
}

function setIcon(count: number) {
  const link = document.querySelector<HTMLLinkElement>('link[rel=icon]')
  if (link === null) return
  link.href =
    count > 0 ? `data:image/svg+xml,${encodeURIComponent(iconWithCount(icon, count))}` : '/console/icon.svg'
}
