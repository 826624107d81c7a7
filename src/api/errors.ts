/** Everything the API can answer but an answer: a code, what happened, and how to mend it. */

export interface ApiError {
  readonly error: { readonly code: string; readonly message: string; readonly mend: string }
}

const ERRORS = {
  'not-found': [404, 'there is nothing at this path', 'see /api/openapi.json for what there is'],
  'method-not-allowed': [405, 'this can only be read', 'use GET or HEAD'],
  'bad-request': [400, 'the request cannot be understood', 'see /api/openapi.json'],
  'too-large': [413, 'the request has a body that is too large', 'send less, or no body'],
  'headers-too-large': [431, 'the request has too many or too long headers', 'send fewer'],
  'timed-out': [408, 'the request took too long to arrive', 'send it at once'],
  'wrong-host': [
    421,
    'the request names another host than this machine',
    'use http://127.0.0.1 or localhost, or let http.listen name an address of this machine',
  ],
  'not-ready': [503, 'the sensor is not ready', 'see /api/v1/health'],
  failed: [500, 'the sensor could not answer', 'see its log'],
} as const

export type ErrorCode = keyof typeof ERRORS

export const statusOfError = (code: ErrorCode): number => ERRORS[code][0]

export function apiError(code: ErrorCode, message?: string, mend?: string): ApiError {
  const [, what, how] = ERRORS[code]
  return { error: { code, message: message ?? what, mend: mend ?? how } }
}

/** Which of ours an error of the server is, by its status. */
export function codeOf(status: number): ErrorCode {
  const known = Object.entries(ERRORS).find(([, [number]]) => number === status)
  if (known) return known[0] as ErrorCode
  return status >= 400 && status < 500 ? 'bad-request' : 'failed'
}

/** Which of ours an error is that came before there was a request. */
export function codeOfBroken(code: string | undefined): ErrorCode {
  if (code === 'HPE_HEADER_OVERFLOW') return 'headers-too-large'
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'timed-out' : 'bad-request'
}
