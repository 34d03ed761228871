/** What is kept, by its kind. */
export interface DocumentBodies {
  settings: AgentAiSettings
  config: AiConfig
  template: Template
}
export type DocumentKind = keyof DocumentBodies

/** How an agent of a call centre speaks, where a model speaks for them. */
export interface AgentAiSettings {
  systemPrompt: string
  greetingMessage: string | null
  voiceId: string | null
  /** BCP 47, in its canonical spelling. */
  language: string
  maxResponseTokens: number
  temperature: number
}

/** What holds for all AI agents. No keys: whoever calls a model keeps those. */
export interface AiConfig {
  model: string
  useClaudeCode: boolean
  fallbackToApi: boolean
  defaultVoice: string
  /** Seconds. */
  maxCallDuration: number
  sttProvider: string
  ttsProvider: string
}

/** A prompt that is written once and used by many. */
export interface Template {
  name: string
  category: string
  content: string
  /** The names of its placeholders. */
  variables: string[]
}
