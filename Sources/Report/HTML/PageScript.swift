import Files

/// The page's script: folds what may be folded, sorts tables, shows tooltips. All that it hides is
/// there without it.
let pageScript = #"""
  (() => {
    "use strict";
    const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));

    // Folded on screen, open in print and where an address points into the fold.
    all("details[data-fold]").forEach((part) => { part.open = false; });
    let unfolded = [];
    addEventListener("beforeprint", () => {
      unfolded = all("details:not([open])");
      unfolded.forEach((part) => { part.open = true; });
    });
    addEventListener("afterprint", () => unfolded.forEach((part) => { part.open = false; }));
    const reveal = () => {
      const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (!target) return;
      for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
      target.scrollIntoView();
    };
    addEventListener("hashchange", reveal);
    if (location.hash) reveal();

    // The first press sorts upwards, the second downwards, the third as it was. What is no number
    // comes last in a column of numbers, and a dash in any.
    const number = (text) => Number.parseFloat(text);
    all("table.sortable").forEach((table) => {
      const body = table.tBodies[0];
      const original = Array.from(body.rows);
      const heads = Array.from(table.tHead.rows[0].cells);
      const press = (head, index) => {
        const next = { ascending: "descending", descending: null }[head.getAttribute("aria-sort")];
        const order = next === undefined ? "ascending" : next;
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        if (order) head.setAttribute("aria-sort", order);
        const sign = order === "descending" ? -1 : 1;
        const isNumeric = head.classList.contains("n");
        const key = (row) => row.cells[index].textContent.trim();
        const isVoid = (text) => text === "\u2013" || (isNumeric && Number.isNaN(number(text)));
        const compare = (a, b) => isNumeric
          ? number(a) - number(b) : a.localeCompare(b, "en", { numeric: true });
        const sorted = original.slice();
        if (order) sorted.sort((a, b) => {
          const [x, y] = [key(a), key(b)];
          return isVoid(x) || isVoid(y) ? isVoid(x) - isVoid(y) : sign * compare(x, y);
        });
        body.append(...sorted);
      };
      heads.forEach((head, index) => {
        const button = document.createElement("button");
        button.type = "button";
        button.append(...head.childNodes);
        button.addEventListener("click", () => press(head, index));
        head.append(button);
      });
    });

    // A tooltip for the mark that the pointer is on or the keyboard has reached.
    const tip = document.createElement("div");
    tip.id = "tip";
    tip.setAttribute("role", "tooltip");
    tip.hidden = true;
    document.body.append(tip);
    let shownFor = null;
    const hide = () => { tip.hidden = true; shownFor = null; };
    const place = () => {
      const at = shownFor.getBoundingClientRect();
      // The keyboard may have reached a mark that is about to scroll into view.
      tip.hidden = at.bottom < 0 || at.top > innerHeight;
      tip.style.left = tip.style.top = "0";
      const box = tip.getBoundingClientRect();
      const limit = Math.max(8, document.documentElement.clientWidth - box.width - 8);
      tip.style.left = Math.min(Math.max(8, (at.left + at.right - box.width) / 2), limit) + "px";
      const above = at.top - box.height - 2;
      tip.style.top = (above >= 8 ? above : Math.min(at.bottom + 2, innerHeight - box.height)) + "px";
    };
    const show = (mark) => {
      if (mark === shownFor) return;
      shownFor = mark;
      tip.textContent = mark.getAttribute("aria-label");
      place();
    };
    const markOf = (event) => event.target instanceof Element && event.target.closest("[data-tip]");
    // Where the pointer rests on no mark, the one that the keyboard has reached keeps its tooltip:
    // scrolling to it moves the page under the pointer.
    let dismissed = null;
    addEventListener("pointerover", (event) => {
      const focused = document.activeElement && document.activeElement.closest("[data-tip]");
      const mark = markOf(event) || (focused !== dismissed && focused);
      if (mark) show(mark); else if (!tip.contains(event.target)) hide();
    });
    addEventListener("focusin", (event) => {
      const mark = markOf(event);
      dismissed = null;
      if (mark) show(mark); else hide();
    });
    addEventListener("focusout", hide);
    addEventListener("keydown", (event) => {
      if (event.key === "Escape") { dismissed = shownFor; hide(); }
    });
    addEventListener("scroll", () => { if (shownFor) place(); }, true);
  })();
  """#
