/** The body of a stored document, by its kind. */
export interface DocumentBodies {
  settings: AgentAiSettings
  config: AiConfig
  template: Template
}
export type DocumentKind = keyof DocumentBodies

/** How an AI agent speaks. */
export interface AgentAiSettings {
  systemPrompt: string
  greetingMessage: string | null
  voiceId: string | null
  /** BCP 47 tag in canonical form. */
  language: string
  maxResponseTokens: number
  temperature: number
}

/** Settings of all AI agents. API keys are not stored here: the program that calls the model has them. */
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

/** A prompt that several agents can use. */
export interface Template {
  name: string
  category: string
  content: string
  /** Placeholder names in `content`. */
  variables: string[]
}
