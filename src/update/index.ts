export { Approach, type RunTo } from './approach.js';
export { parseWhen, whenText, WhenError, type When } from './when.js';
