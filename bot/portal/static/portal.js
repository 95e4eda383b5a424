// Everything works without this file. It saves steps: counts while you type, copies a link.
"use strict";

for (const box of document.querySelectorAll("textarea[data-words]")) {
  box.addEventListener("input", () => {
    const shown = document.querySelector(`[data-count="${box.name}"]`);
    if (!shown) return;
    const words = box.value.split(/\s+/).filter(Boolean).length;
    shown.textContent = shown.textContent.replace(/^\d+/, words);
    shown.parentElement.className = words > Number(box.dataset.words) ? "no" : "ok";
  });
}

// What is measured of a text is measured again whenever she pauses.
const measured = document.querySelector("form[data-checks]");
if (measured) {
  // An office is one address to the server, which takes sixty forms a minute of it: never oftener than every four seconds.
  const PAUSE = 600, APART = 4000;
  let waiting, asked = 0, last = -APART;
  // Until it has been measured, what stands there is of an older text.
  const isOld = (old) => {
    for (const list of measured.querySelectorAll("ul.checklist")) {
      if (old) list.setAttribute("aria-busy", "true"); else list.removeAttribute("aria-busy");
    }
  };
  const measure = async () => {
    const mine = ++asked;
    last = performance.now();
    const form = new FormData(measured);
    form.set("part", "checks");
    let answer;
    try {
      answer = await fetch(measured.getAttribute("action") || location.pathname, { method: "POST", body: form });
    } catch { return; } // the line is gone: what the button says stays true
    if (!answer.ok || answer.redirected || mine !== asked) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const list of page.querySelectorAll("ul.checklist")) {
      document.getElementById(list.id)?.replaceChildren(...list.childNodes);
    }
    isOld(false);
  };
  measured.addEventListener("input", (event) => {
    if (/^(asked|valid|why)/.test(event.target.name)) return; // nothing of these is measured
    isOld(true);
    clearTimeout(waiting);
    waiting = setTimeout(measure, Math.max(PAUSE, last + APART - performance.now()));
  });
}

// Boxes of two rows for what is one line, so that all of it is seen: Enter sends as from any line.
for (const box of document.querySelectorAll("textarea[data-line]")) {
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    box.form.requestSubmit(box.form.querySelector("button.main"));
  });
}

// What is told by UTC is told by the clock in her hand; UTC stays where a pointer rests.
for (const each of document.querySelectorAll("time[data-month]")) {
  const at = new Date(each.dateTime);
  if (isNaN(at)) continue;
  each.title = each.textContent;
  each.textContent = at.toLocaleString(document.documentElement.lang, {
    year: "numeric", month: each.dataset.month, day: "numeric",
    ...("dayAlone" in each.dataset ? {} : { hour: "2-digit", minute: "2-digit" }),
  });
}

const secret = document.querySelector("[data-secret]");
const place = document.querySelector("[data-place]");
if (secret && place) {
  const show = () => { place.hidden = secret.checked; };
  secret.addEventListener("change", show);
  show();
}

for (const field of document.querySelectorAll("input.copy")) {
  field.addEventListener("focus", () => field.select());
  if (!field.dataset.copy) continue;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = field.dataset.copy;
  const said = document.createElement("span");
  said.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
    } catch { // an old browser, or a page without TLS
      field.select();
      document.execCommand("copy");
    }
    said.textContent = field.dataset.copied;
  });
  const acts = document.createElement("span");
  acts.className = "acts";
  acts.append(button, said);
  field.after(acts);
}

