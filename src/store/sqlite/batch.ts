import SqliteDatabase from 'better-sqlite3'
import type { Database } from 'better-sqlite3'
import { StoreError } from '../store.ts'
import type { WriteCommand, WriteHandlers, WriteOutcome } from './commands.ts'

/** Failures that concern one command and leave the transaction sound. Every other one is the disk's or the file's. */
const COMMAND_FAILURES = /^SQLITE_(CONSTRAINT|TOOBIG|MISMATCH|RANGE)/

/** Runs commands; an outcome for each, in order, when all of them are on disk. */
export type BatchRunner = (commands: readonly WriteCommand[]) => WriteOutcome[]

/**
 * Group commit: all commands in one transaction, where one that fails does not undo the others. Nothing is acknowledged before COMMIT
 * returned. When the disk is full or broken, or COMMIT fails, every command of the batch has failed.
 *
 * Commands hardly ever fail, and a savepoint for each costs a fifth of its write, for SQLite keeps a copy of every page that it touches. So
 * they run without; a batch in which one fails is undone and run again with them.
 */
export function createBatchRunner(database: Database, handlers: WriteHandlers): BatchRunner {
  // IMMEDIATE: what a command reads cannot be changed by another process before it writes.
  const begin = database.prepare('BEGIN IMMEDIATE')
  const commit = database.prepare('COMMIT')
  const rollback = database.prepare('ROLLBACK')
  const savepoint = database.prepare('SAVEPOINT command')
  const release = database.prepare('RELEASE command')
  const undo = database.prepare('ROLLBACK TO command')

  function runAlone(command: WriteCommand): WriteOutcome {
    savepoint.run()
    try {
      const outcome = run(command)
      release.run()
      return outcome
    } catch (error) {
      if (!concernsOneCommand(error) || !database.inTransaction) throw error
      undo.run()
      release.run()
      return failure(error)
    }
  }

  function run({ name, args }: WriteCommand): WriteOutcome {
    const handler = handlers[name] as (...args: readonly unknown[]) => unknown
    return { ok: true, value: handler(...args) }
  }

  function runAll(commands: readonly WriteCommand[], runOne: typeof run): WriteOutcome[] {
    begin.run()
    const outcomes = commands.map(runOne)
    commit.run()
    return outcomes
  }

  function runTogether(commands: readonly WriteCommand[]): WriteOutcome[] {
    try {
      return runAll(commands, run)
    } catch (error) {
      if (!concernsOneCommand(error) || !database.inTransaction) throw error
      rollback.run()
      return runAll(commands, runAlone)
    }
  }

  return (commands) => {
    try {
      return runTogether(commands)
    } catch (error) {
      // SQLite may have rolled back on its own, for instance when the disk is full.
      if (database.inTransaction) rollback.run()
      const outcome = failure(new StoreError('the database cannot be written', { cause: error }))
      return commands.map(() => outcome)
    }
  }
}

function concernsOneCommand(error: unknown): boolean {
  return !(error instanceof SqliteDatabase.SqliteError) || COMMAND_FAILURES.test(error.code)
}

function failure(error: unknown): WriteOutcome {
  if (!(error instanceof StoreError)) {
    return {
      ok: false,
      message: 'the store refuses the write: it breaks a rule of the database',
      cause: textOf(error),
    }
  }
  return {
    ok: false,
    message: error.message,
    cause: error.cause === undefined ? undefined : textOf(error.cause),
  }
}

function textOf(cause: unknown): string {
  if (cause instanceof SqliteDatabase.SqliteError) return `${cause.code}: ${cause.message}`
  return String(cause)
}
