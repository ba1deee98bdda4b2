// What a program in Node.js does with modeld through `pg`. The argument is the connection's URL.
import assert from 'node:assert/strict'
import pg from 'pg'
import Cursor from 'pg-cursor'
import { checkBound, checkRefused, create, play, statements, until, values } from './harness.mjs'

const connectionString = process.argv[2]

async function open() {
  const client = new pg.Client({ connectionString, application_name: 'scenarios', query_timeout: 20_000 })
  await client.connect()
  return client
}

const refusal = (sqlstate) => ({ code: sqlstate })
const column = async (client, text, parameters) =>
  (await client.query({ text, values: parameters, rowMode: 'array' })).rows.map((row) => row[0])

async function described(client, name) {
  const { rows } = await client.query(`DESC MODEL ${statements.MODEL}`)
  return rows.find((row) => row.name === name).value
}

const scenarios = {
  async document(client) {
    assert.equal((await client.query(statements.CREATE)).command, 'CREATE')
    await client.query(statements.ADD_V2)
    assert.equal(await described(client, 'Default Version'), 'v1')
    await client.query(statements.DEFAULT_V2)
    assert.equal(await described(client, 'Default Version'), 'v2')
    await assert.rejects(client.query(statements.DROP_V2), checkRefused)
    await client.query(statements.DEFAULT_V1)
    await client.query(statements.DROP_V2)
    assert.deepEqual(await column(client, `SHOW VERSIONS FOR MODEL ${statements.MODEL}`), ['v1'])
    await client.query(statements.DROP)
    await assert.rejects(client.query(`DESC MODEL ${statements.MODEL}`), refusal('42704'))
  },

  async errors(client) {
    await assert.rejects(client.query('ALTER MODEL m ADD'), refusal('42601'))
    await assert.rejects(client.query('SHOW MODELS LIKE $1', [1, 2]), refusal('08P01'))
    await client.query('BEGIN')
    await assert.rejects(client.query('DROP MODEL nothing'), refusal('42704'))
    await assert.rejects(client.query('SHOW MODELS'), refusal('25P02'))
    assert.equal((await client.query('COMMIT')).command, 'ROLLBACK')
    assert.deepEqual(await column(client, 'SHOW application_name'), ['scenarios'])
  },

  async parameters(client) {
    await client.query(statements.CREATE_BOUND, values)
    checkBound((await client.query('DESC MODEL bound')).rows)
    checkBound((await client.query({ text: 'DESC MODEL bound', binary: true, values: [] })).rows)
    assert.deepEqual(await column(client, 'SHOW MODELS LIKE $1', ['b*|nothing']), ['bound'])
    await client.query('DROP MODEL bound')
  },

  async prepared(client) {
    await client.query(create('p0'))
    for (const [pattern, found] of [['p0', ['p0']], ['nothing', []], ['p%', ['p0']]]) {
      const query = { name: 'find', text: 'SHOW MODELS LIKE $1', values: [pattern], rowMode: 'array' }
      assert.deepEqual((await client.query(query)).rows.map((row) => row[0]), found)
    }
    // The driver asks for row after row of the portal, as many times as it takes.
    const limited = { text: 'SHOW VERSIONS FOR MODEL p0', rows: 1, values: [] }
    assert.equal((await client.query(limited)).rows.length, 1)
    await client.query('DROP MODEL p0')
  },

  async types(client) {
    await client.query(create('t0'))
    const [row] = (await client.query('SHOW VERSIONS FOR MODEL t0')).rows
    assert.equal(row.version_name, 'v1')
    assert.equal(row.is_default, true)
    assert.ok(row.create_time instanceof Date)
    assert.ok(Math.abs(Date.now() - row.create_time) < 60_000)
    await client.query('DROP MODEL t0')
  },

  async select(client) {
    await client.query(create('s0'))
    const sql = `SELECT model_name, version_count, create_time, labels, ARRAY[1, NULL]::int4[] AS numbers, 1.50::numeric AS n,
      $1::text || '!' AS said, true AS yes, '\\x01ff'::bytea AS bytes FROM models WHERE model_name = $2`
    for (const name of [undefined, 'asked', 'asked']) {
      const { rows: [row], fields } = await client.query({ name, text: sql, values: ['模型', 's0'] })
      assert.ok(row.create_time instanceof Date)
      delete row.create_time
      const expected = { model_name: 's0', version_count: '1', labels: {}, numbers: [1, null], n: '1.50', said: '模型!', yes: true }
      assert.deepEqual(row, { ...expected, bytes: Buffer.from([1, 255]) })
      assert.deepEqual(fields.map((field) => field.dataTypeID), [25, 20, 1184, 3802, 1007, 1700, 25, 16, 17])
    }
    for (const [text, sqlstate] of [['SELECT * FROM nothing', '42P01'], ['SELECT 1 / 0', '22012'], ['SELECT 1 +', '42601']]) {
      await assert.rejects(client.query(text), refusal(sqlstate))
    }
    await client.query('DROP MODEL s0')
  },

  async cursor(client) {
    const cursor = client.query(new Cursor('SELECT n FROM generate_series(1, $1::int) AS n', [250]))
    const sizes = []
    let sum = 0
    for (let rows = await cursor.read(100); rows.length > 0; rows = await cursor.read(100)) {
      sizes.push(rows.length)
      sum += rows.reduce((total, row) => total + row.n, 0)
    }
    assert.deepEqual([sizes, sum], [[100, 100, 50], 31_375])
    const left = client.query(new Cursor('SELECT n FROM generate_series(1, 1000000) AS n'))
    assert.equal((await left.read(3)).length, 3)
    await left.close()
    assert.deepEqual(await column(client, 'SELECT count(*)::int FROM models WHERE $1', [false]), [0])
  },

  async several(client) {
    const names = Array.from({ length: 30 }, (_, number) => `q${String(number).padStart(2, '0')}`)
    await client.query(names.map(create).join(';'))
    assert.deepEqual(await column(client, 'SHOW MODELS LIKE $1', ['q%']), names)
    const results = await client.query(names.map((name) => `DROP MODEL ${name}`).join(';'))
    assert.equal(results.length, names.length)
  },

  async rollback(client) {
    await client.query('BEGIN')
    await client.query(create('r0'))
    await client.query('SAVEPOINT s')
    await assert.rejects(client.query(create('r0')), refusal('42710'))
    await client.query('ROLLBACK TO s')
    assert.deepEqual(await column(client, 'SHOW MODELS LIKE $1', ['r0']), ['r0'])
    await client.query('ROLLBACK')
    assert.deepEqual(await column(client, 'SHOW MODELS LIKE $1', ['r0']), [])
  },

  async conflict(one) {
    const two = await open()
    await one.query(create('shared'))
    await one.query('BEGIN')
    await two.query('BEGIN ISOLATION LEVEL SERIALIZABLE')
    await one.query(statements.ADD_SHARED.replace('VERSION v', 'VERSION v2'))
    await two.query(statements.ADD_SHARED.replace('VERSION v', 'VERSION v3'))
    await one.query('COMMIT')
    await assert.rejects(two.query('COMMIT'), refusal('40001'))
    assert.deepEqual(await column(two, 'SHOW VERSIONS FOR MODEL shared'), ['v1', 'v2'])
    await two.query('DROP MODEL shared')
    await two.end()
  },

  async notices(client) {
    const heard = []
    client.on('notice', (notice) => heard.push(notice.code))
    await client.query('DROP MODEL IF EXISTS nothing')
    assert.deepEqual(heard, ['00000'])
  },

  async notifications(client) {
    const payloads = []
    client.on('notification', ({ channel, payload }) => payloads.push([channel, JSON.parse(payload).action]))
    await client.query('LISTEN model_changes')
    const other = await open()
    await other.query('BEGIN')
    await other.query(create('n0'))
    await other.query('DROP MODEL n0')
    assert.deepEqual(payloads, [])
    await other.query('COMMIT')
    await other.end()
    await until(() => payloads.length === 2)
    assert.deepEqual(payloads, [['model_changes', 'CREATE MODEL'], ['model_changes', 'DROP MODEL']])
  },

  async pool() {
    const pool = new pg.Pool({ connectionString, max: 4 })
    const numbers = Array.from({ length: 20 }, (_, number) => number)
    await Promise.all(numbers.map((number) => pool.query(create(`w${number}`))))
    const { rows } = await pool.query('SHOW MODELS LIKE $1', ['w%'])
    assert.equal(rows.length, numbers.length)
    await Promise.all(numbers.map((number) => pool.query(`DROP MODEL w${number}`)))
    await pool.end()
  },
}

await play(scenarios, open, (client) => client.end())
