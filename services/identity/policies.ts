/** Every rule of identity, for the engine, the matrix and the reference. */
import type { PolicyRule } from '#core/policy/policy.ts'
import { accessRulePolicies } from './application-credentials/access-rule.policy.ts'
import { applicationCredentialPolicies } from './application-credentials/application-credential.policy.ts'
import { endpointPolicies } from './catalog/endpoint.policy.ts'
import { regionPolicies } from './catalog/region.policy.ts'
import { servicePolicies } from './catalog/service.policy.ts'
import { credentialPolicies } from './credentials/credential.policy.ts'
import { domainConfigPolicies } from './domain-config/domain-config.policy.ts'
import { domainPolicies } from './domains/domain.policy.ts'
import { ec2CredentialPolicies } from './ec2/ec2-credential.policy.ts'
import { ec2TokensPolicies } from './ec2/ec2-tokens.policy.ts'
import { s3TokensPolicies } from './ec2/s3-tokens.policy.ts'
import { endpointGroupPolicies } from './endpoint-filters/endpoint-group.policy.ts'
import { projectEndpointPolicies } from './endpoint-filters/project-endpoint.policy.ts'
import { grantPolicies } from './grants/grant.policy.ts'
import { groupPolicies } from './groups/group.policy.ts'
import { accessTokenPolicies } from './oauth1/access-token.policy.ts'
import { consumerPolicies } from './oauth1/consumer.policy.ts'
import { policyAssociationPolicies } from './policies/policy-association.policy.ts'
import { policyPolicies } from './policies/policy.policy.ts'
import { projectPolicies } from './projects/project.policy.ts'
import { roleAssignmentPolicies } from './role-assignments/role-assignment.policy.ts'
import { impliedRolePolicies } from './roles/implied-role.policy.ts'
import { rolePolicies } from './roles/role.policy.ts'
import { trustPolicies } from './trusts/trust.policy.ts'
import { userPolicies } from './users/user.policy.ts'
import { baseRules } from './base-rules.policy.ts'
import { tokenPolicies } from './tokens/token.policy.ts'

export const policies: readonly PolicyRule[] = [
  ...baseRules, ...tokenPolicies,
  ...accessRulePolicies, ...applicationCredentialPolicies, ...endpointPolicies, ...regionPolicies, ...servicePolicies, ...credentialPolicies,
  ...domainConfigPolicies, ...domainPolicies, ...ec2CredentialPolicies, ...ec2TokensPolicies, ...s3TokensPolicies, ...endpointGroupPolicies,
  ...projectEndpointPolicies, ...grantPolicies, ...groupPolicies, ...accessTokenPolicies, ...consumerPolicies, ...policyAssociationPolicies,
  ...policyPolicies, ...projectPolicies, ...roleAssignmentPolicies, ...impliedRolePolicies, ...rolePolicies, ...trustPolicies, ...userPolicies,
]
