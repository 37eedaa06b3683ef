import {
  type Authorized,
  CREDENTIAL_HEADERS,
  type OutgoingRequest,
  type RequestAuthorizer,
  readableBody,
  withoutEmptyQuery,
} from '../authorizer.ts'

/** An axios instance, or axios itself, as far as it is used. */
export interface AxiosLike {
  readonly interceptors: {
    readonly request: { use(onFulfilled: never): unknown }
    readonly response: { use(onFulfilled: never, onRejected: never): unknown }
  }
  getUri(config: never): string
  request(config: never): Promise<unknown>
}

/** What was sent, and what is to be sent; axios carries symbols along when it copies a configuration. */
const SENT = Symbol('chancery.sent')
const SECOND = Symbol('chancery.second')

interface AxiosConfig {
  method?: string
  data?: unknown
  transformRequest?: unknown
  readonly headers: { set(name: string, value: string): unknown; delete(name: string): unknown }
  [SENT]?: { readonly request: OutgoingRequest; readonly authorized: Authorized }
  [SECOND]?: Authorized
}

interface AxiosResponse {
  readonly status?: number
  readonly config?: AxiosConfig
}

type Transform = (this: unknown, data: unknown, headers: unknown) => unknown

/**
 * Gives every request of an axios instance a credential. Interceptors that are added after this one run before it, so add it first: what they change is then
 * part of what is signed. Redirects are not followed: a signature is for one target.
 *
 * A request whose token is refused with 401 is sent once more with another credential, unless its body is a stream. Requests reject as the authorizer does.
 */
export function authorizeAxios(instance: AxiosLike, authorizer: RequestAuthorizer): void {
  async function authorize(config: AxiosConfig): Promise<AxiosConfig> {
    transformNow(config)
    // What axios joins, and then URL normalizes, is made once: here, so that what is signed is what is sent.
    const url = withoutEmptyQuery(instance.getUri(config as never))
    const request = { method: (config.method ?? 'get').toUpperCase(), url, body: readableBody(config.data) }
    const second = config[SECOND]
    const authorized = second ?? (await authorizer.authorize(request))
    for (const name of CREDENTIAL_HEADERS) config.headers.delete(name)
    for (const [name, value] of authorized.headers) config.headers.set(name, value)
    Object.assign(config, { url, baseURL: undefined, params: undefined, maxRedirects: 0 })
    return Object.assign(config, { [SENT]: { request, authorized } })
  }

  /** The answer to a second try, or `undefined` to let the first stand. */
  async function tryAgain({ status, config }: AxiosResponse): Promise<unknown> {
    const sent = config?.[SENT]
    if (status !== 401 || !config || !sent || config[SECOND]) return undefined
    const second = await authorizer.reauthorize(sent.request, sent.authorized)
    return second && instance.request(Object.assign(config, { [SECOND]: second }) as never)
  }

  instance.interceptors.request.use(authorize as never)
  const answered = async (response: AxiosResponse) => (await tryAgain(response)) ?? response
  const failed = async (error: { readonly response?: AxiosResponse }) => {
    const again = await tryAgain(error.response ?? {})
    if (again === undefined) throw error as unknown
    return again
  }
  instance.interceptors.response.use(answered as never, failed as never)
}

/** Runs the transformations of the body now; axios would run them after the interceptors, when it is too late to sign. */
function transformNow(config: AxiosConfig): void {
  const given = config.transformRequest
  const transforms = (Array.isArray(given) ? given : given === undefined ? [] : [given]) as Transform[]
  for (const transform of transforms) config.data = transform.call(config, config.data, config.headers)
  config.transformRequest = []
}
