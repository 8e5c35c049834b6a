"use strict";
// Draws one message the way WeCom draws it. Everything is built from text nodes or from escaped text.

const FACES = ["#4a8fe7", "#3aa675", "#d98b3a", "#8c6fd1", "#d1605e", "#3b9fb0", "#7d8ca3", "#b36aa5", "#6b9a3c", "#c4783f"];

function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name in node && name !== "list") node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const escapeHtml = (text) => text.replace(/[&<>"']/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" })[c]);
const safeUrl = (url) => (/^https?:\/\//i.test(url || "") ? url : undefined);

function face(id, name) {
  const colour = FACES[[...id].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) % 9973, 7) % FACES.length];
  const bot = id === "bot" || id === "app" || id === "webhook";
  const node = el("span", { class: "face" }, bot ? "诉" : name.slice(-1));
  node.style.background = bot ? "#2b6fd6" : id.startsWith("wrk") ? "#8d9bb0" : colour;
  return node;
}

// Inline marks, on text that is already escaped.
function inline(text, nameOf) {
  return text
    .replace(/`([^`]+)`/g, "<code>$1</code>")
    .replace(/\*\*(.+?)\*\*/g, "<b>$1</b>")
    .replace(/\[([^\]]+)\]\((https?:[^)\s]+)\)/g, '<a href="$2" target="_blank" rel="noopener">$1</a>')
    .replace(/&lt;font color=&quot;(info|comment|warning)&quot;&gt;([\s\S]*?)&lt;\/font&gt;/g, '<span class="$1">$2</span>')
    .replace(/&lt;@([\w.@-]+)&gt;/g, (_, id) => `<span class="at">@${escapeHtml(nameOf(id))}</span>`);
}

const LINE_KINDS = [
  [/^#{1,6}\s+(.*)$/, "h4"], [/^&gt;\s?(.*)$/, "blockquote"], [/^[-*]\s+(.*)$/, "ul"], [/^\d+[.、]\s*(.*)$/, "ol"], [/^\|(.*)\|\s*$/, "table"],
];

function markdown(source, nameOf) {
  const blocks = [];
  for (const raw of escapeHtml(source).split("\n")) {
    const found = LINE_KINDS.map(([pattern, kind]) => [pattern.exec(raw), kind]).find(([match]) => match);
    const [kind, text] = found ? [found[1], found[0][1]] : ["p", raw];
    const last = blocks[blocks.length - 1];
    if (last && last.kind === kind && raw.trim() && kind !== "h4") last.lines.push(text);
    else if (raw.trim()) blocks.push({ kind, lines: [text] });
    else blocks.push({ kind: "", lines: [] });
  }
  const row = (line) => "<tr>" + line.split("|").map((cell) => `<td>${inline(cell.trim(), nameOf)}</td>`).join("") + "</tr>";
  return blocks.filter((block) => block.kind).map(({ kind, lines }) => {
    if (kind === "table") return `<table>${lines.filter((line) => !/^[\s|:-]+$/.test(line)).map(row).join("")}</table>`;
    const inner = lines.map((line) => inline(line, nameOf));
    return kind === "ul" || kind === "ol"
      ? `<${kind}>${inner.map((item) => `<li style="display:list-item;margin:0">${item}</li>`).join("")}</${kind}>`
      : `<${kind}>${inner.join("<br>")}</${kind}>`;
  }).join("");
}

function bubble(message, nameOf) {
  if (message.kind === "text") {
    const html = escapeHtml(message.text).replace(
      /&lt;a href=(?:&quot;|&#39;)(https?:[^"'<>\s]+?)(?:&quot;|&#39;)&gt;(.*?)&lt;\/a&gt;/g,
      '<a href="$1" target="_blank" rel="noopener">$2</a>');
    return el("div", { class: "bubble plain", innerHTML: html.replace(/^(@\S+)/, '<span class="at">$1</span>') });
  }
  return el("div", { class: "bubble", innerHTML: markdown(message.text, nameOf) });
}

function fileBubble({ name, size, url }) {
  const kind = (name.split(".").pop() || "文件").slice(0, 5).toUpperCase();
  const label = size > 1024 ? `${(size / 1024).toFixed(1)} KB` : `${size} B`;
  return el("a", { class: "bubble file", href: url }, el("i", {}, kind), el("span", {}, el("b", {}, name), el("small", {}, label)));
}

function textcard(card) {
  const html = escapeHtml(card.description)
    .replace(/&lt;div class=&quot;(gray|normal|highlight)&quot;&gt;([\s\S]*?)&lt;\/div&gt;/g, '<div class="$1">$2</div>')
    .replace(/&lt;br\s*\/?&gt;/g, "<br>");
  return el("div", { class: "card" },
    el("div", { class: "in" }, el("div", { class: "title" }, card.title), el("div", { class: "sub", innerHTML: html })),
    el("a", { class: "jump", href: safeUrl(card.url), target: "_blank", rel: "noopener" }, card.btntxt || "详情"));
}

function news(card) {
  return el("div", { class: "card" }, card.articles.map((article) =>
    el("a", { class: "jump", href: safeUrl(article.url), target: "_blank", rel: "noopener" }, article.title)));
}

function linked(text, item, nameOf) {
  const url = item.type === 1 ? safeUrl(item.url) : undefined;
  if (url) return el("a", { href: url, target: "_blank", rel: "noopener" }, text);
  return item.type === 3 && item.userid ? el("span", { class: "at" }, text || nameOf(item.userid)) : text;
}

function chooser(question, multiple) {
  const options = question.option_list.map((o) => el("option", { value: o.id, selected: o.id === question.selected_id }, o.text));
  const select = el("select", { name: question.question_key, disabled: !!question.disable, multiple }, options);
  return el("label", { class: "pick" }, question.title || "", select);
}

function ticks(question) {
  return el("div", { class: "pick" }, question.option_list.map((option) => el("label", { class: "pick" },
    el("input", {
      type: question.mode === 1 ? "checkbox" : "radio", name: question.question_key, value: option.id,
      checked: !!option.is_checked, disabled: !!question.disable,
    }), " " + option.text)));
}

function selected(form) {
  const answer = {};
  for (const field of form.querySelectorAll("select, input")) {
    if (field.matches("input") && !field.checked) continue;
    (answer[field.name] ||= []).push(field.value);
  }
  return answer;
}

function cardButtons(message, onPress) {
  const found = message.buttons.filter((button) => button.kind !== "menu");
  if (!found.length) return null;
  const shape = found.length === 3 ? "three" : found.length % 2 ? "odd" : "";
  return el("div", { class: `buttons ${shape}` }, found.map((button) => button.kind === "link"
    ? el("a", { class: `s${button.style}`, href: safeUrl(button.url), target: "_blank", rel: "noopener" }, button.text)
    : el("button", {
      type: "button", class: `s${button.style}`, disabled: button.disabled, "data-key": button.key,
      onclick: (event) => onPress(message, button, event.currentTarget, selected(event.currentTarget.closest(".card"))),
    }, button.text)));
}

function templateCard(message, nameOf, onPress) {
  const card = message.card;
  const { source, main_title: title = {}, emphasis_content: emphasis, quote_area: quote, card_action: action } = card;
  const menu = message.buttons.filter((button) => button.kind === "menu");
  const image = card.card_image && safeUrl(card.card_image.url);
  const inside = el("div", { class: "in" },
    source && source.desc && el("div", { class: `source c${source.desc_color || 0}` }, source.desc),
    title.title && el("div", { class: "title" }, title.title),
    title.desc && el("div", { class: "desc" }, title.desc),
    image && el("img", { src: image, alt: "", style: "width:100%" }),
    emphasis && el("div", { class: "emphasis" }, el("b", {}, emphasis.title || ""), el("span", { class: "desc" }, emphasis.desc || "")),
    quote && quote.quote_text && el("div", { class: "quote" }, quote.title && el("b", {}, quote.title + "\n"), quote.quote_text),
    card.sub_title_text && el("div", { class: "sub" }, card.sub_title_text),
    (card.vertical_content_list || []).map((item) => el("div", { class: "sub" }, el("b", {}, item.title), "\n", item.desc || "")),
    (card.horizontal_content_list || []).length > 0 && el("dl", { class: "facts" }, card.horizontal_content_list.flatMap((item) =>
      [el("dt", {}, item.keyname), el("dd", {}, linked(item.value || "", item, nameOf))])),
    card.button_selection && chooser({ ...card.button_selection, disable: card.button_selection.disable || !!card.replace_text }),
    (card.select_list || []).map((question) => chooser(question)),
    card.checkbox && ticks(card.checkbox));
  const more = action && action.type === 1 && safeUrl(action.url) && !(card.jump_list || []).length;
  return el("div", { class: "card" }, inside,
    (card.jump_list || []).map((item) => el("a", { class: "jump", href: safeUrl(item.url), target: "_blank", rel: "noopener" }, item.title)),
    more && !message.buttons.length && el("a", { class: "jump", href: action.url, target: "_blank", rel: "noopener" }, "查看详情"),
    cardButtons(message, onPress),
    menu.length > 0 && el("div", { class: "menu" }, card.action_menu.desc || "更多：",
      menu.map((button) => el("button", { type: "button", onclick: (event) => onPress(message, button, event.currentTarget, {}) }, button.text))));
}

function content(message, nameOf, onPress) {
  if (message.file) return fileBubble(message.file);
  if (message.platform === "dingtalk") return dingContent(message, nameOf, onPress);
  if (message.kind === "template_card") return templateCard(message, nameOf, onPress);
  if (message.kind === "textcard") return textcard(message.card);
  if (message.kind === "news") return news(message.card);
  return bubble(message, nameOf);
}
