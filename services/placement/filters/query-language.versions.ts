/** Which words of the query language a version understands. */
export interface QueryRules {
  /** `required=!TRAIT` */
  forbiddenTraits: boolean
  /** `required=in:A,B`, and `required` given several times */
  anyTraits: boolean
  /** `member_of` given several times */
  repeatedMemberOf: boolean
  /** `member_of=!AGGREGATE` */
  forbiddenAggregates: boolean
}

export function queryRules(version: number): QueryRules {
  return { forbiddenTraits: version >= 22, anyTraits: version >= 39, repeatedMemberOf: version >= 24, forbiddenAggregates: version >= 32 }
}
