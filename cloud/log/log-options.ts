/** Options of the log, in `nacre.yaml` and in the environment like those of a service. */
import { defineConfig, option } from '#core/config/config.ts'
import { Type } from '#core/schema/schema.ts'

export const logOptions = defineConfig({
  level: option(Type.Union([Type.Literal('debug'), Type.Literal('info'), Type.Literal('warn'), Type.Literal('error')]), 'info', 'The least that is written down: debug (every call, every program that is run), info, warn or error.'),
  maxFileMiB: option(Type.Integer({ minimum: 1 }), 64, 'Size at which the log goes on in a new file.'),
  keptFiles: option(Type.Integer({ minimum: 1 }), 4, 'Full files that are kept; the oldest goes.'),
})
