/**
 * HTTP/1 (RFC 9110, 9112): which programs ask and answer, what devices call themselves on their
 * first page, who is let in without secrecy; and what messages carry, which others read.
 *
 * No path, query, cookie, form or page is ever noted, but words of short lists, the titles of first
 * pages and the names of cookies. What comes through a proxy is told as that.
 */

import { Cursor } from '../bytes/cursor.js'
import { Body } from './http-body.js'
import { authentication, cleartext, login, realm, user } from './http-credentials.js'
import { Head, mayBegin } from './http-head.js'
import { title } from './http-page.js'
import * as asking from './http-request.js'
import * as answering from './http-response.js'
import type { Notes, Protocol, Talk } from './protocol.js'

const SERVER = 1

const head = new Head()
const body = new Body()
/** The requests on the other side, one for each answer. */
const requests = new Cursor()
const asked = new Head()
const askedBody = new Body()

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  requests.over(talk.other.bytes, talk.other.at, talk.other.end)
  // What a server says first answers something that was not heard.
  let unasked = talk.turnCount > 0 && talk.turns[0] === SERVER
  let goesOn = true
  while (goesOn && c.left > 0) {
    head.read(c)
    if (!head.whole) return
    if (head.request) goesOn = readRequest(c, notes, talk)
    else {
      goesOn = readAnswer(c, notes, talk, unasked)
      unasked = false
    }
    // What follows an upgrade, or a body whose length is a lie, is no fault: it is left unread.
    if (goesOn && c.left > 0 && !mayBegin(c)) goesOn = false
  }
  const isAnswered = head.request || (asked.whole && requests.left === 0)
  if (goesOn && c.fault === '' && isAnswered) letGo(c)
}

/** A whole exchange wants no more, which to leave something unread says: the next is another opening. */
function letGo(c: Cursor): void {
  c.at = c.end - 1
}

function readRequest(c: Cursor, notes: Notes, talk: Talk): boolean {
  asking.noteRequest(head, notes, talk)
  if (asking.followTunnel(c, head, notes) || asking.followSocket(c, head, notes)) return false
  body.find(c, head, talk.ended)
  return asking.readBody(c, { head, body }, notes, talk)
}

function readAnswer(c: Cursor, notes: Notes, talk: Talk, unasked: boolean): boolean {
  if (head.status < 200) {
    const goesOn = answering.noteUpgrade(head, notes)
    return !asking.followSocket(c, head, notes) && goesOn
  }
  if (unasked) asked.forget()
  else readAsked()
  answering.noteAnswer(head, asked, notes)
  if (answering.followTunnel(c, head, asked, notes)) return false
  if (asked.whole && asked.isMethod('HEAD')) head.bodyLength = 0
  body.find(c, head, talk.ended)
  return answering.readBody(c, { head, asked, body }, notes, talk)
}

/** Reads the request that comes next; where it was not heard, nothing is known of it. */
function readAsked(): void {
  asked.read(requests)
  if (!asked.whole || !asked.request) return asked.forget()
  askedBody.find(requests, asked, false)
  if (!askedBody.whole) requests.take(requests.left)
}

export const http: Protocol = {
  name: 'http',
  standard: 'RFC 9110, 9112',
  tells:
    'programs that ask and answer, titles and icons of devices, logins without secrecy, proxies',
  heard: [
    ...['tcp/80-82', 'tcp/591', 'tcp/1080', 'tcp/1400', 'tcp/2869', 'tcp/3128', 'tcp/5000'],
    ...['tcp/5357', 'tcp/5985', 'tcp/7547', 'tcp/8000', 'tcp/8008', 'tcp/8080-8088', 'tcp/8118'],
    ...['tcp/8123', 'tcp/8181', 'tcp/8200', 'tcp/8888', 'tcp/9000', 'tcp/9080', 'tcp/9090'],
    ...['tcp/11371', 'tcp/49152-49153'],
    ...[
      'tcp "GET "',
      'tcp "POST "',
      'tcp "PUT "',
      'tcp "HEAD "',
      'tcp "OPTIONS "',
      'tcp "HTTP/1."',
    ],
    ...[
      'tcp "CONNECT "',
      'tcp "NOTIFY "',
      'tcp "SUBSCRIBE "',
      'tcp "UNSUBSCRIBE "',
      'tcp "TRACE "',
    ],
    ...['tcp "DELETE "', 'tcp "PATCH "', 'tcp "PROPFIND "', 'tcp "PROPPATCH "', 'tcp "MKCOL "'],
    ...['tcp "LOCK "', 'tcp "UNLOCK "', 'tcp "REPORT "', 'tcp "SEARCH "', 'tcp "MERGE "'],
    ...['tcp "BITS_POST "', 'tcp "RPC_IN_DATA "', 'tcp "RPC_OUT_DATA "', 'tcp "CCM_POST "'],
  ],
  again: ['GET ', 'POST ', 'PUT ', 'HEAD ', 'HTTP/1.', 'NOTIFY ', 'OPTIONS ', 'CONNECT '],
  facts: [
    ...asking.facts,
    ...answering.facts,
    ...[authentication, realm, cleartext, user, login, title],
  ],
  parse,
}
