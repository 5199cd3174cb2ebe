"use strict";
// SPDX-License-Identifier: GPL-2.0-or-later
// Tables are sorted by a click on a heading and filtered by text; display filters are copied. Without it all can be read.
for (const table of document.querySelectorAll("table.sortable")) {
    const body = table.tBodies[0];
    if (body.rows.length < 2) continue;
    const key = (row, column) => {
        const cell = row.cells[column];
        return cell ? (cell.dataset.sort ?? cell.textContent).replace(/[\u202f,]/g, "").trim() : "";
    };
    [...table.tHead.rows[0].cells].forEach((heading, column) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "sort";
        button.append(...heading.childNodes);
        heading.append(button);
        button.addEventListener("click", () => {
            const down = heading.getAttribute("aria-sort") === "ascending";
            for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
            heading.setAttribute("aria-sort", down ? "descending" : "ascending");
            const order = (one, two) => {
                const [a, b] = [key(one, column), key(two, column)], [x, y] = [parseFloat(a), parseFloat(b)];
                const [none, nope] = [a === "\u2013", b === "\u2013"];
                if (none || nope) return none - nope;  // what is not known stands last
                const byNumber = heading.classList.contains("n") && !isNaN(x) && !isNaN(y);
                return (down ? -1 : 1) * (byNumber ? x - y : a.localeCompare(b, "en", {numeric: true}));
            };
            body.append(...[...body.rows].sort(order));
        });
    });
    if (body.rows.length < 8) continue;
    const label = document.createElement("label"), field = document.createElement("input"), count = document.createElement("span");
    label.className = "filter";
    field.type = "search";
    label.append("Only rows with ", field, count);
    (table.closest(".wide") ?? table).before(label);
    field.addEventListener("input", () => {
        const wanted = field.value.toLowerCase().split(/\s+/).filter(Boolean);
        let shown = 0;
        for (const row of body.rows) {
            const text = row.textContent.toLowerCase();
            row.hidden = !wanted.every(word => text.includes(word));
            shown += !row.hidden;
        }
        count.textContent = wanted.length ? ` ${shown} of ${body.rows.length}` : "";
    });
}
for (const button of document.querySelectorAll("button.copy")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
        try {
            await navigator.clipboard.writeText(button.dataset.filter);
        } catch {
            const field = document.createElement("textarea");
            field.value = button.dataset.filter;
            document.body.append(field);
            field.select();
            document.execCommand("copy");
            field.remove();
        }
        button.classList.add("copied");
        setTimeout(() => button.classList.remove("copied"), 1500);
    });
}
