// Automatic log-off as the server does it: whoever types or points is there, and whoever is not sees the door in time.
"use strict";

{
  const idle = Number(document.querySelector('meta[name="idle"]')?.content || 0) * 1000;
  const TELL_EVERY = Math.min(60000, idle / 3);
  let seen = Date.now();
  let told = Date.now();

  async function alive() {
    seen = Date.now();
    if (seen - told < TELL_EVERY) return;
    told = seen;
    const answer = await fetch("/alive", { cache: "no-store" }).catch(() => null);
    if (answer?.status === 401) location.reload();
  }

  if (idle) {
    for (const kind of ["pointerdown", "keydown", "wheel", "input"]) document.addEventListener(kind, alive, { passive: true });
    setInterval(() => Date.now() - seen > idle + 2000 && location.reload(), 5000);
  }
}
