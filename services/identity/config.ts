/** Options of the identity service. Names follow upstream's sections `token`, `identity` and `security_compliance`. */
import { defineConfig, option } from '#core/config/config.ts'
import { Type } from '#core/schema/schema.ts'

const Nullable = (schema: ReturnType<typeof Type.Integer>) => Type.Union([schema, Type.Null()])

export const config = defineConfig({
  tokenExpirationSeconds: option(Type.Integer({ minimum: 1 }), 3600, 'How long a token lives.'),
  allowExpiredWindowSeconds: option(Type.Integer({ minimum: 0 }), 172_800, 'How long after its end a service may still validate a token with allow_expired.'),
  allowRescopeScopedToken: option(Type.Boolean(), true, 'Whether a scoped token may be exchanged for one of another scope.'),
  fernetMaxActiveKeys: option(Type.Integer({ minimum: 2 }), 3, 'Keys kept in the repository: one staged, one primary, the rest secondary.'),
  maxPasswordLength: option(Type.Integer({ minimum: 1 }), 4096, 'Longest password accepted, in bytes.'),
  passwordHashMemoryKiB: option(Type.Integer({ minimum: 8 }), 19_456, 'Memory of one password hash (argon2id).'),
  passwordHashPasses: option(Type.Integer({ minimum: 1 }), 2, 'Passes of one password hash (argon2id).'),
  maxProjectTreeDepth: option(Type.Integer({ minimum: 1 }), 5, 'Deepest project hierarchy, the domain not counted.'),
  applicationCredentialLimit: option(Type.Integer({ minimum: -1 }), -1, 'Application credentials a user may have; -1 for any number.'),
  credentialLimit: option(Type.Integer({ minimum: -1 }), -1, 'Credentials a user may have; -1 for any number.'),
  maxRedelegationCount: option(Type.Integer({ minimum: 0 }), 3, 'Longest chain of trusts.'),
  oauthRequestTokenSeconds: option(Type.Integer({ minimum: 1 }), 28_800, 'How long a request token of OAuth 1.0a waits for its user.'),
  oauthAccessTokenSeconds: option(Type.Integer({ minimum: 1 }), 86_400, 'How long an access token of OAuth 1.0a lasts.'),
  ec2AuthTtlMinutes: option(Type.Integer({ minimum: 1 }), 15, 'Age at which a signed EC2 or S3 request is no longer believed.'),
  lockoutFailureAttempts: option(Nullable(Type.Integer({ minimum: 1 })), null, 'Wrong passwords after which an account is locked; null never locks.'),
  lockoutDurationSeconds: option(Type.Integer({ minimum: 1 }), 1800, 'How long a locked account stays locked.'),
  passwordExpiresDays: option(Nullable(Type.Integer({ minimum: 1 })), null, 'Age at which a password must be changed; null never.'),
  passwordRegex: option(Type.Union([Type.String(), Type.Null()]), null, 'Pattern every new password must match.'),
  passwordRegexDescription: option(Type.Union([Type.String(), Type.Null()]), null, 'What the pattern asks for, in words for the user.'),
  uniqueLastPasswordCount: option(Type.Integer({ minimum: 0 }), 0, 'How many of the latest passwords a new one must differ from.'),
  minimumPasswordAgeDays: option(Type.Integer({ minimum: 0 }), 0, 'Days before a user may change their password again.'),
  changePasswordUponFirstUse: option(Type.Boolean(), false, 'Whether a password set by an administrator must be changed at first use.'),
  disableUserAccountDaysInactive: option(Nullable(Type.Integer({ minimum: 1 })), null, 'Days without a login after which an account counts as disabled; null never.'),
  region: option(Type.String({ minLength: 1 }), 'RegionOne', 'Region the catalog of this cloud stands in.'),
})
