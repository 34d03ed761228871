/** What is used of ami-io 1.2.1, which brings no types. */
declare module 'ami-io/lib/index.js' {
  import type { Socket } from 'node:net'

  export class SilentLogger {}

  export class Client {
    constructor(options: { login: string; password: string; encoding: 'utf8'; logger: SilentLogger })
    socket: Socket | undefined
    initSocket(): void
    splitMessages(data: Buffer): void
    send(login: unknown, answered: (error: Error | null, response?: { response: string }) => void): void
    on(event: string, listener: (...args: unknown[]) => void): this
    emit(event: string, ...args: unknown[]): boolean
    connect(shouldReconnect: boolean): void
  }
}
