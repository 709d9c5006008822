// SPDX-License-Identifier: Apache-2.0
//
// Usage: node npm.mjs FOLDER URL TRANSPORT USER PASSWORD
// The npm package `xen-api`, which is Xen Orchestra's client, told what to do by a test: a line of JSON is [WORD, ARGUMENT...], and is
// answered with a line {"value": V}, {"failure": [CODE, PARAMETER...]} for a failure of the XenAPI, or {"error": TEXT}. FOLDER is where it
// is installed.
// Whatever the package has to complain of goes to stderr.

import { createInterface } from 'node:readline'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { isDeepStrictEqual } from 'node:util'

const [folder, url, transport, user, password] = process.argv.slice(2)
const entry = createRequire(`${folder}/package.json`).resolve('xen-api')
const { createClient } = await import(pathToFileURL(entry))
const xapi = createClient({ url, transport, auth: { user, password } })

// What is in its cache of an object, without the getters that lead on to others; null if it is not there.
const cached = ref => {
  const object = xapi.getObject(ref, null)
  return object && Object.fromEntries(Object.entries(object).filter(([name]) => name[0] !== '$'))
}

const until = (ref, matches) =>
  new Promise(resolve => {
    const look = () => {
      if (matches(cached(ref))) {
        xapi.objects.off('finish', look)
        resolve(cached(ref))
      }
    }
    xapi.objects.on('finish', look)
    look()
  })

const words = {
  async connect() {
    await xapi.connect()
    await xapi.objectsFetched
    return xapi.pool.$ref
  },
  call: (method, ...args) => xapi.call(method, ...args),
  callAsync: (method, ...args) => xapi.callAsync(method, ...args),
  barrier: async ref => {
    await xapi.barrier(ref)
    return cached(ref)
  },
  setFieldEntry: (type, ref, field, entry, value) => xapi.setFieldEntry(type, ref, field, entry, value),
  // Nothing is asked of the server: events brought it.
  cached,
  waitForField: (ref, field, value) => until(ref, object => object !== null && isDeepStrictEqual(object[field], value)),
  waitForEnd: ref => until(ref, object => object === null),
  types: () => [...new Set(Object.values(xapi.objects.all).map(object => object.$type))],
  disconnect: () => xapi.disconnect(),
}

const answer = async line => {
  const [word, ...args] = JSON.parse(line)
  try {
    return { value: (await words[word](...args)) ?? null }
  } catch (error) {
    return error.code !== undefined && Array.isArray(error.params)
      ? { failure: [error.code, ...error.params] }
      : { error: String(error.stack) }
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(await answer(line)) + '\n')
}
process.exit(xapi.watchEventsError === undefined ? 0 : 1)
