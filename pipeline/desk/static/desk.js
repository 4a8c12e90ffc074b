// Two things that a page cannot do by itself: show what is new, and light the place on the scan that a line speaks of.
"use strict";

const EVERY = 2000; // milliseconds

// ---- what is new ----------------------------------------------------------------------------------------------------

/** What the server last sent for an element, so that our own marks on it do not count as a change. */
const sent = new WeakMap();
const remember = (element) => sent.set(element, element.outerHTML);
const changed = (old, now) => sent.get(old) !== now.outerHTML;
let etag = "";

function replace(old, now) {
  remember(now);
  old.replaceWith(now);
}

/** Brings the rows of a table to the new state: a row that says something new is marked, the others stay untouched. */
function renewRows(old, now) {
  const before = new Map([...old.children].map((row) => [row.id, row]));
  let place = old.firstElementChild;
  for (const row of [...now.children]) {
    const known = before.get(row.id);
    before.delete(row.id);
    if (known && !changed(known, row)) {
      if (known === place) place = place.nextElementSibling;
      else old.insertBefore(known, place);
      continue;
    }
    const isNews = !known || known.dataset.mark !== row.dataset.mark;
    remember(row);
    if (known === place && known) place = place.nextElementSibling;
    if (known) known.remove();
    old.insertBefore(row, place);
    if (isNews) row.classList.add("fresh");
  }
  before.forEach((row) => row.remove());
}

const parts = (root) => [...root.querySelectorAll("[data-part], [data-rows]")];
const shape = (root) => parts(root).map((part) => part.id).join();

function watch(main) {
  for (const part of parts(main)) (part.matches("[data-rows]") ? [...part.children] : [part]).forEach(remember);
}

/** Whether somebody is about to write something on this page: then nothing is taken from under their hands. */
const busy = (main) => main.querySelector("form :focus, details.way[open], details.row-more[open]") !== null;

function renew(main, now) {
  if (!now.matches("[data-live]")) main.removeAttribute("data-live");
  if (shape(main) !== shape(now)) {
    main.replaceChildren(...now.childNodes);
    watch(main);
    return;
  }
  for (const part of parts(main)) {
    const next = now.querySelector(`#${part.id}`);
    if (part.matches("[data-rows]")) renewRows(part, next);
    else if (changed(part, next)) replace(part, next);
  }
}

function tell(sentence) {
  const place = document.getElementById("not-live");
  place.textContent = sentence;
  place.hidden = !sentence;
}

async function look() {
  const main = document.querySelector("main[data-live]");
  if (document.hidden || !main || busy(main)) return;
  try {
    const answer = await fetch(location.href, { headers: { "If-None-Match": etag, "X-Desk-Live": "1" }, cache: "no-store", signal: AbortSignal.timeout(10000) });
    if (answer.status === 401) return location.reload();
    if (answer.status === 200) {
      etag = answer.headers.get("etag") || "";
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      renew(main, page.querySelector("main"));
      document.title = page.title;
    }
    tell(answer.ok || answer.status === 304 ? "" : "Not up to date: the desk cannot look just now. It tries again.");
  } catch {
    tell("Not up to date: the desk cannot be reached. It tries again.");
  }
}

async function keepLooking() {
  await look();
  setTimeout(keepLooking, EVERY);
}

const live = document.querySelector("main[data-live]");
if (live) {
  watch(live);
  setTimeout(keepLooking, EVERY);
  document.addEventListener("visibilitychange", look);
}

// ---- the size of the scan -------------------------------------------------------------------------------------------

const LARGEST = 5;
const FINER = 1.4; // from here on the picture with more dots is worth its bytes
let zoom = 1;

/** Makes the scan `wanted` times as wide as its column; the point at (x, y) of the window stays where it is. */
function zoomTo(wanted, x, y) {
  const scan = document.getElementById("scan");
  const frame = scan.getBoundingClientRect();
  const [right, down] = [(x ?? frame.left + frame.width / 2) - frame.left, (y ?? frame.top + frame.height / 3) - frame.top];
  const before = zoom;
  zoom = Math.min(LARGEST, Math.max(1, wanted));
  scan.parentElement.style.setProperty("--zoom", zoom);
  scan.scrollLeft = ((scan.scrollLeft + right) * zoom) / before - right;
  scan.scrollTop = ((scan.scrollTop + down) * zoom) / before - down;
  if (zoom >= FINER) for (const page of scan.querySelectorAll(".sheet img")) page.src = page.src.replace("/page.jpg", "/large.jpg");
}

const ZOOMS = { in: () => zoomTo(zoom * 1.4), out: () => zoomTo(zoom / 1.4), whole: () => zoomTo(1) };
const ZOOM_KEYS = { "+": ZOOMS.in, "=": ZOOMS.in, "-": ZOOMS.out, 0: ZOOMS.whole };

