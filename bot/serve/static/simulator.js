"use strict";
const WORDS = {
  es: { about: "Escribe como lo haría una mujer desde su teléfono. Nada de aquí sale de esta máquina.", channel: "Se ve como",
    language: "Idioma de esta página", try: "Prueba con", restart: "Empezar de nuevo", message: "Mensaje", send: "Enviar",
    location: "Compartir ubicación (Tapachula)", close: "Cerrar", typing: "escribiendo…", online: "en línea",
    failed: "No se pudo enviar. Prueba otra vez.", erased: "El chat quedó vacío en este teléfono.", shared: "📍 Ubicación",
    parts: n => `${n} SMS`, examples: ["Hola", "Soy hondureña y estoy en Tapachula, ¿puedo pedir refugio?", "mi marido me pega", "no me pagaron en la finca", "¿Dónde hay un albergue en Tijuana?", "SALIR"] },
  en: { about: "Write as a woman would from her phone. Nothing here leaves this machine.", channel: "Looks like",
    language: "This page's language", try: "Try", restart: "Start again", message: "Message", send: "Send",
    location: "Share location (Tapachula)", close: "Close", typing: "typing…", online: "online",
    failed: "It could not be sent. Try again.", erased: "The chat is now empty on this phone.", shared: "📍 Location",
    parts: n => `${n} SMS`, examples: ["Hello", "I'm Honduran in Tapachula, can I ask for asylum?", "my husband hits me", "my boss did not pay me", "Where is a shelter in Tijuana?", "EXIT"] },
};
const $ = id => document.getElementById(id);
let language = "es", style = "whatsapp", session, after, polling = null;

const words = () => WORDS[language];
const bubble = (text, kind) => {
  const item = document.createElement("li");
  if (kind) item.className = kind;
  item.textContent = text;
  $("log").append(item);
  $("log").scrollTop = $("log").scrollHeight;
  return item;
};
const button = (text, action) => {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", action);
  return made;
};

function translate() {
  document.documentElement.lang = language;
  for (const each of document.querySelectorAll("[data-text]")) each.textContent = words()[each.dataset.text];
  for (const each of document.querySelectorAll("[data-label]")) {
    each.setAttribute("aria-label", words()[each.dataset.label]);
    each.title = words()[each.dataset.label];
  }
  $("text").placeholder = words().message;
  $("status").textContent = words().online;
  $("examples").replaceChildren(...words().examples.map(text => button(text, () => send({ text }, text))));
}

function begin() {
  if (polling) polling.abort();
  session = crypto.randomUUID();
  after = 0;
  $("log").replaceChildren();
  listen();
}

async function send(content, shown) {
  bubble(shown, "mine");
  $("status").textContent = words().typing;
  try {
    const answer = await fetch("/simulator/message", { method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ session, style, id: crypto.randomUUID(), ...content }) });
    if (!answer.ok) throw new Error(String(answer.status));
  } catch {
    bubble(words().failed, "note");
    $("status").textContent = words().online;
  }
}

function show(message) {
  $("status").textContent = words().online;
  if (message.kind === "delete" && style === "telegram") {
    $("log").replaceChildren();
    bubble(words().erased, "note");
  }
  if (message.kind === "silent" || !message.text) return;
  const item = bubble(message.text);
  if (style === "sms") {
    const cost = document.createElement("span");
    cost.className = "cost";
    cost.textContent = words().parts(message.segments);
    item.append(cost);
    return;
  }
  if (!message.options.length) return;
  const choices = document.createElement("div");
  choices.className = "choices";
  const choose = option => send({ choice: option.payload }, option.title);
  if (message.kind === "list") choices.append(button("☰ " + message.list_button, () => openList(message, choose)));
  else choices.append(...message.options.map(option => button(option.title, () => choose(option))));
  item.append(choices);
  $("log").scrollTop = $("log").scrollHeight;
}

function openList(message, choose) {
  $("list-title").textContent = message.list_button;
  $("rows").replaceChildren(...message.options.map(option => {
    const row = button(option.title, () => { $("list").close(); choose(option); });
    if (option.description) row.append(Object.assign(document.createElement("small"), { textContent: option.description }));
    return row;
  }));
  $("list").showModal();
}

async function listen() {
  const mine = session;
  polling = new AbortController();
  while (mine === session) {
    try {
      const answer = await fetch(`/simulator/replies?session=${mine}&after=${after}`, { signal: polling.signal });
      const { messages } = await answer.json();
      for (const message of messages) {
        if (mine !== session) return;
        after = message.n;
        show(message);
      }
    } catch (error) {
      if (error.name === "AbortError") return;
      await new Promise(done => setTimeout(done, 1500));
    }
  }
}

$("form").addEventListener("submit", event => {
  event.preventDefault();
  const text = $("text").value;
  if (!text.trim()) return;
  $("text").value = "";
  send({ text }, text);
});
$("text").addEventListener("keydown", event => {
  if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); $("form").requestSubmit(); }
});
$("location").addEventListener("click", () => send({ location: [14.9056, -92.2634] }, words().shared));
$("close").addEventListener("click", () => $("list").close());
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
translate();
begin();
