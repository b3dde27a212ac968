/** The context of the image service, narrowed once. */
import type { ConfigOf } from '#core/config/config.ts'
import type { Context } from '#core/http/context.ts'
import type { ImageClients } from './clients.ts'
import type { imageConfig } from './config.ts'
import type { ImageTables } from './database.ts'

export type ImageContext = Context<ImageTables, ImageClients, ConfigOf<typeof imageConfig>>
