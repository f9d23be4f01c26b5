export { rehearsalJson } from './json.js';
export { mapHtml } from './map-html.js';
export { summaryLines } from './summary.js';
