/** Everything the API can answer but an answer: a code, what happened, and how to mend it. */

export interface ApiError {
  readonly error: { readonly code: string; readonly message: string; readonly mend: string }
}

const ERRORS = {
  'not-found': [404, 'there is nothing at this path', 'see /api/openapi.json for what there is'],
  'no-such-device': [404, 'no device has this id', 'GET /api/v1/devices lists them'],
  'no-such-recommendation': [
    404,
    'there is no such recommendation',
    'GET /api/v1/recommendations lists them',
  ],
  'no-such-user': [404, 'there is no such user', 'GET /api/v1/users lists them'],
  'no-such-token': [404, 'there is no such token', 'GET /api/v1/tokens lists them'],
  'no-copy': [404, 'there is no such copy', 'begin with POST'],
  'no-such-segment': [404, 'there is no such segment', 'GET /api/v1/learning lists them'],
  'method-not-allowed': [405, 'this path takes no such method', 'use one that `allow` names'],
  'bad-request': [400, 'the request cannot be understood', 'see /api/openapi.json'],
  'unknown-field': [400, 'there is no such field', 'see /api/openapi.json'],
  'wrong-value': [400, 'a value is not what it should be', 'see /api/openapi.json'],
  'not-signed-in': [401, 'this needs an account', 'POST /api/v1/login, or send a token'],
  'wrong-login': [
    401,
    'the name or the password is wrong',
    'try again; an administrator can reset it',
  ],
  'not-allowed': [403, 'your account may not do this', 'ask an administrator'],
  'wrong-origin': [
    403,
    'the request comes from a page of another site',
    "use the sensor's own page",
  ],
  'wrong-host': [
    421,
    'the request names another host than this machine',
    'use http://127.0.0.1 or localhost, or let http.listen name an address of this machine',
  ],
  conflict: [409, 'this cannot be done as things are', 'look at it again'],
  'unsupported-type': [415, 'the body is of a type that is not read here', 'send application/json'],
  'too-large': [413, 'the request has a body that is too large', 'send less, or no body'],
  'headers-too-large': [431, 'the request has too many or too long headers', 'send fewer'],
  'timed-out': [408, 'the request took too long to arrive', 'send it at once'],
  'too-many-attempts': [429, 'too many wrong passwords', 'wait as long as `retry-after` says'],
  'not-ready': [503, 'the sensor is not ready', 'see /api/v1/health'],
  crowded: [503, 'too much is asked at once', 'ask again in a moment'],
  'too-slow': [503, 'the question took too long', 'ask for less: a filter, or fewer rows'],
  store: [503, 'the store takes nothing', 'see /api/v1/health'],
  failed: [500, 'the sensor could not answer', 'see its log'],
} as const

export type ErrorCode = keyof typeof ERRORS

export const ERROR_CODES = Object.keys(ERRORS) as readonly ErrorCode[]

export const statusOfError = (code: ErrorCode): number => ERRORS[code][0]

export function apiError(code: ErrorCode, message?: string, mend?: string): ApiError {
  const [, what, how] = ERRORS[code]
  return { error: { code, message: message ?? what, mend: mend ?? how } }
}

/** Which of ours an error of the server is, by its status. */
export function codeOf(status: number): ErrorCode {
  const known: Readonly<Record<number, ErrorCode>> = {
    404: 'not-found',
    405: 'method-not-allowed',
    408: 'timed-out',
    413: 'too-large',
    415: 'unsupported-type',
    431: 'headers-too-large',
  }
  return known[status] ?? (status >= 400 && status < 500 ? 'bad-request' : 'failed')
}

/** Which of ours an error is that came before there was a request. */
export function codeOfBroken(code: string | undefined): ErrorCode {
  if (code === 'HPE_HEADER_OVERFLOW') return 'headers-too-large'
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'timed-out' : 'bad-request'
}

/** A request that is not answered as it wished. */
export class Refusal extends Error {
  readonly code: ErrorCode
  readonly mend: string
  /** Seconds after which it may be tried again. */
  readonly retry_s: number | undefined

  constructor(code: ErrorCode, message?: string, mend?: string, retry_s?: number) {
    const { error } = apiError(code, message, mend)
    super(error.message)
    this.name = 'Refusal'
    this.code = code
    this.mend = error.mend
    this.retry_s = retry_s
  }
}
