import { describe, expect, it } from 'vitest'
import { typeReader } from './made-up.ts'
import { sqlOf } from './sql.ts'
import { shelfMigration } from './testing/shelf.store.ts'

describe('the SQL of stores', () => {
  it('is every statement a method can ask, by its types, and says where it could not be asked', async () => {
    const text = await sqlOf('shelf', ['tools/golden/testing/shelf.store.ts'], [shelfMigration], {}, typeReader({}))
    expect(text.split('\n').slice(4).join('\n')).toBe(`## tools/golden/testing/shelf.store.ts

\`\`\`sql
-- listBooks
select * from "books" order by "title";
select * from "books" where "title" = ? and "pages" >= ? and "id" in (?) order by "title";
select * from "books" where "title" = ? and "pages" >= ? and "id" in (?) order by "pages";

-- saveBook
insert into "books" ("id", "title", "pages", "tags") values (?, ?, ?, ?) on conflict ("id") do update set "title" = ?, "pages" = ?, "tags" = ?;
/* MariaDB */ insert into \`books\` (\`id\`, \`title\`, \`pages\`, \`tags\`) values (?, ?, ?, ?) on duplicate key update \`title\` = ?, \`pages\` = ?, \`tags\` = ?;

-- dropTagged
select "tags" from "books" where "id" = ?;
delete from "books" where "tags" = ?;
delete from "books" where "id" = ?;

-- lostColumn
-- ! SQLite: no such column: "author" - should this be a string literal in single-quotes?: select "author" from "books"
select "author" from "books";

-- foreignType
-- ! no arguments can be made up: URL
-- (asks the database nothing)

-- thickness
-- (asks the database nothing)
\`\`\`
`)
  })
})
