import { parentPort, workerData } from 'node:worker_threads'
import { runDoors } from './run-doors.ts'

// Every refusal would else describe where it was made, which costs more than most checks.
Error.stackTraceLimit = 0
// A thread of its own, because the test runner's hooks on every promise would cost more than the doors do.
parentPort?.postMessage(await runDoors(workerData as Parameters<typeof runDoors>[0]))
