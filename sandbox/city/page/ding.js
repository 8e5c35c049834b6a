// Draws what DingTalk shows in its own way: cards with a title bar, a markdown body and blue or grey buttons.

function dingButtons(message, onPress) {
  if (!message.buttons.length) return null;
  return el("div", { class: `ding-buttons n${Math.min(message.buttons.length, 3)}` }, message.buttons.map((button) => button.kind === "link"
    ? el("a", { class: `s${button.style}`, href: safeUrl(button.url), target: "_blank", rel: "noopener" }, button.text)
    : el("button", {
      type: "button", class: `s${button.style}`, disabled: button.disabled, "data-key": button.key,
      onclick: (event) => onPress(message, button, event.currentTarget, {}),
    }, button.text)));
}

// `facts` of the city's own template are JSON pairs or plain markdown.
function dingFacts(facts, nameOf) {
  let rows = null;
  try { rows = JSON.parse(facts || "null"); } catch { rows = null; }
  if (!Array.isArray(rows)) return facts && el("div", { class: "md", innerHTML: markdown(facts, nameOf) });
  const pair = (row) => (Array.isArray(row) ? row : [row.name || row.key || row.keyname || "", row.value || ""]);
  return el("dl", { class: "facts" }, rows.map(pair).flatMap(([name, value]) => [el("dt", {}, String(name)), el("dd", {}, String(value))]));
}

function dingCard(message, nameOf, onPress) {
  const { title, msgTitle, subtitle, source, markdown: words, body, text, msgContent, facts, tips, notice, links } = message.card;
  const main = [words, body, text, msgContent].filter(Boolean).join("\n");
  return el("div", { class: "card ding-card" },
    el("div", { class: "ding-bar" }, title || msgTitle || "消息", source && el("small", {}, source)),
    el("div", { class: "in" },
      subtitle && el("div", { class: "desc" }, subtitle),
      main && el("div", { class: "md", innerHTML: markdown(main, nameOf) }),
      dingFacts(facts, nameOf),
      links && el("div", { class: "md", innerHTML: markdown(links, nameOf) }),
      (tips || notice) && el("div", { class: "ding-tips" }, [tips, notice].filter(Boolean).join(" "))),
    dingButtons(message, onPress));
}

function dingContent(message, nameOf, onPress) {
  const main = message.card ? dingCard(message, nameOf, onPress)
    : el("div", { class: "ding-stack" }, bubble(message, nameOf), dingButtons(message, onPress));
  const called = message.mentions.map((id) => `@${nameOf(id)}`).join(" ");
  return called && message.card ? el("div", { class: "ding-stack carded" }, main, el("small", { class: "at" }, called)) : main;
}

function dingConnection(ding, quota, state) {
  const used = ({ used: count, limit }) => `${count} / ${limit}`;
  const last = ding.problems[ding.problems.length - 1];
  return [
    el("dt", {}, ding.mode === "http" ? "钉钉 HTTP 回调" : "钉钉 Stream 连接"),
    ding.mode === "http" ? el("dd", {}, `送达 ${ding.delivered}，失败 ${ding.failed}`) : state(ding.connected, `已连接 ${ding.connections} 条`, "未连接"),
    el("dt", {}, `钉钉本月用量（${quota.month}）`), el("dd", {}, `接口 ${used(quota.api)}，推送 ${used(quota.stream)}`),
    ...(last ? [el("dt", {}, `钉钉应答不合规 ${ding.problems.length} 次`), el("dd", { class: "down" }, last.text)] : []),
  ];
}

