/** The class names of a CSS module. */
declare module '*.module.css' {
  const classes: Readonly<Record<string, string>>
  export default classes
}
/** The style sheet of all modules: bin/build-console.mjs. */
declare module 'hookswitch:styles'
/** The text of a picture. */
declare module '*.svg' {
  const text: string
  export default text
}
