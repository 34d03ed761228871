/** What the tests read of an OpenAPI document. */
export interface OpenApiDocument {
  openapi: string
  info: { description: string; license?: object }
  paths: Record<string, Record<string, OpenApiOperation>>
  tags: { name: string; description?: string }[]
  components: { schemas: Record<string, object>; securitySchemes: Record<string, object> }
}

export interface OpenApiOperation {
  operationId: string
  summary: string
  tags: string[]
  security?: Record<string, string[]>[]
  parameters?: { name: string; in: string; required?: boolean; schema: object }[]
  requestBody?: { content: Record<string, Media> }
  responses: Record<string, { description: string; content?: Record<string, Media> }>
}

export interface Media {
  schema: object
  example?: unknown
}

export interface NamedOperation extends OpenApiOperation {
  method: string
  path: string
}

export const operationsOf = ({ paths }: OpenApiDocument): NamedOperation[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method, path })),
  )
