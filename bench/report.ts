import { formatTable } from '../src/cli/format-table.ts'

export type Unit = '/s' | 'ms' | 'us' | 'KiB' | 'MiB' | 'packages'

/** What a measured value, or its ratio to the bound, should be. */
export interface Budget {
  readonly of: 'measured' | 'ratio'
  readonly sense: 'at least' | 'at most'
  readonly limit: number
}

/** One line of the report. */
export interface Row {
  readonly what: string
  readonly measured: number
  readonly unit: Unit
  /** What the measured value is held against, in the same unit. */
  readonly bound?: { readonly what: string; readonly value: number }
  readonly budget?: Budget
}

/** A row with what follows from it. */
export interface JudgedRow extends Row {
  readonly ratio: number | undefined
  readonly met: boolean | undefined
}

export function judge(row: Row): JudgedRow {
  const ratio = row.bound && row.measured / row.bound.value
  const value = row.budget?.of === 'ratio' ? ratio : row.measured
  const met =
    row.budget && value !== undefined
      ? row.budget.sense === 'at least'
        ? value >= row.budget.limit
        : value <= row.budget.limit
      : undefined
  return { ...row, ratio, met }
}

/** The report for people, columns aligned. */
export function formatReport(rows: readonly JudgedRow[]): string {
  return formatTable(
    ['what', 'measured', 'bound', 'ratio', 'budget', 'met'],
    rows.map(({ what, measured, unit, bound, ratio, budget, met }) => [
      what,
      formatValue(measured, unit),
      bound === undefined ? '' : `${formatValue(bound.value, unit)} ${bound.what}`,
      ratio === undefined ? '' : ratio.toFixed(2),
      budget === undefined ? '' : formatBudget(budget, unit),
      met === undefined ? '' : met ? 'yes' : 'no',
    ]),
  )
}

function formatBudget({ of, sense, limit }: Budget, unit: Unit): string {
  return `${sense === 'at least' ? '>=' : '<='} ${of === 'ratio' ? limit : formatValue(limit, unit).trim()}`
}

function formatValue(value: number, unit: Unit): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
  const text = value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
  return `${text.padStart(9)} ${unit}`
}
