/** A project an image is shared with. */
import { ID_PATTERN } from '../images/image.schema.ts'

export const MEMBER_STATUSES = ['pending', 'accepted', 'rejected'] as const

export const memberDocument = {
  name: 'member',
  properties: {
    member_id: { type: 'string', description: 'The project the image is shared with' },
    image_id: { type: 'string', description: 'An identifier for the image', pattern: ID_PATTERN },
    created_at: { type: 'string', description: 'When the image was shared' },
    updated_at: { type: 'string', description: 'When the sharing last changed' },
    status: { type: 'string', description: 'What the project made of it', enum: [...MEMBER_STATUSES] },
    schema: { readOnly: true, type: 'string' },
  },
}
