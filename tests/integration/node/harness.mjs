// Plays scenarios: each prints one line, "ok NAME", or "failed NAME" and why.
import assert from 'node:assert/strict'

export const statements = process.env

export const create = (name) => statements.CREATE_ANY.replace('any_model', name)

export const values = ["it's a \\ column 列", 'Qwen', 'a key that stands in a parameter only', 'model "comment" 模型']

/** Checks what DESC MODEL says of a model that was made with `values`. */
export function checkBound(rows) {
  const described = new Map(rows.map((row) => [row.name, row]))
  assert.equal(described.get('a').comment, values[0])
  assert.equal(described.get('PAI_EAS_MODEL_NAME').value, values[1])
  assert.equal(described.get('APIKEY').value, '****' + values[2].slice(-4))
  assert.equal(described.get('Comment').value, values[3])
}

/** Checks the error of dropping the default version. */
export function checkRefused(error) {
  assert.equal(error.code, '55006')
  assert.equal(error.message, statements.REFUSED)
  assert.equal(Number(error.position), statements.DROP_V2.indexOf('v2') + 1)
  assert.match(error.hint, /^First set another version as the default/)
  return true
}

/** Waits until `condition` holds, at most five seconds. */
export async function until(condition) {
  for (let round = 0; round < 500 && !condition(); round++) {
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  assert.ok(condition(), 'it did not happen')
}

/** Plays scenarios one after the other, each with a connection of its own from `open`. */
export async function play(scenarios, open, close) {
  for (const [name, scenario] of Object.entries(scenarios)) {
    const connection = await open()
    try {
      await scenario(connection)
      console.log(`ok ${name}`)
    } catch (error) {
      console.log(`failed ${name}\n${error.stack}`)
    } finally {
      await close(connection)
    }
  }
}
