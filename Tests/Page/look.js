// What check.py asks of a page. Evaluated in the page; not part of it.
var look = (() => {
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const sortable = () => all("table.sortable");
  const head = (table, index) => sortable()[table].tHead.rows[0].cells[index];
  const text = (element) => element.textContent.trim();

  const rgba = (color) => {
    const parts = color.match(/[\d.]+/g).map(Number);
    return parts.length > 3 ? parts : [...parts, 1];
  };
  const luminance = (color) => {
    const linear = rgba(color).slice(0, 3).map((channel) => {
      const c = channel / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const ratio = (a, b) => {
    const [x, y] = [luminance(a), luminance(b)];
    return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
  };
  const background = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (rgba(color)[3] > 0) return color;
    }
    return "rgb(255, 255, 255)";
  };
  // Events of scrolling come with the next frame.
  const frames = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const isShown = (element) => element.getClientRects().length > 0;

  return {
    luminance,
    unfold() { all("details").forEach((part) => { part.open = true; }); },
    /// The top, each section, and the first parts of each.
    places: () => ["", ...all("section.top").flatMap((section) =>
      all("h2, h3", section).slice(0, 3).map((heading) => heading.id))],
    go(anchor) {
      const at = anchor && document.getElementById(anchor);
      if (at) at.scrollIntoView(); else scrollTo(0, 0);
    },
    overflow() {
      const page = document.documentElement;
      if (page.scrollWidth <= innerWidth) return null;
      const wide = all("body *").find((e) => isShown(e) && !e.closest(".wide, svg, .skip")
        && e.getBoundingClientRect().right > innerWidth + 1);
      return `${page.scrollWidth} of ${innerWidth} px; ${wide ? wide.outerHTML.slice(0, 120) : ""}`;
    },
    /// Text below 4.5:1 and marks below 3:1.
    contrast() {
      const problems = new Set();
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const element = node.parentElement;
        if (!node.data.trim() || !isShown(element) || /SCRIPT|STYLE/.test(element.tagName)) continue;
        const style = getComputedStyle(element);
        const color = element instanceof SVGElement ? style.fill : style.color;
        const found = ratio(color, background(element));
        if (found < 4.5) {
          problems.add(`contrast ${found.toFixed(2)} of text "${node.data.trim().slice(0, 30)}"`);
        }
      }
      for (const path of all(".mark > path")) {
        const found = ratio(getComputedStyle(path).stroke, background(path));
        if (found < 3) problems.add(`contrast ${found.toFixed(2)} of the mark "${path.parentElement.ariaLabel}"`);
      }
      return [...problems];
    },
    structure() {
      const problems = [];
      const ids = all("[id]").map((e) => e.id);
      for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) problems.push(`id ${id} twice`);
      for (const link of all("a[href^='#']")) {
        if (!document.getElementById(link.getAttribute("href").slice(1))) problems.push(`${link.href} leads nowhere`);
      }
      for (const e of all("[aria-labelledby]")) {
        if (!document.getElementById(e.getAttribute("aria-labelledby"))) problems.push(`no label ${e.getAttribute("aria-labelledby")}`);
      }
      let level = 0;
      for (const h of all("h1, h2, h3, h4, h5, h6")) {
        const next = Number(h.tagName[1]);
        if (next > level + 1) problems.push(`heading ${text(h)} skips a level`);
        level = next;
      }
      if (all("h1").length !== 1) problems.push("not one h1");
      if (!document.documentElement.lang || !document.title) problems.push("no language or no title");
      for (const image of all("img")) {
        if (!image.alt) problems.push("a picture without alt text");
        if (!image.naturalWidth) problems.push(`the picture "${image.alt}" cannot be shown`);
      }
      for (const svg of all("svg")) if (!svg.closest("[aria-label]")) problems.push("a plot without a name");
      for (const td of all("td.n")) {
        if (getComputedStyle(td).textAlign !== "right") problems.push("a number that is not right-aligned");
      }
      return problems.slice(0, 20);
    },
    /// For each table: for each column, whether it is of numbers.
    tables: () => sortable().map((table) =>
      Array.from(table.tHead.rows[0].cells).map((cell) => cell.classList.contains("n"))),
    hasButtons: () => all("table.sortable thead th").every((cell) => cell.querySelector("button")),
    /// Dashes into the first and the last row.
    blank(table, index) {
      const rows = sortable()[table].tBodies[0].rows;
      for (const row of [rows[0], rows[rows.length - 1]]) row.cells[index].textContent = "\u2013";
    },
    button: (table, index) => head(table, index).querySelector("button"),
    column: (table, index) => Array.from(sortable()[table].tBodies[0].rows).map((row) => text(row.cells[index])),
    state: (table) => Array.from(sortable()[table].tHead.rows[0].cells).map((cell) => cell.getAttribute("aria-sort")),
    inOrder(table, index, up) {
      const values = this.column(table, index).filter((value) => value !== "\u2013");
      return values.every((value, i) => i === 0
        || (up ? 1 : -1) * values[i - 1].localeCompare(value, "en", { numeric: true }) <= 0);
    },
    async center(element) {
      element.scrollIntoView({ block: "center", inline: "center" });
      await frames();
      const box = element.getBoundingClientRect();
      return [box.left + box.width / 2, box.top + box.height / 2];
    },
    marks: () => all("[data-tip]").map((mark) => mark.getAttribute("aria-label")),
    mark: (index) => all("[data-tip]")[index],
    hit(index) {
      const mark = this.mark(index);
      return mark.querySelector(".hit, .filled, .hollow") || mark;
    },
    firstMarks() {
      const marks = all("[data-tip]");
      return all("svg").map((svg) => marks.findIndex((mark) => svg.contains(mark))).filter((i) => i >= 0);
    },
    async tip() {
      await frames();
      const tip = document.getElementById("tip");
      if (!tip || tip.hidden) return null;
      const box = tip.getBoundingClientRect();
      const inside = box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight;
      return inside ? tip.textContent : `outside the window: ${tip.textContent}`;
    },
  };
})();
