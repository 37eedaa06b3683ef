import { workerData } from 'node:worker_threads'
import { openForReading } from './connection.ts'

/**
 * Copies a database as one reader sees it: a snapshot, however long it takes and whatever is written meanwhile. The online
 * backup API would start over with every write of another process.
 */
const { path, target } = workerData as { path: string; target: string }
const database = openForReading(path)
database.prepare('VACUUM INTO ?').run(target)
database.close()
