import { type HttpRoute, methodNotAllowed, plainAnswer } from './answer.ts'

/** What the probes show: as `grpc.health.v1`, check by check. */
export interface HealthView {
  readonly serving: boolean
  readonly checks: Readonly<Record<string, boolean>>
}

export interface AdminSource {
  health(): HealthView
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>
}

/**
 * Serves `/livez` (the process answers), `/readyz` (it can serve; says which check fails) and `/metrics`. Meant for a
 * listener that only the operator's own network reaches: nothing here asks who is calling.
 */
export function createAdminRoute(source: AdminSource): HttpRoute {
  return async ({ method, path }) => {
    if (path !== '/livez' && path !== '/readyz' && path !== '/metrics') {
      return plainAnswer(404, 'There is nothing here. Try /livez, /readyz or /metrics.')
    }
    if (method !== 'GET' && method !== 'HEAD') return methodNotAllowed()
    if (path === '/livez') return plainAnswer(200, 'ok')
    if (path === '/readyz') {
      const { serving, checks } = source.health()
      return {
        status: serving ? 200 : 503,
        headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
        body: `${JSON.stringify({ serving, checks })}\n`,
      }
    }
    const { contentType, text } = await source.metrics()
    return { status: 200, headers: { 'content-type': contentType, 'cache-control': 'no-store' }, body: text }
  }
}
