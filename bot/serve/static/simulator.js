// The phone: what she writes goes through the real inbox, replies come by waiting requests.
"use strict";
const $ = id => document.getElementById(id);
let language = "es", style = "whatsapp", session, after, life, polling = null;

const words = () => WORDS[language];
// crypto.randomUUID is missing where the page comes over plain http from another machine.
const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), b => b.toString(16).padStart(2, "0")).join("");

function icon(name) {
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  picture.setAttribute("aria-hidden", "true");
  picture.append(use);
  return picture;
}

function button(text, action, picture) {
  const made = document.createElement("button");
  made.type = "button";
  if (picture) made.append(icon(picture));
  made.append(text);
  made.addEventListener("click", action);
  return made;
}

function bubble(text, kind) {
  const item = document.createElement("li");
  if (kind) item.className = kind;
  item.textContent = text;
  $("messages").append(item);
  reveal();
  return item;
}

// To the end; but never so far that the message she sent last, and so the answer's beginning, is gone.
function reveal() {
  const hers = [...document.querySelectorAll("#messages .mine")].pop();
  const end = $("log").scrollHeight - $("log").clientHeight;
  $("log").scrollTop = hers ? Math.min(end, hers.offsetTop - $("log").offsetTop - 8) : end;
}

function note(key) {
  const item = bubble(words()[key], "note");
  item.dataset.text = key;
}

const typing = on => {
  $("status").textContent = on ? words().typing : words().online;
  document.body.classList.toggle("typing", on);
};

function translate() {
  document.documentElement.lang = language;
  document.title = words().title;
  for (const each of document.querySelectorAll("[data-text]")) each.textContent = words()[each.dataset.text];
  for (const each of document.querySelectorAll("[data-label]")) each.setAttribute("aria-label", words()[each.dataset.label]);
  for (const each of document.querySelectorAll("button[data-label]")) each.title = words()[each.dataset.label];
  $("text").placeholder = words().message;
  typing(document.body.classList.contains("typing"));
  $("examples").replaceChildren(...words().examples.map(text => button(text, () => send({ text }, text))));
}

function begin() {
  if (polling) polling.abort();
  session = newId();
  after = 0;
  typing(false);
  $("messages").replaceChildren();
  note("empty");
  listen();
}

async function send(content, shown) {
  const mine = session;
  for (const each of document.querySelectorAll("#messages .note[data-text=empty]")) each.remove();
  bubble(shown, "mine");
  typing(true);
  try {
    const answer = await fetch("/simulator/message", {
      method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ session, style, id: newId(), ...content }),
    });
    if (!answer.ok) throw new Error(String(answer.status));
  } catch {
    if (mine !== session) return;
    typing(false);
    note("failed");
  }
}

const shareLocation = () => send({ location: [14.9056, -92.2634] }, words().shared);

function show(message) {
  typing(false);
  if (message.kind === "delete" && style === "telegram") {
    $("messages").replaceChildren();
    note("erased");
  }
  if (message.kind === "silent" || !message.text) return;
  const item = bubble(message.text);
  const below = style === "sms" ? cost(message) : choices(message);
  if (below) item.append(below);
  reveal();
}

function cost(message) {
  const line = document.createElement("span");
  line.className = "cost";
  line.textContent = words().parts(message.segments);
  return line;
}

function choices(message) {
  const choose = option => send({ choose: option.payload }, option.title);
  const box = document.createElement("div");
  box.className = "choices";
  if (message.kind === "location_request") box.append(button(message.list_button, shareLocation, "pin"));
  else if (message.kind === "list") box.append(button(message.list_button, () => openList(message, choose), "list"));
  else box.append(...message.options.map(option => button(option.title, () => choose(option))));
  return box.childElementCount ? box : null;
}

function openList(message, choose) {
  $("list-title").textContent = message.list_button;
  $("rows").replaceChildren(...message.options.map(option => {
    const row = button(option.title, () => { $("list").close(); choose(option); });
    if (option.description) row.append(Object.assign(document.createElement("small"), { textContent: option.description }));
    return row;
  }));
  const phone = document.querySelector(".phone").getBoundingClientRect();
  $("list").style.setProperty("--left", `${phone.left + 10}px`);  // over the phone's screen
  $("list").showModal();
}

async function listen() {
  const mine = session;
  polling = new AbortController();
  while (mine === session) {
    try {
      const answer = await fetch(`/simulator/replies?after=${after}`, { signal: polling.signal, headers: { "X-Session": mine } });
      const found = await answer.json();
      if (!answer.ok) throw new Error(String(answer.status));
      if (mine !== session) return;
      if (life && life !== found.life) after = 0;  // the program was started again, and counts anew
      else take(found.messages);
      life = found.life;
      online(true);
    } catch (error) {
      if (error.name === "AbortError") return;
      online(false);
      await new Promise(done => setTimeout(done, 1500));
    }
  }
}

function take(messages) {
  for (const message of messages) {
    after = message.n;
    show(message);
  }
}

function online(yes) {
  const was = document.body.classList.contains("offline");
  document.body.classList.toggle("offline", !yes);
  if (!yes) $("status").textContent = words().offline;
  else if (was) typing(false);
}

$("form").addEventListener("submit", event => {
  event.preventDefault();
  const text = $("text").value;
  if (!text.trim()) return;
  $("text").value = "";
  send({ text }, text);
});
$("text").addEventListener("keydown", event => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $("form").requestSubmit();
});
$("location").addEventListener("click", shareLocation);
$("close").addEventListener("click", () => $("list").close());
$("list").addEventListener("click", event => { if (event.target === $("list")) $("list").close(); });
$("restart").addEventListener("click", () => { begin(); $("text").focus(); });
for (const radio of document.querySelectorAll("[name=style]")) radio.addEventListener("change", () => {
  style = radio.value;
  document.body.dataset.style = style;
  begin();
});
for (const radio of document.querySelectorAll("[name=language]")) radio.addEventListener("change", () => {
  language = radio.value;
  translate();
});

// Beside the phone there is room for the options; on a narrow screen they wait behind their title.
const wide = matchMedia("(min-width: 761px)");
const fit = () => { $("options").open = wide.matches; };
wide.addEventListener("change", fit);
fit();
// A reloaded page keeps the browser's own choice of radio buttons.
style = document.querySelector("[name=style]:checked").value;
language = document.querySelector("[name=language]:checked").value;
document.body.dataset.style = style;
translate();
begin();
