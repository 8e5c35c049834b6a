"use strict";
// The page's state: who I am, which conversation is open, every message, and what each person has read.

const $ = (selector) => document.querySelector(selector);
const QUICK = {
  窗口: ["/我的", "/登记 ", "/确认 ", "/当场办结 ", "/回访 ", "/补充 "],
  管理机构: ["/我的", "/转办 ", "/分类 ", "/质检 ", "/催办 ", "/督办 ", "/准 ", "/台账"],
  负责人: ["/我的", "/签发 ", "/暂缓 ", "/重开 ", "/台账", "/台账 逾期"],
  联络员: ["/我的", "/签收 ", "/承诺 ", "/方案 ", "/答复 ", "/办不了 ", "/退单 ", "/延期 "],
  其他: ["/我的", "/查 ", "/案例 ", "/帮助"],
};
const WEEKDAYS = "日一二三四五六";
const city = { people: new Map(), groups: new Map(), samples: [], messages: new Map(), spoken: new Set(), clock: null };
const me = { id: "", chat: "" };
let read = {};
try { read = JSON.parse(sessionStorage.getItem("read") || "{}"); } catch { read = {}; }

async function call(path, body) {
  const options = body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await (await fetch(`/sandbox/${path}`, options)).json();
  if (answer.error) toast(answer.error);
  return answer;
}

let toastTimer;
function toast(text) {
  const node = $("#toast");
  node.textContent = text;
  node.classList.add("on");
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => node.classList.remove("on"), 3200);
}

const nameOf = (id) => ({ bot: city.botName, app: city.appName, webhook: "群消息推送" })[id] || city.people.get(id)?.name || id;
const duty = (person) => [person.department, person.roles.join("、")].filter(Boolean).join(" · ");
const shown = (message) => message.status !== "dropped";
const sees = (message, id) => (city.groups.has(message.chat)
  ? (message.platform === "dingtalk" ? message.to : city.groups.get(message.chat).members).includes(id)
  : message.chat.split(":")[1] === id);
const groupsOf = (id) => [...city.groups.values()].filter((g) => g.members.includes(id)).map((g) => g.chatid);
const chatsOf = (id) => [...aloneOf(city.people.get(id)), ...groupsOf(id)];
const onDing = (chat) => chat.startsWith("ding:") || (city.groups.get(chat) || city.people.get(chat.split(":")[1]))?.platform === "dingtalk";

// A person's one-to-one conversations: the application or robot at home, WeCom's own bot, and DingTalk's robot besides.
function aloneOf(person) {
  if (person.outside || !person.platforms.length) return [];
  const names = ["app", person.platforms.includes("wecom") && "bot", person.platform === "wecom" && person.platforms.includes("dingtalk") && "ding"];
  return names.filter(Boolean).map((name) => `${name}:${person.id}`);
}
const readKey = (id, chat) => `${id} ${chat}`;

function unread(id, chat) {
  const since = read[readKey(id, chat)] || 0;
  let count = 0;
  for (const m of city.messages.values()) if (m.chat === chat && m.n > since && m.from !== id && shown(m) && sees(m, id)) count += 1;
  return count;
}

function markRead() {
  let last = 0;
  for (const m of city.messages.values()) if (m.chat === me.chat) last = Math.max(last, m.n);
  read[readKey(me.id, me.chat)] = last;
  try { sessionStorage.setItem("read", JSON.stringify(read)); } catch { /* private window: badges start anew */ }
}

const badge = (count) => count > 0 && el("span", { class: "badge" }, count > 99 ? "99+" : String(count));
const hour = (at) => at.slice(11, 16);
const cityNow = () => new Date(city.clock.city + (performance.now() - city.clock.since) + 8 * 3600000).toISOString();
const lastTime = (at) => (at.slice(0, 10) === cityNow().slice(0, 10) ? hour(at) : `${Number(at.slice(5, 7))}月${Number(at.slice(8, 10))}日`);
const dayHour = (at) => `${Number(at.slice(5, 7))}月${Number(at.slice(8, 10))}日 周${WEEKDAYS[new Date(at.slice(0, 10) + "T00:00Z").getUTCDay()]} ${hour(at)}`;