// What is written and not saved is gone with a tap on the menu: the browser asks before that. A session may have
// ended while she wrote or was on the telephone, or the line be gone: then nothing is sent, and all of it stays.
const QUIET = 10 * 60 * 1000; // after that it is looked at first
for (const form of document.querySelectorAll("form[data-unsaved]")) {
  let touched = "touched" in form.dataset, heard = Date.now();
  const trouble = document.createElement("p");
  trouble.className = "wrong";
  trouble.setAttribute("role", "alert");
  const say = (words, link) => {
    trouble.replaceChildren(words, " ");
    if (link) {
      const enter = document.createElement("a");
      enter.href = "/portal/login";
      enter.target = "_blank";
      enter.textContent = link;
      trouble.append(enter);
    }
    form.querySelector("button.main").parentElement.prepend(trouble);
  };
  form.addEventListener("input", () => { touched = true; });
  form.addEventListener("submit", async (event) => {
    if (navigator.onLine && Date.now() - heard < QUIET) {
      touched = false;
      return;
    }
    event.preventDefault();
    let answer;
    try {
      answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
    } catch {
      say(form.dataset.gone);
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = page.querySelector("form[data-unsaved] input[name=csrf]");
    if (!token) {
      say(form.dataset.ended, form.dataset.enter);
      return;
    }
    form.elements.csrf.value = token.value; // of the session that she has now
    heard = Date.now();
    trouble.remove();
    form.requestSubmit(event.submitter);
  });
  addEventListener("beforeunload", (event) => {
    if (!touched) return;
    event.preventDefault();
    event.returnValue = form.dataset.unsaved; // asked for by older browsers, which may show it
  });
}

// Where there is room nothing of a list's filters is folded.
if (matchMedia("(min-width: 60rem)").matches) {
  for (const each of document.querySelectorAll("details.filters-more")) each.open = true;
}

const more = document.querySelector("details.more");
if (more) {
  document.addEventListener("click", (event) => { if (!more.contains(event.target)) more.open = false; });
  more.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !more.open) return;
    more.open = false;
    more.querySelector("summary").focus();
  });
}

// What one cannot see one types wrong, the more so on a telephone.
for (const field of document.querySelectorAll("input[data-show]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain";
  button.setAttribute("aria-controls", field.id);
  const put = (shown) => {
    field.type = shown ? "text" : "password";
    button.textContent = shown ? field.dataset.hide : field.dataset.show;
  };
  button.addEventListener("click", () => put(field.type === "password"));
  // A browser keeps what stood in a text field, and a password in no such list.
  field.form.addEventListener("submit", () => put(false));
  put(false);
  field.after(button);
}

// The pin goes to the town that she chose; of a town that is not offered it goes there once it is looked at.
const map = document.querySelector("[data-map]");
const city = document.getElementById("f-city");
if (map && city) {
  const words = map.querySelector("[data-pin]");
  city.addEventListener("change", () => {
    const town = [...document.querySelectorAll("#towns option")].find((each) => each.value.toLowerCase() === city.value.trim().toLowerCase());
    map.querySelector(".spot").setAttribute("transform", town ? `translate(${town.dataset.x} ${town.dataset.y})` : "translate(-99 -99)");
    words.textContent = town ? words.dataset.words.replace("{town}", town.value) : "";
    map.querySelector("a")?.remove();
  });
}

// While something goes on, the part of the page that tells of it is read anew.
const live = document.querySelector("[data-live]");
const look = async () => {
  let answer;
  try {
    answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
  } catch { // the line was gone for a moment
    setTimeout(look, 8000);
    return;
  }
  if (answer.status >= 500) setTimeout(look, 8000);
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const news = page.querySelector("[data-live]");
  if (!news) return;
  live.replaceChildren(...news.childNodes);
  if ("busy" in news.dataset) setTimeout(look, 4000);
};
if (live && "busy" in live.dataset) setTimeout(look, 4000);

// What is folded is printed too, also by browsers that do not know how to say so in their style.
const folded = () => document.querySelectorAll("details.numbers:not([open])");
let unfolded = [];
addEventListener("beforeprint", () => {
  unfolded = [...folded()];
  for (const each of unfolded) each.open = true;
});
addEventListener("afterprint", () => { for (const each of unfolded) each.open = false; });
