import { stat } from 'node:fs/promises'

/** True if something of that name is there, whatever it is. */
export async function pathExists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
