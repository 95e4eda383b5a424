// Everything works without this file. It saves steps: counts while you type, fills in the hours, copies a link.
"use strict";

for (const box of document.querySelectorAll("textarea[data-words]")) {
  const shown = document.querySelector(`[data-count="${box.name}"]`);
  const form = shown && shown.textContent;
  const count = () => {
    const words = box.value.split(/\s+/).filter(Boolean).length;
    shown.textContent = form.replace(/^\d+/, words);
    shown.parentElement.className = words > Number(box.dataset.words) ? "no" : "ok";
  };
  if (shown) box.addEventListener("input", count);
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

const hours = document.querySelector("[data-hours]");
if (hours) {
  const words = JSON.parse(hours.dataset.days);
  const days = { es: ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
    en: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] };
  const boxes = document.createElement("div");
  boxes.className = "checks";
  const make = (type, text, value) => {
    const label = document.createElement("label");
    const input = document.createElement("input");
    input.type = type;
    input.value = value;
    label.append(...(type === "checkbox" ? [input, text] : [`${text} `, input]));
    boxes.append(label);
    return input;
  };
  const ticks = words.names.map((name, n) => make("checkbox", name, String(n)));
  const opens = make("time", words.opens, "08:00");
  const closes = make("time", words.closes, "17:00");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = words.write;
  hours.append(boxes, button);
  hours.classList.add("ready");
  // Runs of days that follow each other: "lunes a viernes y domingo".
  const named = (language) => {
    const chosen = ticks.map((tick) => tick.checked);
    if (chosen.every(Boolean)) return language === "es" ? "todos los días" : "every day";
    const runs = [];
    chosen.forEach((on, n) => {
      if (!on) return;
      if (n && chosen[n - 1]) runs[runs.length - 1][1] = n; else runs.push([n, n]);
    });
    const to = language === "es" ? " a " : " to ";
    return runs.map(([a, b]) => (a === b ? days[language][a] : days[language][a] + to + days[language][b]))
      .join(language === "es" ? " y " : " and ");
  };
  const spanish = (time) => time.replace(/^0/, "").replace(/:00$/, "");
  const english = (time) => {
    const [hour, minute] = time.split(":").map(Number);
    return `${hour % 12 || 12}${minute ? `:${String(minute).padStart(2, "0")}` : ""} ${hour < 12 ? "am" : "pm"}`;
  };
  button.addEventListener("click", () => {
    if (!ticks.some((tick) => tick.checked)) return;
    const first = (text) => text[0].toUpperCase() + text.slice(1);
    document.getElementById("f-hours_es").value = `${first(named("es"))}, de ${spanish(opens.value)} a ${spanish(closes.value)}`;
    document.getElementById("f-hours_en").value = `${first(named("en"))}, ${english(opens.value)} to ${english(closes.value)}`;
  });
}

// While something goes on, the part of the page that tells of it is read anew.
const live = document.querySelector("[data-live]");
const look = async () => {
  const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const news = page.querySelector("[data-live]");
  if (!news) return;
  live.replaceChildren(...news.childNodes);
  if ("busy" in news.dataset) setTimeout(look, 4000);
};
if (live && "busy" in live.dataset) setTimeout(look, 4000);
