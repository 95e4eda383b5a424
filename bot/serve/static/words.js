// What the page itself says, in both languages. What the assistant says comes from the server.
"use strict";
const WORDS = {
  es: {
    title: "Comadre · simulador de chat",
    about: "Escribe como lo haría una mujer desde su teléfono. Es una prueba: nada se manda a WhatsApp, a Telegram ni a ningún teléfono.",
    options: "Opciones y ejemplos",
    channel: "Se ve como", language: "Idioma de esta página", try: "Prueba con",
    restart: "Empezar de nuevo", message: "Mensaje", send: "Enviar",
    location: "Compartir ubicación (Tapachula, México)", conversation: "Conversación",
    close: "Cerrar", typing: "escribiendo…", online: "en línea",
    empty: "Escribe un mensaje, o toca un ejemplo.",
    failed: "No se pudo enviar. Prueba otra vez.",
    offline: "Sin conexión. Sigo intentando.",
    erased: "El chat quedó vacío en este teléfono.",
    shared: "Mi ubicación: Tapachula",
    parts: n => n === 1 ? "1 parte de SMS" : `${n} partes de SMS`,
    examples: [
      "Hola", "Soy hondureña y estoy en Tapachula, ¿puedo pedir refugio?", "mi marido me pega",
      "no me pagaron en la finca", "¿Dónde hay un albergue en Tijuana?", "SALIR",
    ],
  },
  en: {
    title: "Comadre · chat simulator",
    about: "Write as a woman would from her phone. This is a rehearsal: nothing is sent to WhatsApp, to Telegram or to any phone.",
    options: "Options and examples",
    channel: "Looks like", language: "This page's language", try: "Try",
    restart: "Start again", message: "Message", send: "Send",
    location: "Share location (Tapachula, Mexico)", conversation: "Conversation",
    close: "Close", typing: "typing…", online: "online",
    empty: "Write a message, or tap an example.",
    failed: "It could not be sent. Try again.",
    offline: "No connection. Still trying.",
    erased: "The chat is now empty on this phone.",
    shared: "My location: Tapachula",
    parts: n => n === 1 ? "1 SMS part" : `${n} SMS parts`,
    examples: [
      "Hello", "I'm Honduran in Tapachula, can I ask for asylum?", "my husband hits me",
      "my boss did not pay me", "Where is a shelter in Tijuana?", "EXIT",
    ],
  },
};