function drawPeople() {
  const entry = (person) => el("button", { type: "button", class: person.id === me.id ? "on" : "", title: `${person.name} ${duty(person)}`, onclick: () => become(person.id) },
    face(person.id, person.name), person.name, el("span", { class: "post" }, person.department || person.roles[0]),
    badge(chatsOf(person.id).reduce((sum, chat) => sum + unread(person.id, chat), 0)));
  const people = [...city.people.values()];
  $("#people").replaceChildren(...people.filter((p) => p.playable).map(entry), el("hr"), ...people.filter((p) => !p.playable).map(entry));
}

function chatTitle(chat) {
  if (onDing(chat)) return [city.groups.get(chat)?.name || city.botName, "钉钉"];
  if (chat.startsWith("app:")) return [city.appName, "应用"];
  if (chat.startsWith("bot:")) return [city.botName, "智能机器人"];
  return [city.groups.get(chat)?.name || chat, ""];
}

function preview(message) {
  const words = { ding_card: `[卡片] ${message.card?.title || message.card?.msgTitle || ""}`, actionCard: `[卡片] ${message.card?.title || ""}`, link: `[链接] ${message.card?.title || ""}`, template_card: `[卡片] ${message.card?.main_title?.title || ""}`, textcard: `[卡片] ${message.card?.title || ""}`, file: `[文件] ${message.file?.name || ""}`, image: "[图片]", news: "[图文]" };
  const text = message.status === "recalled" ? "消息已撤回" : words[message.kind] || message.text;
  return (city.groups.has(message.chat) ? `${nameOf(message.from)}：` : "") + text.replace(/[*>#`]|<[^>]*>/g, "").slice(0, 60);
}

function drawChats() {
  const person = city.people.get(me.id);
  $("#me-name").textContent = person.name;
  $("#me-role").textContent = `${person.centre} ${duty(person)}`;
  const last = new Map();
  for (const m of city.messages.values()) if (shown(m) && sees(m, me.id)) last.set(m.chat, m);
  const chats = chatsOf(me.id).sort((a, b) => (last.get(b)?.n || 0) - (last.get(a)?.n || 0));
  $("#chat-list").replaceChildren(...chats.map((chat) => {
    const [name, tag] = chatTitle(chat);
    const message = last.get(chat);
    return el("li", {}, el("button", { type: "button", class: chat === me.chat ? "on" : "", "data-chat": chat, onclick: () => open(chat) },
      face(chat.split(":")[0], name.slice(0, 1)),
      el("span", { class: "what" },
        el("span", { class: "top" }, el("b", {}, name), tag && el("span", { class: onDing(chat) ? "tag ding" : "tag" }, tag), el("small", {}, message ? lastTime(message.at) : "")),
        el("span", { class: "last" }, message ? preview(message) : "暂无消息")),
      badge(unread(me.id, chat))));
  }));
}

function drawMessage(message) {
  if (message.status === "recalled") return el("li", { class: "gone" }, `${nameOf(message.from)}撤回了一条消息`);
  const mine = message.from === me.id;
  const group = city.groups.has(message.chat);
  return el("li", { class: mine ? "mine" : "", "data-id": message.id },
    face(message.from, nameOf(message.from)),
    el("div", { class: "body" },
      group && !mine && el("span", { class: "who" }, nameOf(message.from)),
      content(message, nameOf, press),
      message.history.length > 0 && el("span", { class: "redrawn" }, `卡片已更新 ${dayHour(message.updated_at)}`)));
}

function drawMessages(stay = false) {
  const list = $("#messages");
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  const items = [];
  let before = "";
  for (const message of city.messages.values()) {
    if (message.chat !== me.chat || !shown(message) || !sees(message, me.id)) continue;
    if (!before || new Date(message.at) - new Date(before) > 300000) items.push(el("li", { class: "when" }, dayHour(message.at)));
    before = message.at;
    items.push(drawMessage(message));
  }
  list.replaceChildren(...items);
  if (!stay || atEnd) list.scrollTop = list.scrollHeight;
}

function drawChat() {
  const [name, tag] = chatTitle(me.chat);
  const group = city.groups.get(me.chat);
  $("#chat").dataset.platform = onDing(me.chat) ? "dingtalk" : "wecom";
  $("#chat-name").replaceChildren(group ? `${name}（${group.members.length}）` : name, onDing(me.chat) ? el("span", { class: "tag ding" }, tag) : "");
  $("#chat-members").textContent = group ? group.members.map(nameOf).join("、") : tag;
  $("#mention").hidden = !group;
  $("#mention").style.display = group ? "" : "none";
  $("#mention span").textContent = `@${city.botName}`;
  const role = city.people.get(me.id).roles.find((name) => QUICK[name]) || "其他";
  $("#quick").replaceChildren(...[...QUICK[role], "/帮助"].filter((word, i, all) => all.indexOf(word) === i).map((word) =>
    el("button", { type: "button", onclick: () => quick(word) }, word.trim())));
  drawHint(group);
  drawMessages();
}

function drawHint(group) {
  const quiet = group && !city.spoken.has(group.chatid);
  $("#hint").hidden = !quiet;
  if (!quiet) return;
  const manages = city.people.get(me.id).roles.some((role) => role === "管理机构" || role === "负责人");
  const bind = group.department && manages && el("button", { type: "button", onclick: () => say(`@${city.botName} /绑定 ${group.department}`) }, `发送 /绑定 ${group.department}`);
  const why = onDing(group.chatid) ? "机器人还不认识本群" : "机器人还不能在本群主动发消息";
  $("#hint").replaceChildren(`${why}，请先 @${city.botName} 说一句。`, bind || "");
}

function drawSamples() {
  $("#samples").replaceChildren(...city.samples.map((sample) => el("li", {}, el("button", { type: "button", onclick: () => showSample(sample) }, el("span", {}, sample.id), sample.title))));
}

function drawClock() {
  if (!city.clock) return;
  const now = cityNow();
  $("#clock b").textContent = now.slice(11, 19);
  $("#clock span").textContent = `${now.slice(0, 4)}年${dayHour(now).split(" ").slice(0, 2).join(" ")}`;
}

function setClock(clock) {
  city.clock = { city: Date.parse(clock.now), since: performance.now() };
  const { next_morning: morning, next_deadline: deadline, problem } = clock.bot || {};
  $("#clock-note").textContent = problem ? `机器人没有跟上时间：${problem}` : [morning && `下一个工作日 ${dayHour(morning)}`, deadline && `最近期限 ${dayHour(deadline)}`].filter(Boolean).join("；");
  drawClock();
}

function setConnection({ platforms, quota, connection: { aibot, callback, dingtalk, bot_url: url } }) {
  city.spoken = new Set([...aibot.spoken, ...dingtalk.spoken]);
  const state = (up, yes, no) => el("dd", { class: up ? "up" : "down" }, up ? yes : no);
  const wecom = platforms === "dingtalk" ? [] : [
    el("dt", {}, "智能机器人长连接"), state(aibot.connected, "已连接", "未连接"),
    el("dt", {}, "应用回调"), state(callback.verified, `已验证，送达 ${callback.delivered}，失败 ${callback.failed}`, callback.problem || "尚未验证（首次回调时验证）")];
  const ding = platforms === "wecom" ? [] : dingConnection(dingtalk, quota, state);
  $("#connection").replaceChildren(...wecom, ...ding, el("dt", {}, "机器人地址"), el("dd", {}, url || "未设置"));
}

async function become(id) {
  me.id = id;
  me.chat = chatsOf(id).includes(me.chat) ? me.chat : chatsOf(id)[0] || "";
  const { messages } = await call(`messages?user=${encodeURIComponent(id)}`);
  for (const message of messages) city.messages.set(message.id, message);
  if (document.body.dataset.pane === "chat") markRead();
  redraw();
}

async function open(chat) {
  me.chat = chat;
  document.body.dataset.pane = "chat";
  markRead();
  redraw();
  if (!city.groups.has(chat)) await call("enter", { user: me.id, chat });
}

function redraw() {
  location.hash = new URLSearchParams({ user: me.id, chat: me.chat }).toString();
  if (innerWidth > 900) markRead();
  drawPeople();
  drawChats();
  drawChat();
}

async function say(text) {
  const answer = await call("say", { user: me.id, chat: me.chat, text });
  if (answer.ok && !answer.delivered && (!city.groups.has(me.chat) || text.includes("@"))) toast(answer.problem || "机器人没有收到（未连接）");
}

function quick(word) {
  $("#text").value = word;
  if (word.endsWith(" ")) $("#text").focus();
  else $("#composer").requestSubmit();
}

async function press(message, button, node, chosen) {
  node.disabled = true;
  node.classList.add("busy");
  const answer = await call("press", { user: me.id, message_id: message.id, key: button.key, selected: chosen });
  node.disabled = false;
  node.classList.remove("busy");
  if (answer.problem) toast(`没有成功：${answer.problem}`);
}

function showSample(sample) {
  const dialog = $("#sample");
  dialog.querySelector("h2").textContent = `${sample.id} ${sample.title}`;
  dialog.querySelector("pre").textContent = sample.text;
  dialog.querySelector("[data-how=forward]").textContent = `以${nameOf(me.id)}的身份一对一转发给应用`;
  dialog.onclick = async (event) => {
    const how = event.target.dataset.how;
    if (!how) return;
    dialog.close();
    document.body.classList.remove("tools");
    if (how === "forward") { await open(`app:${me.id}`); await say(sample.text); }
    if (how === "push") {
      const answer = await call("push", { text: sample.text });
      toast(answer.ok ? `热线已推送：${answer.answer.case_no || "已收下"}` : `推送没有成功：${answer.problem || answer.answer?.detail || answer.status || ""}`);
    }
  };
  dialog.showModal();
}

async function jump(event) {
  const where = event.target.dataset.jump;
  if (!where) return;
  const buttons = document.querySelectorAll("[data-jump]");
  buttons.forEach((button) => { button.disabled = true; });
  const answer = await call("clock", { jump: where });
  buttons.forEach((button) => { button.disabled = false; });
  if (answer.now) toast(`现在是 ${dayHour(answer.now)}`);
}

async function onMessage(message) {
  city.messages.set(message.id, message);
  if (message.chat === me.chat && (innerWidth > 900 || document.body.dataset.pane === "chat")) markRead();
  drawPeople();
  drawChats();
  if (message.chat === me.chat && sees(message, me.id)) drawMessages(true);
}

async function onUpdate(message) {
  const { messages } = await call(`messages?user=${encodeURIComponent(me.id)}&after=${message.n - 1}&limit=1`);
  city.messages.set(message.id, messages[0]?.id === message.id ? messages[0] : message);
  drawChats();
  if (message.chat === me.chat) drawMessages(true);
}

async function loadState() {
  const state = await call("state");
  city.botName = state.bot_name;
  city.appName = state.app_name;
  city.samples = state.samples;
  city.people = new Map(state.people.map((person) => [person.id, person]));
  city.groups = new Map(state.groups.map((group) => [group.chatid, group]));
  setClock(state.clock);
  setConnection(state);
}

function listen() {
  const source = new EventSource("/sandbox/events");
  const on = (name, handler) => source.addEventListener(name, (event) => handler(JSON.parse(event.data)));
  on("message", onMessage);
  on("update", onUpdate);
  on("clock", setClock);
  on("connection", () => refresh());
  on("groups", () => refresh());
}

async function refresh() {
  await loadState();
  drawChats();
  drawHint(city.groups.get(me.chat));
}

async function start() {
  await loadState();
  const { messages } = await call("messages");
  for (const message of messages) city.messages.set(message.id, message);
  const wanted = new URLSearchParams(location.hash.slice(1));
  const chat = wanted.get("chat") || "";
  me.chat = chat;
  if (chat) document.body.dataset.pane = "chat";
  drawSamples();
  await become(city.people.has(wanted.get("user")) ? wanted.get("user") : [...city.people.keys()][0]);
  listen();
  setInterval(drawClock, 1000);
  setInterval(refresh, 15000);
}

$("#composer").addEventListener("submit", async (event) => {
  event.preventDefault();
  const box = $("#text");
  const text = box.value.trim();
  if (!text) return;
  box.value = "";
  const mention = city.groups.has(me.chat) && $("#mention-box").checked && !text.includes(`@${city.botName}`);
  await say(mention ? `@${city.botName} ${text}` : text);
});
$("#text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); $("#composer").requestSubmit(); }
});
$("#text").addEventListener("input", ({ target }) => { target.rows = Math.min(6, target.value.split("\n").length); });
$("#back").addEventListener("click", () => { document.body.dataset.pane = "chats"; redraw(); });
$("#tools-button").addEventListener("click", () => document.body.classList.toggle("tools"));
$("#tools-close").addEventListener("click", () => document.body.classList.remove("tools"));
$("#chats header").addEventListener("click", () => document.body.classList.add("tools"));
$("#tools").addEventListener("click", jump);
start();
