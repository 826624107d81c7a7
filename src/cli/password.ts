/** A password from whoever sits at the terminal, unseen and twice; or the first line of a pipe. */

import { readFileSync } from 'node:fs'
import { CallError } from './errors.js'

const STDIN = 0
const CHARACTERS_MAX = 1024
const ENTER = ['\r', '\n', '\u0004']
const BACK = ['\u007f', '\b']
const CANCEL = '\u0003'

export async function readPassword(name: string): Promise<string> {
  if (!process.stdin.isTTY) return readFileSync(STDIN, 'utf8').split(/\r?\n/)[0]!
  const once = await unseen(`password for ${name}: `)
  const twice = await unseen('once more: ')
  if (once === twice) return once
  throw new CallError('the passwords differ: nothing was changed: try again')
}

function unseen(prompt: string): Promise<string> {
  const { stdin, stderr } = process
  stderr.write(prompt)
  stdin.setRawMode(true)
  stdin.setEncoding('utf8').resume()
  return new Promise((resolve, reject) => {
    const typed: string[] = []
    const done = (act: () => void): void => {
      stdin.setRawMode(false)
      stdin.pause().off('data', read)
      stderr.write('\n')
      act()
    }
    const read = (keys: string): void => {
      for (const key of keys) {
        if (ENTER.includes(key)) return done(() => resolve(typed.join('')))
        if (key === CANCEL)
          return done(() => reject(new CallError('ended: nothing was changed: ^C')))
        if (BACK.includes(key)) typed.pop()
        else if (typed.length < CHARACTERS_MAX) typed.push(key)
      }
    }
    stdin.on('data', read)
  })
}
