// What a program in Node.js does with modeld through `postgres`. The argument is the connection's URL.
import assert from 'node:assert/strict'
import postgres from 'postgres'
import { checkBound, checkRefused, create, play, statements, until, values } from './harness.mjs'

const heard = []

// With its first statement it asks pg_type for the types of arrays.
const open = (options) =>
  postgres(process.argv[2], { max: 1, onnotice: (notice) => heard.push(notice.code), ...options })

const refusal = (sqlstate) => ({ code: sqlstate })

async function described(sql, name) {
  const rows = await sql.unsafe(`DESC MODEL ${statements.MODEL}`)
  return rows.find((row) => row.name === name).value
}

const scenarios = {
  async document(sql) {
    await sql.unsafe(statements.CREATE)
    await sql.unsafe(statements.ADD_V2)
    assert.equal(await described(sql, 'Default Version'), 'v1')
    await sql.unsafe(statements.DEFAULT_V2)
    assert.equal(await described(sql, 'Default Version'), 'v2')
    await assert.rejects(sql.unsafe(statements.DROP_V2), checkRefused)
    await sql.unsafe(statements.DEFAULT_V1)
    await sql.unsafe(statements.DROP_V2)
    assert.deepEqual((await sql.unsafe(`SHOW VERSIONS FOR MODEL ${statements.MODEL}`)).map((row) => row.version_name), ['v1'])
    await sql.unsafe(statements.DROP)
    await assert.rejects(sql.unsafe(`DESC MODEL ${statements.MODEL}`), refusal('42704'))
  },

  async errors(sql) {
    await assert.rejects(sql`ALTER MODEL m ADD`, refusal('42601'))
    await assert.rejects(sql`DROP MODEL nothing`, refusal('42704'))
    assert.deepEqual([...(await sql`SHOW client_encoding`)], [{ client_encoding: 'UTF8' }])
  },

  async parameters(sql) {
    await sql.unsafe(statements.CREATE_BOUND, values)
    checkBound(await sql`DESC MODEL bound`)
    for (const [pattern, count] of [['b*|nothing', 1], ['nothing', 0], ['bound', 1]]) {
      assert.equal((await sql`SHOW MODELS LIKE ${pattern}`).length, count)
    }
    const { columns, types } = await sql`SHOW MODELS LIKE ${'b'}`.describe()
    assert.deepEqual(types, [25])
    assert.equal(columns[0].name, 'model_name')
    await sql`DROP MODEL bound`
  },

  async cursor(sql) {
    await Promise.all(['c0', 'c1', 'c2', 'c3', 'c4'].map((name) => sql.unsafe(create(name))))
    const pages = []
    await sql`SHOW MODELS LIKE ${'c%'}`.cursor(2, (rows) => pages.push(rows.map((row) => row.model_name)))
    assert.deepEqual(pages, [['c0', 'c1'], ['c2', 'c3'], ['c4']])
    for await (const rows of sql`SHOW MODELS LIKE ${'c%'}`.cursor(3)) {
      assert.equal(rows.length, 3)
      break
    }
    await sql`DROP MODEL c0; DROP MODEL c1; DROP MODEL c2; DROP MODEL c3; DROP MODEL c4`.simple()
  },

  async types(sql) {
    await sql.unsafe(create('t0'))
    const [row] = await sql`SHOW VERSIONS FOR MODEL t0`
    assert.equal(row.is_default, true)
    assert.ok(Math.abs(Date.now() - row.create_time) < 60_000)
    await sql`DROP MODEL t0`
  },

  async select(sql) {
    await sql.unsafe(create('s0'))
    for (let round = 0; round < 3; round++) {
      const [row] = await sql`SELECT model_name, version_count, create_time, labels, ${['a', 'b']}::name[] AS names,
        ${'模型'}::text || '!' AS said, ${true}::bool AS yes, ${sql.json({ a: [1] })}::jsonb AS json, 3::int AS n
        FROM ${sql('models')} WHERE ${sql('model_name')} IN ${sql(['s0', 'nothing'])}`
      assert.ok(row.create_time instanceof Date)
      delete row.create_time
      const expected = { model_name: 's0', version_count: '1', labels: {}, names: ['a', 'b'], said: '模型!', yes: true }
      assert.deepEqual(row, { ...expected, json: { a: [1] }, n: 3 })
    }
    await assert.rejects(sql`SELECT * FROM nothing`, refusal('42P01'))
    await assert.rejects(sql`SELECT ${'x'}::text::int`, refusal('22P02'))
    const pages = []
    await sql`SELECT n FROM generate_series(1, 25) AS n`.cursor(10, (rows) => pages.push(rows.length))
    assert.deepEqual(pages, [10, 10, 5])
    const seen = []
    await sql`SELECT n FROM generate_series(1, 3) AS n`.forEach((row) => seen.push(row.n))
    assert.deepEqual(seen, [1, 2, 3])
    const copied = await sql`COPY (SELECT model_name, version_count FROM models) TO STDOUT`.readable()
    const chunks = []
    for await (const chunk of copied) chunks.push(chunk)
    assert.equal(Buffer.concat(chunks).toString(), 's0\t1\n')
    await sql`DROP MODEL s0`
  },

  async stopped(sql) {
    for (const text of ['SELECT pg_sleep(30)', 'SELECT n FROM generate_series(1, 1000000000) AS n WHERE n < 0']) {
      const query = sql.unsafe(text)
      setTimeout(() => query.cancel(), 200)
      await assert.rejects(query, refusal('57014'))
    }
    assert.equal((await sql`SELECT 1 AS n`)[0].n, 1)
  },

  async transaction(sql) {
    const failed = sql.begin(async (inner) => {
      await inner.unsafe(create('r0'))
      await inner.savepoint(async (deeper) => {
        await deeper.unsafe(create('r1'))
        throw new Error('undone')
      }).catch((error) => assert.equal(error.message, 'undone'))
      assert.equal((await inner`SHOW MODELS LIKE 'r%'`).length, 1)
      await inner.unsafe(create('r0'))
    })
    await assert.rejects(failed, refusal('42710'))
    assert.equal((await sql`SHOW MODELS LIKE 'r%'`).length, 0)
    await assert.rejects(sql.begin('read only', (inner) => inner.unsafe(create('r0'))), refusal('25006'))
  },

  async conflict(sql) {
    const other = open()
    await sql.unsafe(create('shared'))
    const lost = sql.begin(async (inner) => {
      await inner.unsafe(statements.ADD_SHARED.replace('VERSION v', 'VERSION v2'))
      await other.unsafe(statements.ADD_SHARED.replace('VERSION v', 'VERSION v3'))
    })
    await assert.rejects(lost, refusal('40001'))
    assert.equal((await sql`SHOW VERSIONS FOR MODEL shared LIKE 'v3'`).length, 1)
    await sql`DROP MODEL shared`
    await other.end()
  },

  async notices(sql) {
    heard.length = 0
    await sql`DROP MODEL IF EXISTS nothing`
    assert.deepEqual(heard, ['00000'])
  },

  async notifications(sql) {
    const actions = []
    const listening = await sql.listen('model_changes', (payload) => actions.push(JSON.parse(payload).action))
    await sql.begin(async (inner) => {
      await inner.unsafe(create('n0'))
      await inner`DROP MODEL n0`
    })
    await until(() => actions.length === 2)
    assert.deepEqual(actions, ['CREATE MODEL', 'DROP MODEL'])
    await listening.unlisten()
  },

  async unprepared() {
    const sql = open({ prepare: false, max: 3 })
    await Promise.all(Array.from({ length: 12 }, (_, number) => sql.unsafe(create(`u${number}`))))
    assert.equal((await sql`SHOW MODELS LIKE ${'u%'}`).length, 12)
    await Promise.all(Array.from({ length: 12 }, (_, number) => sql.unsafe(`DROP MODEL u${number}`)))
    await sql.end()
  },
}

await play(scenarios, open, (sql) => sql.end())
