// Libraries that find out what there is. The argument is the connection's URL.
import assert from 'node:assert/strict'
import knex from 'knex'
import inspecting from 'knex-schema-inspector'
import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { makeIntrospectionQuery, parseIntrospectionResults } from 'pg-introspection'
import { create, play } from './harness.mjs'

const connectionString = process.argv[2]
const views = ['model_aliases', 'model_inputs', 'model_labels', 'model_options', 'model_versions', 'models']

async function open() {
  const pool = new pg.Pool({ connectionString, max: 2 })
  await pool.query(create('i0'))
  return pool
}

async function close(pool) {
  if (!pool.ended) {
    await pool.query('DROP MODEL i0')
    await pool.end()
  }
}

const isSubset = (some, all) => some.forEach((each) => assert.ok(all.includes(each), `${each} is not in ${all}`))

const scenarios = {
  /** One query of a thousand lines over nearly every catalog, which PostGraphile lives on. */
  async pg_introspection(pool) {
    const { rows: [{ introspection }] } = await pool.query(makeIntrospectionQuery())
    const found = parseIntrospectionResults(introspection, true)
    const models = found.classes.find((each) => each.relname === 'models' && each.getNamespace().nspname === 'default')
    assert.equal(models.relkind, 'v')
    assert.equal(models.getDescription(), 'The models of the schema, one row each.')
    const columns = models.getAttributes().filter((each) => Number(each.attnum) > 0)
    assert.deepEqual(columns.slice(0, 3).map((each) => [each.attname, each.getType().typname]), [
      ['project', 'text'], ['schema_name', 'text'], ['model_name', 'text'],
    ])
    assert.equal(found.getCurrentUser().rolname, 'modeld')
  },

  async kysely(pool) {
    const database = new Kysely({ dialect: new PostgresDialect({ pool }) })
    const tables = await database.introspection.getTables()
    isSubset(views, tables.filter((each) => each.schema === 'default' && each.isView).map((each) => each.name))
    const columns = tables.find((each) => each.name === 'model_versions' && each.schema === 'default').columns
    const moment = columns.find((each) => each.name === 'create_time')
    assert.equal(moment.dataType, 'timestamptz')
    assert.equal(moment.isNullable, true)
    isSubset(['default', 'pg_catalog', 'information_schema'], (await database.introspection.getSchemas()).map((each) => each.name))
    const rows = await database.selectFrom('models as m').innerJoin('model_versions as v', 'v.model_name', 'm.model_name')
      .select(['m.model_name', sql`v.options ->> 'LOCATION'`.as('place')]).where('v.is_default', '=', true).execute()
    assert.equal(rows[0].model_name, 'i0')
    assert.match(rows[0].place, /^oss:/)
    await close(pool)
  },

  async knex() {
    const database = knex({ client: 'pg', connection: connectionString })
    try {
      // It looks at base tables only, which are those of the catalogs here.
      const inspector = inspecting.default(database).withSchema('pg_catalog')
      isSubset(['pg_class', 'pg_type'], await inspector.tables())
      isSubset(['oid', 'relname'], (await inspector.columnInfo('pg_class')).map((each) => each.name))
      assert.equal((await inspector.columnInfo('pg_class', 'relname')).data_type, 'name')
      assert.equal(await inspector.hasTable('nothing'), false)
      assert.equal(await inspector.primary('pg_class'), 'oid')
      assert.deepEqual(await inspector.foreignKeys('pg_class'), [])
      const rows = await database('models').where('model_name', 'like', 'i%').andWhere('version_count', '>', 0).select('model_name')
      assert.deepEqual(rows, [{ model_name: 'i0' }])
      assert.equal((await database('models').columnInfo()).create_time.type, 'timestamp with time zone')
    } finally {
      await database.destroy()
    }
  },
}

await play(scenarios, open, close)
