/** Options of placement, under the names that its operators know. */
import { defineConfig, option, type ConfigOf } from '#core/config/config.ts'
import { Type } from '#core/schema/schema.ts'

const NOBODY = '00000000-0000-0000-0000-000000000000'

export const config = defineConfig({
  randomizeAllocationCandidates: option(Type.Boolean(), false, 'Shuffle candidates, so that a limited answer is a sample of all rather than always the same first ones'),
  incompleteConsumerProjectId: option(Type.String(), NOBODY, 'Project of consumers whose client is too old to name one (before 1.8)'),
  incompleteConsumerUserId: option(Type.String(), NOBODY, 'User of consumers whose client is too old to name one (before 1.8)'),
})

export type PlacementConfig = ConfigOf<typeof config>
