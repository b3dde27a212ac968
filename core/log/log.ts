/**
 * Structured logging. One JSON object a line, written by pino; `nacre logs` reads them back by request id or
 * resource id, so both go in as fields (`requestId`, `resourceId`), never only into the text. Anything that may
 * hold a secret is redacted by name before it is written.
 */
import { pino, type Logger as PinoLogger, type DestinationStream } from 'pino'

export type Log = PinoLogger

const SECRET_FIELDS = ['password', 'adminPass', 'token', 'secret', 'user_data', 'userData', 'privateKey', 'private_key',
  'authorization', 'x-auth-token', 'x-subject-token', 'x-service-token', 'credential']

export interface LogOptions {
  level?: string
  /** File to append to; absent writes to standard output. */
  file?: string
  destination?: DestinationStream
  bindings?: Record<string, unknown>
  /** Says a stack trace otherwise before it is written (a bundled program knows where its sources are). */
  places?: (stack: string) => string
}

/** Opens the root log. `close` is not needed: lines are written synchronously, so a crash loses none. */
export function openLog(options: LogOptions = {}): Log {
  const destination = options.destination ?? pino.destination({ dest: options.file ?? 1, sync: true, mkdir: true })
  return pino({
    level: options.level ?? 'info',
    base: options.bindings ?? {},
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: errorSerializer(options.places) },
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: [...SECRET_FIELDS.map(quoted), ...SECRET_FIELDS.map((f) => `*${bracket(f)}`)], censor: '***' },
  }, destination)
}

function errorSerializer(places: LogOptions['places']): (error: Error) => unknown {
  if (places === undefined) return pino.stdSerializers.err
  return (error) => {
    const said = pino.stdSerializers.err(error) as { stack?: string }
    if (typeof said.stack === 'string') said.stack = places(said.stack)
    return said
  }
}

function quoted(field: string): string {
  return field.includes('-') ? `["${field}"]` : field
}

function bracket(field: string): string {
  return field.includes('-') ? `["${field}"]` : `.${field}`
}

/** A log that writes nowhere: for tests and pure helpers. */
export const silentLog: Log = pino({ level: 'silent' })
