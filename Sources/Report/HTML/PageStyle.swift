/// The page's style sheet. Text has a contrast of at least 4.5:1 in both schemes; the plots'
/// backgrounds are also in `MarkerColors`.
let pageStyle = #"""
  :root { --bg: #ffffff; --fg: #1b1b1b; --muted: #555555; --surface: #f5f5f2; --plot: #ffffff;
    --line: #c9c9c4; --grid: #e6e6e2; --guide: #6f6f6f; --link: #0b57a4; --note: #fff4d6;
    --note-line: #b07a00; --note-fg: #3b2c00; --yes: #d7f0dd; --yes-fg: #0f4d23; --no: #fbdcd9;
    --no-fg: #7a1510; --maybe: #e3e8f2; --maybe-fg: #2c3a57;
    --more: #08519c; --less: #b45f06; }
  @media screen and (prefers-color-scheme: dark) {
    :root { --bg: #16181b; --fg: #e8e8e6; --muted: #b4b7bc; --surface: #22252a; --plot: #1e2125;
      --line: #4a4f57; --grid: #31353b; --guide: #9a9da3; --link: #8ab8f0; --note: #352b0f;
      --note-line: #d9a521; --note-fg: #f7e6b5; --yes: #16401f; --yes-fg: #b9efc5; --no: #521c19;
      --no-fg: #ffc9c4; --maybe: #2a3346; --maybe-fg: #cfdaf2;
      --more: #7cc0ff; --less: #ffa857; }
  }
  * { box-sizing: border-box; }
  html { scroll-padding-top: 1rem; }
  body { margin: 0; background: var(--bg); color: var(--fg);
    font: 16px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif;
    overflow-wrap: break-word; }
  a { color: var(--link); }
  :focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
  h1, h2, h3 { line-height: 1.25; }
  h1 { margin: 0 0 1rem; font-size: 1.75rem; }
  h2 { font-size: 1.4rem; margin: 0 0 .6rem; }
  h3 { font-size: 1.08rem; margin: 2rem 0 .5rem; }
  header, .columns, footer { max-width: 84rem; margin: 0 auto; padding: 1.25rem 1.25rem 0; }
  footer { padding-bottom: 2rem; color: var(--muted); font-size: .875em; }
  .skip { position: absolute; left: -100vw; }
  .skip:focus { left: .5rem; top: .5rem; z-index: 3; background: var(--bg); padding: .5rem 1rem; }
  .banner { background: var(--surface); border-left: .4rem solid var(--link); padding: .9rem 1.1rem; }
  .banner.stand-in { background: var(--note); border-color: var(--note-line); color: var(--note-fg); }
  .banner > p { margin: 0 0 .6rem; }
  dl { display: flex; flex-wrap: wrap; gap: .4rem 2rem; margin: 0 0 .6rem; }
  dl div { min-width: 0; }
  dt { font-size: .8rem; }
  dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
  .columns { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.25rem 2.25rem; }
  nav { font-size: .9rem; }
  nav h2 { font-size: 1rem; margin: 0 0 .4rem; }
  nav ul { list-style: none; margin: 0; padding: 0; }
  nav ul ul { padding-left: .9rem; font-size: .8125rem; }
  .of-panel { border-top: 1px solid var(--line); margin-top: .6rem; padding-top: .4rem; }
  .of-panel p { margin: 0; font-size: .8125rem; }
  .of-panel ul { display: flex; flex-wrap: wrap; gap: 0 .7rem; font-size: .8125rem; }
  .of-panel li { margin: .1rem 0; }
  nav li { margin: .2rem 0; }
  nav a { text-decoration: none; }
  nav a:hover { text-decoration: underline; }
  @media (min-width: 68rem) {
    .columns { grid-template-columns: 15rem minmax(0, 1fr); }
    nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto;
      padding: .5rem 0; }
  }
  @media (max-width: 67.99rem) {
    nav ul ul, .of-panel { display: none; }
    nav ul { display: flex; flex-wrap: wrap; gap: 0 1rem; }
  }
  section.top { border-top: 1px solid var(--line); padding: 1.25rem 0 1.5rem; }
  section.top:first-child { border-top: 0; padding-top: 0; }
  main p, main li { max-width: 48rem; }
  main:focus, h2:focus, h3:focus { outline: none; }
  details { margin: .5rem 0; }
  summary { cursor: pointer; color: var(--link); width: fit-content; max-width: 100%; }
  .stand-in summary { color: inherit; text-decoration: underline; }
  .banner details p, .banner > p { max-width: 60rem; color: inherit; }
  details p { font-size: .9em; color: var(--muted); }
  .part > summary { width: auto; }
  .part > summary h3 { display: inline; margin: 0; font-size: 1rem; }
  .part[open] { margin-bottom: 1.5rem; }
  .found { padding-left: 1.2rem; margin: .4rem 0; }
  .found li { margin: .35rem 0; }
  .tally { line-height: 2; }
  .v { white-space: nowrap; }
  .tally .v { padding: .15rem .5rem; border-radius: 3px; }
  .supported { background: var(--yes); color: var(--yes-fg); }
  .contradicted { background: var(--no); color: var(--no-fg); }
  .inconclusive { background: var(--maybe); color: var(--maybe-fg); }
  .open { color: var(--muted); }
  .tally .open { background: var(--surface); }
  .verdicts td.v { font-weight: 600; }
  .verdicts td.open { font-weight: 400; }
  .wide .verdicts tbody th { white-space: normal; min-width: 12rem; }
  .verdicts tbody tr > * { border-top: 1px solid var(--grid); }
  .verdicts a { color: inherit; }
  .notes { padding-left: 1.2rem; font-size: .875em; color: var(--muted); }
  .wide { overflow-x: auto; margin: .75rem 0; border: 1px solid var(--line); border-radius: 4px;
    max-width: 100%; width: fit-content; }
  table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
  .wide caption { text-align: left; font-weight: 600; padding: .5rem .7rem; white-space: nowrap; }
  .wide th, .wide td { padding: .28rem .5rem; text-align: left; }
  .wide .n { text-align: right; }
  .wide .wraps th, .wide .wraps td { vertical-align: top; }
  .wide .wraps thead th { vertical-align: bottom; }
  .wide .wraps tbody th { min-width: 8rem; }
  .wide tbody tr:hover > * { background: var(--surface); }
  .wide th:first-child { position: sticky; left: 0; background: var(--bg); z-index: 1; }
  .wide thead th { vertical-align: bottom; border-bottom: 2px solid var(--line); }
  .wide tbody th, .wide tfoot th { font-weight: 400; }
  .wide tfoot > tr > * { font-weight: 600; }
  .wide tfoot > tr:first-child > * { border-top: 2px solid var(--line); }
  .wide .paper > * { font-style: italic; color: var(--muted); }
  th button { margin: 0; padding: 0; border: 0; background: none; color: inherit; font: inherit;
    font-weight: 600; text-align: inherit; cursor: pointer; }
  th button:focus-visible { outline: 3px solid var(--link); }
  th button { text-decoration: underline dotted; text-underline-offset: .25em; }
  th[aria-sort="ascending"] button::after { content: "\2191"; padding-left: .25em; }
  th[aria-sort="descending"] button::after { content: "\2193"; padding-left: .25em; }
  .plain th, .plain td { text-align: left; vertical-align: top; padding: .2rem .9rem .2rem 0;
    font-weight: 400; overflow-wrap: anywhere; }
  .plain th { overflow-wrap: normal; }
  .plain thead th { font-weight: 600; }
  .scrolls { overflow-x: auto; max-width: 100%; }
  .panels tbody th { font-weight: 700; }
  .panels th, .panels td { overflow-wrap: normal; white-space: nowrap; padding-right: .7rem; }
  figure { margin: .75rem 0; }
  figcaption, .below, .over { font-size: .875em; color: var(--muted); }
  .over { margin: .5rem 0 .25rem; text-align: center; }
  .picture img { max-width: 100%; min-width: 40rem; height: auto; background: #ffffff; }
  svg { display: block; width: 100%; height: auto; background: var(--plot);
    border: 1px solid var(--line); border-radius: 4px; overflow: visible; }
  svg text { fill: var(--fg); stroke: none; }
  svg.scatter, svg.lines { max-width: 44rem; }
  svg.map { background: none; border: 0; }
  svg text.strong { font-weight: 700; }
  svg text.quiet { fill: var(--muted); }
  .ground { fill: var(--plot); }
  .wide.sheets { width: auto; }
  svg.sheet { border: 0; }
  .more { fill: var(--more); }
  .less { fill: var(--less); }
  .intervals .series { pointer-events: none; }
  .series .bar { stroke-width: 2.5; }
  .series .dashed { stroke-width: 1.5; stroke-dasharray: 5 3; }
  .scatter .series text, .scatter text.correction { paint-order: stroke; stroke: var(--plot);
    stroke-width: 4px; stroke-linejoin: round; }
  .pairs { display: grid; gap: 0 1.5rem;
    grid-template-columns: repeat(auto-fill, minmax(min(26rem, 100%), 1fr)); }
  .pairs > * { min-width: 0; }
  .multiples { display: grid; gap: .25rem 1rem;
    grid-template-columns: repeat(auto-fill, minmax(min(15rem, 100%), 1fr)); }
  .grid { stroke: var(--grid); fill: none; }
  .axis { stroke: var(--guide); fill: none; }
  .guide { stroke: var(--guide); fill: none; stroke-dasharray: 7 5; }
  path.correction { stroke: var(--guide); fill: none; stroke-width: 1.5; }
  text.correction, .corrected { fill: var(--guide); }
  .corrected .hit { fill: transparent; }
  .band { fill: var(--guide); fill-opacity: 0.16; stroke: none; }
  .front { stroke: var(--guide); fill: none; stroke-width: 1; }
  .ring { stroke: #e02020; fill: none; stroke-width: 2.5; }
  .series { --fill: var(--lf); --ink: var(--li); }
  @media screen and (prefers-color-scheme: dark) {
    .series { --fill: var(--df); --ink: var(--di); }
  }
  .series text { fill: var(--ink); }
  .series path { stroke: var(--ink); fill: none; stroke-linejoin: round; }
  .series .filled { fill: var(--fill); }
  .series .hollow { stroke-width: 2; }
  .series .band { fill: var(--ink); stroke: none; }
  .spread { opacity: .65; }
  .spread .hollow { stroke-width: 1; }
  .series .curve { stroke-width: 1.5; fill: none; }
  .faint .curve { stroke-width: 1; opacity: .4; }
  .hit { fill: transparent; }
  .mark { cursor: pointer; outline: none; }
  .mark:hover .hit, .mark:focus .hit { fill: var(--fill); fill-opacity: .25; stroke: var(--fg);
    stroke-width: 1.5; }
  .mark:hover > .curve, .mark:focus > .curve { stroke-width: 4; }
  #tip { position: fixed; z-index: 4; max-width: min(22rem, calc(100vw - 16px)); padding: .5rem .7rem;
    white-space: pre-line; font-size: .875rem; background: var(--fg); color: var(--bg);
    border-radius: 4px; }
  #tip::first-line { font-weight: 700; }
  #tip[hidden] { display: none; }
  @media (max-width: 40rem) {
    header, .columns, footer { padding: .9rem .9rem 0; }
    h1 { font-size: 1.4rem; }
    .wide th, .wide td, .wide caption { padding: .28rem .5rem; }
  }
  @media print {
    .picture img { min-width: 0; }
    svg.sheet, svg.map { min-width: 0 !important; }
    body { font-size: 9.5pt; }
    nav, .skip, #tip { display: none; }
    header, .columns, footer { max-width: none; padding: 0; }
    .columns { display: block; padding-top: 1rem; }
    summary { color: inherit; list-style: none; }
    .wide { overflow: visible; border: 0; width: auto; }
    table { font-size: 7pt; }
    .wide th, .wide td { padding: .1rem .3rem; white-space: normal; }
    .wide td:last-child:not(.n) { overflow-wrap: anywhere; }
    .wide caption { white-space: normal; padding-left: .3rem; }
    section[aria-labelledby="runs"] { page: broad; }
    section[aria-labelledby="runs"] table { font-size: 6pt; }
    .wide th:first-child { position: static; }
    th button::after { content: none; }
    figure, tr, .banner, .pairs > section { break-inside: avoid; }
    h2, h3, caption { break-after: avoid; }
    svg.scatter { max-width: 12cm; }
    .pairs { grid-template-columns: repeat(2, minmax(0, 1fr)); }
    .multiples { grid-template-columns: repeat(3, minmax(0, 1fr)); }
    a { color: inherit; text-decoration: none; }
  }
  @page broad { size: landscape; }
  @media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
  """#
