import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'

/** Path of a program that `scripts/build-tools.sh` builds. */
export function toolPath(name: string): string {
  return join(import.meta.dirname, '..', '..', '.tools', 'bin', name)
}

/**
 * Defines tests that need a program of ours to be built. Without it there is one skipped test that says so; with
 * `CHANCERY_REQUIRE_TOOLS=1` they run, and fail.
 */
export function describeWithTool(name: string, title: string, define: (path: string) => void): void {
  const path = toolPath(name)
  if (isExecutable(path) || process.env['CHANCERY_REQUIRE_TOOLS'] === '1') {
    describe(title, () => define(path))
  } else {
    it(
      `${title}: skipped, because ${name} is not built; run scripts/build-tools.sh, which needs Go, pip and a JDK`,
      { skip: true },
      () => undefined,
    )
  }
}

/**
 * Defines tests that need a program of the system, which `scripts/install-test-tools.sh` installs. Without it there is one skipped test that says
 * so; with `CHANCERY_REQUIRE_TOOLS=1` they run, and fail.
 */
export function describeWithSystemTool(name: string, title: string, define: (path: string) => void): void {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin']
  const path = folders.map((folder) => join(folder, name)).find(isExecutable)
  if (path !== undefined || process.env['CHANCERY_REQUIRE_TOOLS'] === '1') {
    describe(title, () => define(path ?? name))
  } else {
    it(
      `${title}: skipped, because ${name} is not installed; run scripts/install-test-tools.sh`,
      { skip: true },
      () => undefined,
    )
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
