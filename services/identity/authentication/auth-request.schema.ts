/** The body of POST /v3/auth/tokens. What is not named here is another method's business and passes. */
import { Type, type Static } from '#core/schema/schema.ts'

const Domain = Type.Object({ id: Type.Optional(Type.String()), name: Type.Optional(Type.String()) })
const User = Type.Object({ id: Type.Optional(Type.String()), name: Type.Optional(Type.String()), password: Type.Optional(Type.String()), passcode: Type.Optional(Type.String()), domain: Type.Optional(Domain) })

export const AuthRequest = Type.Object({
  identity: Type.Object({
    methods: Type.Array(Type.String()),
    password: Type.Optional(Type.Object({ user: Type.Optional(User) })),
    totp: Type.Optional(Type.Object({ user: Type.Optional(User) })),
    oauth1: Type.Optional(Type.Object({})),
    token: Type.Optional(Type.Object({ id: Type.String() })),
    application_credential: Type.Optional(Type.Object({
      id: Type.Optional(Type.String()), name: Type.Optional(Type.String()), secret: Type.Optional(Type.String()), user: Type.Optional(User),
    })),
  }),
  scope: Type.Optional(Type.Union([
    Type.Object({
      project: Type.Optional(Type.Object({ id: Type.Optional(Type.String()), name: Type.Optional(Type.String()), domain: Type.Optional(Domain) })),
      domain: Type.Optional(Domain),
      system: Type.Optional(Type.Object({ all: Type.Optional(Type.Boolean()) })),
      'OS-TRUST:trust': Type.Optional(Type.Object({ id: Type.Optional(Type.String()) })),
    }),
    Type.String(),
  ])),
})

export type AuthRequest = Static<typeof AuthRequest>
export type AuthUser = Static<typeof User>
export type AuthDomain = Static<typeof Domain>
export type AuthScope = Exclude<AuthRequest['scope'], string | undefined>
