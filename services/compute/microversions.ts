/**
 * The versions compute speaks. What each of them changed is told by the deltas beside the resources
 * (`*.versions.ts`) and by the spans of the routes.
 * https://docs.openstack.org/nova/zed/reference/api-microversion-history.html
 */
import type { VersionRange } from '#core/versions/versions.ts'

export const computeVersions: VersionRange = { serviceType: 'compute', major: 2, min: 1, max: 93, legacyHeaders: ['x-openstack-nova-api-version'] }
