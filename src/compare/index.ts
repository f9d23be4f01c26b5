export { compare, type CompareOptions } from './compare.js';
export * from './model.js';
export type { MeasureHandler } from './redirected.js';
export { MADE_ISAS, type MadeIsa } from './series/program.js';
export { measureSeries, type PauseConstants, type Series, type SeriesPoint } from './series/series.js';
export { constantsText } from './series/words.js';
export { median, summaryRows, type SummaryRow } from './summary.js';
export type { Workload } from './workload.js';
