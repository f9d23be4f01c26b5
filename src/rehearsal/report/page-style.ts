/** How the map's page looks; what is told by colour is told by pattern or text as well. */
export const PAGE_STYLE = `
:root { color-scheme: light; font: 15px/1.45 system-ui, sans-serif; color: #1a1a1a; background: #fff; }
body { margin: 0 auto; max-width: 1600px; padding: 16px 20px 40px; }
h1 { font-size: 1.25rem; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 16px 0 6px; }
p { margin: 4px 0; }
.bar { display: flex; flex-wrap: wrap; gap: 6px 10px; align-items: center; margin: 10px 0 6px; }
button, input[type='number'] { font: inherit; padding: 3px 10px; border: 1px solid #666; border-radius: 4px; background: #f4f4f4; color: inherit; }
input[type='number'] { width: 9em; background: #fff; }
button:hover { background: #e4e4e4; }
button:disabled { color: #767676; border-color: #bbb; }
:focus-visible { outline: 3px solid #0b5fff; outline-offset: 2px; }
#range { font-variant-numeric: tabular-nums; margin-left: auto; }
canvas { display: block; width: 100%; touch-action: none; }
#map { cursor: crosshair; border: 1px solid #444; }
#overview { border: 1px solid #444; margin-bottom: 4px; cursor: pointer; }
#legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 8px 0; padding: 0; }
#legend label { display: inline-flex; align-items: center; gap: 6px; }
#legend canvas { width: 34px; height: 18px; border: 1px solid #444; }
#detail dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 3px 16px; margin: 0; }
#detail dt { color: #444; }
#detail dd { margin: 0; overflow-wrap: anywhere; }
code, pre { font: 13px/1.4 ui-monospace, monospace; }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.note { color: #444; }
`;
