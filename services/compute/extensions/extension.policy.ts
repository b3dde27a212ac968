/** The rule about extensions. */
import { forAnyone } from '../policy-kinds.ts'

export const extensionPolicies = [forAnyone('extensions', 'See the list of extensions.', 'GET /extensions', 'GET /extensions/{alias}')]
