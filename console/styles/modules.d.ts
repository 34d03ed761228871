/** The class names of a CSS module. */
declare module '*.module.css' {
  const classes: Readonly<Record<string, string>>
  export default classes
}
/** The style sheet of all modules: bin/build-console.mjs. */
declare module 'hookswitch:styles'
