/** A task: what became of an import. */
import { ID_PATTERN } from '../images/image.schema.ts'

const stub = {
  id: { description: 'An identifier for the task', pattern: ID_PATTERN, type: 'string' },
  type: { description: 'What kind of task it is', enum: ['import', 'api_image_import'], type: 'string' },
  status: { description: 'How far it has come', enum: ['pending', 'processing', 'success', 'failure'], type: 'string' },
}
const full = {
  input: { description: 'What the task was asked to do', type: ['null', 'object'] },
  result: { description: 'What came of it', type: ['null', 'object'] },
}
const owner = { description: 'The project it belongs to', type: 'string' }
const message = { description: 'Why it failed, when it did', type: 'string' }
const rest = {
  image_id: { description: 'The image it is about', type: 'string' },
  request_id: { description: 'The request it began with', type: 'string' },
  user_id: { description: 'The user who asked for it', type: 'string' },
  expires_at: { description: 'When its record may go', type: ['null', 'string'] },
  created_at: { description: 'When it was created', type: 'string' },
  updated_at: { description: 'When it last changed', type: 'string' },
  self: { readOnly: true, type: 'string' },
  schema: { readOnly: true, type: 'string' },
}

export const taskDocument = { name: 'task', properties: { ...stub, ...full, owner, message, ...rest } }
export const taskStubDocument = { name: 'task', properties: { ...stub, owner, ...rest } }
