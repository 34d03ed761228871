/** Outlines on a grid of 24 by 24, drawn with the colour of the text around. */
const PATHS = {
  phone:
    'M6.5 3h2.6l1.6 4.4-2 1.6a12 12 0 0 0 6.3 6.3l1.6-2L21 14.9v2.6A3.5 3.5 0 0 1 17.5 21 14.5 14.5 0 0 1 3 6.5 3.5 3.5 0 0 1 6.5 3Z',
  hangup: 'M3 13.5c5-5 13-5 18 0l-2.2 3-4-1.5v-2.7a11 11 0 0 0-5.6 0V15l-4 1.5-2.2-3Z',
  pause: 'M8 5v14M16 5v14',
  play: 'M7 4.5v15l12-7.5-12-7.5Z',
  mute: 'M9 5a3 3 0 0 1 6 0v6m0 0a3 3 0 0 1-6 0V9M5 11a7 7 0 0 0 11.5 5.4M19 11a7 7 0 0 1-.6 2.8M12 18v3M3 3l18 18',
  microphone: 'M9 5a3 3 0 0 1 6 0v6a3 3 0 0 1-6 0V5ZM5 11a7 7 0 0 0 14 0M12 18v3',
  speaker: 'M4 9.5h3.5L12 5v14l-4.5-4.5H4v-5ZM16 8.5a5 5 0 0 1 0 7M18.5 6a8.5 8.5 0 0 1 0 12',
  keypad: 'M5 5h2v2H5zM11 5h2v2h-2zM17 5h2v2h-2zM5 11h2v2H5zM11 11h2v2h-2zM17 11h2v2h-2zM11 17h2v2h-2z',
  transfer: 'M4 8h13m0 0-4-4m4 4-4 4M20 16H7m0 0 4-4m-4 4 4 4',
  swap: 'M7 4v16m0 0-4-4m4 4 4-4M17 20V4m0 0-4 4m4-4 4 4',
  park: 'M5 3h14v18H5zM9 17V7h4a3 3 0 0 1 0 6H9',
  people:
    'M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM2 21a7 7 0 0 1 14 0M16 3.5a4 4 0 0 1 0 7.2M18.5 14.5A7 7 0 0 1 22 21',
  home: 'M3 11.5 12 4l9 7.5M5.5 10v10h13V10M10 20v-6h4v6',
  history: 'M4 12a8 8 0 1 0 2.6-5.9L4 8.5M4 4v4.5h4.5M12 7.5V12l3 2',
  live: 'M12 13a1 1 0 1 0 0-2 1 1 0 0 0 0 2ZM8 8a5.7 5.7 0 0 0 0 8M16 8a5.7 5.7 0 0 1 0 8M5 5a9.9 9.9 0 0 0 0 14M19 5a9.9 9.9 0 0 1 0 14',
  me: 'M12 12a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM4 21a8 8 0 0 1 16 0',
  admin: 'M12 3 4.5 6v6c0 4.5 3 7.7 7.5 9 4.5-1.3 7.5-4.5 7.5-9V6L12 3ZM9 12l2.2 2.200L15.5 10',
  desk: 'M5 13v-1a7 7 0 0 1 14 0v1M5 13h3v5H5zM16 13h3v5h-3zM17.500 18a4 4 0 0 1-4 3H12',
  template: 'M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6',
  system: 'M4 5h16v10H4zM9 20h6M12 15v5',
  star: 'm12 3.5 2.6 5.5 6 .8-4.4 4.2 1.1 6L12 17.1 6.7 20l1.1-6L3.4 9.800l6-.8L12 3.500Z',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM15.5 15.5 21 21',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  close: 'M6 6l12 12M18 6 6 18',
  plus: 'M12 5v14M5 12h14',
  download: 'M12 4v11m0 0-4-4m4 4 4-4M4 20h16',
  edit: 'M4 20h4L19.500 8.500l-4-4L4 16v4ZM13 7l4 4',
  incoming: 'M19 5 6 18m0 0V9m0 9h9',
  outgoing: 'M5 19 18 6m0 0v9m0-9H9',
  missed: 'M4 7l8 8 8-8m0 0v6m0-6h-6',
  popout: 'M13 4h7v7M20 4l-9 9M18 14v6H4V6h6',
  grid: 'M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z',
  list: 'M4 6h16M4 12h16M4 18h16',
  eye: 'M2 12s3.500-6.500 10-6.500S22 12 22 12s-3.500 6.500-10 6.500S2 12 2 12ZM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z',
  copy: 'M8 8h12v12H8zM16 4H4v12',
  warning: 'M12 3 2 20h20L12 3ZM12 10v4M12 17h.01',
  signout: 'M14 4H5v16h9M10 12h11m0 0-4-4m4 4-4 4',
} as const
export type IconName = keyof typeof PATHS

/** Decorative: the element around it has the name. */
export const Icon = ({ name, size = 20 }: { name: IconName; size?: number }) => (
  <svg
    width={size}
    height={size}
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    strokeWidth={name === 'more' ? 3 : 1.8}
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
  >
    <path d={PATHS[name]} />
  </svg>
)