if (document.querySelector(".zoom")) {
  document.querySelector(".zoom").hidden = false;
  document.addEventListener("click", (event) => ZOOMS[event.target.closest?.("[data-zoom]")?.dataset.zoom]?.());
  document.addEventListener("keydown", (event) => !isWriting(event) && ZOOM_KEYS[event.key]?.());
  document.getElementById("scan").addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey) return; // the wheel alone moves the page, as everywhere; two fingers count as ctrl
      event.preventDefault();
      zoomTo(zoom * Math.exp(-event.deltaY / 300), event.clientX, event.clientY);
    },
    { passive: false },
  );
}

// ---- light the place ------------------------------------------------------------------------------------------------

function light(event) {
  const chosen = event.target.closest?.("[data-key]")?.dataset.key;
  for (const element of document.querySelectorAll("[data-key]")) element.classList.toggle("lit", element.dataset.key === chosen);
  const place = chosen && event.type === "focusin" && document.getElementById(`at-${chosen}`);
  if (place) place.scrollIntoView(zoom > 1 ? { block: "center", inline: "center" } : { block: "nearest" });
}

if (document.querySelector(".sheet")) {
  document.addEventListener("pointerover", light);
  document.addEventListener("focusin", light);
}

// ---- decide by keys -------------------------------------------------------------------------------------------------

/** Whether a key belongs to whoever is writing just now. */
const isWriting = (event) =>
  event.target.matches("input:not([type=radio], [type=checkbox]), select, textarea") || event.ctrlKey || event.metaKey || event.altKey;

/** Opens or closes the list of keys; tells whether there is one. */
function showKeys() {
  const keys = document.getElementById("keys");
  if (!keys) return;
  keys.open = !keys.open;
  if (keys.open) keys.scrollIntoView({ block: "nearest" });
}

/** Presses the button of the element that stands for a key. */
const press = (element, key) => element?.querySelector(`button[data-do="${key}"]`)?.click();

function openWay(way) {
  for (const other of document.querySelectorAll("details.way[open]")) if (other !== way) other.open = false;
  way.open = true;
  way.querySelector("summary").scrollIntoView({ block: "nearest" });
  way.querySelector("form input:not([type=hidden]), form select, form button")?.focus();
}

function decideByKey(event) {
  const open = document.querySelector("details.way[open]");
  if (event.key === "Escape" && open) {
    open.open = false;
    open.querySelector("summary").focus();
  } else if (isWriting(event)) {
    return;
  } else if (event.key === "?") {
    showKeys();
  } else if (event.key === "c") {
    press(document.querySelector("form.claim"), "c");
  } else if (event.key === "n") {
    document.querySelector("#known a[rel=next]")?.click();
  } else if (/^[1-9]$/.test(event.key)) {
    const way = document.querySelector(`details.way[data-digit="${event.key}"]`);
    if (!way) return;
    event.preventDefault();
    openWay(way);
  }
}

if (document.querySelector("#known")) document.addEventListener("keydown", decideByKey);

// ---- work through the queue by keys ---------------------------------------------------------------------------------

const lines = () => [...document.querySelectorAll("#held > tr[data-open]")];
let current = ""; // the id of the chosen line: the line itself may be replaced by a newer one

function choose(line) {
  current = line.id;
  for (const other of lines()) other.classList.toggle("current", other === line);
  line.querySelector(".why a").focus({ preventScroll: true });
  line.scrollIntoView({ block: "nearest" });
}

function move(step) {
  const all = lines();
  const next = all[Math.min(all.length - 1, Math.max(0, all.findIndex((line) => line.id === current) + step))];
  if (next) choose(next);
}

function openForm(line, key) {
  const more = line?.querySelector("details.row-more");
  if (!more) return;
  more.open = true;
  more.querySelector(`form[data-do="${key}"] input:not([type=hidden])`).focus();
}

function queueByKey(event) {
  const line = document.getElementById(current);
  if (event.key === "Escape") {
    for (const more of document.querySelectorAll("details.row-more[open]")) more.open = false;
    line?.querySelector(".why a").focus();
    return;
  }
  if (isWriting(event)) return;
  const does = {
    j: () => move(1),
    k: () => move(-1),
    Enter: () => event.target === document.body && line && location.assign(line.dataset.open),
    c: () => press(line, "c"),
    p: () => openForm(line, "p"),
    e: () => openForm(line, "e"),
    "?": showKeys,
  }[event.key];
  if (!does) return;
  if (event.key !== "Enter") event.preventDefault();
  does();
}

if (document.getElementById("held")) {
  document.addEventListener("keydown", queueByKey);
  document.addEventListener("focusin", (event) => {
    const line = event.target.closest("#held > tr[data-open]");
    if (line) current = line.id;
  });
}

// ---- hand in by dropping --------------------------------------------------------------------------------------------

const drop = document.getElementById("drop");
const dropping = (on) => document.documentElement.classList.toggle("dropping", on);

if (drop) {
  document.addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    dropping(true);
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget === null && dropping(false));
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    dropping(false);
    drop.querySelector("input[type=file]").files = event.dataTransfer.files;
    drop.requestSubmit();
  });
}
