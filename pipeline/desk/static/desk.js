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
const busy = (main) => main.querySelector("form :focus, details.way[open], tr.pending") !== null;

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

// ---- light the place ------------------------------------------------------------------------------------------------

function light(event) {
  const chosen = event.target.closest?.("[data-key]")?.dataset.key;
  for (const element of document.querySelectorAll("[data-key]")) element.classList.toggle("lit", element.dataset.key === chosen);
  const place = chosen && event.type === "focusin" && document.getElementById(`at-${chosen}`);
  if (place) place.scrollIntoView({ block: "nearest" });
}

if (document.querySelector(".sheet")) {
  document.addEventListener("pointerover", light);
  document.addEventListener("focusin", light);
}

// ---- decide by keys -------------------------------------------------------------------------------------------------

/** Whether a key belongs to whoever is writing just now. */
const isWriting = (event) => event.target.matches("input:not([type=radio], [type=checkbox]), select, textarea") || event.ctrlKey || event.metaKey || event.altKey;

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
  } else if (!isWriting(event) && /^[1-9]$/.test(event.key)) {
    const way = document.querySelector(`details.way[data-digit="${event.key}"]`);
    if (!way) return;
    event.preventDefault();
    openWay(way);
  }
}

if (document.querySelector("#known")) document.addEventListener("keydown", decideByKey);
