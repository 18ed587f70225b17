// Several commands of the official client in one process, as a JSON list of what each prints:
// loading the client takes most of a call's time. `node official_client.mjs RUN_JS '[["apps"], …]'`
import {createRequire} from 'node:module'
import {pathToFileURL} from 'node:url'

const [program, commands] = process.argv.slice(2)
const {run} = await import(pathToFileURL(createRequire(program).resolve('@oclif/core')))
const printed = []
const write = process.stdout.write.bind(process.stdout)
process.stdout.write = (chunk, encoding, done) => {
  printed[printed.length - 1] += chunk
  const told = typeof encoding === 'function' ? encoding : done
  if (told) told()
  return true
}
for (const words of JSON.parse(commands)) {
  printed.push('')
  await run(words, pathToFileURL(program).href)
}
write(JSON.stringify(printed))
