"""Every sentence the bot says in a chat; those about 指导案例 stand in `bot.guidance_texts`. Refusals of the mechanism itself stand in `domain.refusals`."""

from __future__ import annotations

from domain.events import EventType
from domain.prompts import PromptCode
from domain.vocabulary import State
from domain.waiting import Matter

CONTENT_WITHHELD = "原文不便显示，请按标题所列事项和诉求类别办理；要核实的，请联系管理机构。"
NOT_DISPATCHED = "未转办"

SOURCE_INTAKE = "有诉即办·收件"
SOURCE_TASK = "有诉即办·工作单"
SOURCE_ASSIST = "有诉即办·配合办理"
SOURCE_REDO = "退回重办·第{round}轮"
SOURCE_REVIEW = "有诉即办·质检回访"
SOURCE_REQUEST = "有诉即办·申请裁定"
SOURCE_STATUS = "有诉即办·进度"
SOURCE_SUPERVISION = "有诉即办·督办"
SOURCE_DRAFTS = "有诉即办·待签发"

TITLE_CONFIRM = "{no} 待核对"
TITLE_DISPATCH = "{no} 待转办"
TITLE_REVIEW = "{no} 待质检"
TITLE_CALL_BACK = "{no} 待回访"
TITLE_REQUEST = "{no} 申请{what}"
TITLE_SUPERVISION_DRAFT = "{no} 督办单草稿"
TITLE_SUPERVISION = "督办单 {number}"
TITLE_DRAFTS = "{no} 督办未落实"

FIELD_NAMES: dict[str, str] = {
    "name": "姓名或单位名称",
    "phone": "联系电话",
    "address": "联系地址",
    "reported_at": "反映时间",
    "kind": "诉求类别",
    "content": "诉求内容",
    "contact": "单位联系人",
}
MISSING = "待补：{missing}。请发送：/补充 {number} {first}：……（也可以先确认、后补充）"
NOTHING_MISSING = "要素齐全，请核对后确认。"
HOW_TO_MEND = "读错的请发送：/改 {number} 项目：新值；不是诉求的：/放弃 {number}"
HOW_TO_CLASSIFY = "还没有办理分类，请点选，或发送：/分类 {number} 复杂"
HOW_TO_ROUTE: dict[str, str] = {
    "范围外": "不属于政务服务范围，请发送：/转交 {number} 单位；告知诉求人后再写：/告知 {number} 方式和内容",
    "未进驻": "业务未进驻大厅，请发送：/函转 {number} 单位 YYYY-MM-DD",
}
HOW_TO_DISPATCH = "转办请点部门，或发送：/转办 {number} 部门[,配合部门] [期限]"

ASKED_BY = "申请单位：{unit}（{part}）"
CLOCK_GOES_ON = "裁定前期限不停。"
HOW_TO_DECIDE: dict[str, str] = {
    "依法办结": "准：请写给诉求人的书面说明，/准 编号 说明。不准：退回重办。",
    "未联系上办结": "准：办结未销号。不准：继续回访。",
    "承诺期限": "准：承诺日期即为办结期限。不准：原期限不变。裁定前期限不停。",
    "方案期限": "准：方案成立，承诺日期即为办结期限。不准：原期限不变，请部门另报方案。裁定前期限不停。",
    "更正": "须由申请人以外的人同意；原内容保留在办理过程中。",
}

NUDGE_ONE = "催办提醒，以下工作单请尽快办理"
NUDGE_MANY = "催办提醒，以下 {count} 件工作单请尽快办理"
NUDGE_HOW = "答复请发送：/答复 {number} 内容"
AND_MORE = "……另有 {count} 件，发送 /我的 查看全部"
AND_MORE_LEDGER = "……另有 {count} 件，发送 /台账 {word} 查看全部"
NUDGE_MANAGER = "以下 {count} 件工作单即将到期，部门还没有报结果："
NUDGE_MANAGER_HOW = "需要再提醒部门的，请发送：/催办 {numbers}"
#: How several matters of one kind are settled with one command.
TOGETHER: dict[Matter, str] = {
    Matter.SUPERVISION: "一起签发督办单请发送：/督办 {numbers}",
    Matter.RELEASE: "一起签发请发送：/签发 {numbers}",
}
OVERDUE_PING = "以下工作单已超过办理期限，尚未收到贵单位的结果，请督促办理。"
HOW_TO_SUPERVISE = "点“督办”即签发督办单；改日期请发送：/督办 {number} YYYY-MM-DD"
SUPERVISION_BASIS = (
    "依据《工作机制（试行）》第九条。逾期仍未按要求办理的，将予以通报，并向同级政府报告、抄送同级纪委监委。"
)
HOW_TO_RELEASE = (
    "督办期满仍未落实。{what}均已拟好（全文另附文件），签发后才会发出。\n"
    "全部签发：/签发 {number}；只签发一项：/签发 {number} {first}；不签发：/暂缓 {number} 理由"
)
DRAFTS_FILE = "待签发的{what}（全文）.docx"
#: What waits for a decision, again: of what, for how long, and how it is settled or whom it waits for.
WAITING_DECISIONS = "有 {count} 项还等着签发或裁定："
WAITED = "已等 {days} 个工作日"
SUPERVISION_WAITS = "督办单草稿待签发"
RELEASE_WAITS = "督办未落实，待签发{what}"
REQUEST_WAITS = "{what}申请待裁定"
HOW_TO_SETTLE: dict[str, str] = {
    "supervision": "请发送：/督办 {number}",
    "release": "请发送：/签发 {number}，或 /暂缓 {number} 理由",
    "request": "请发送：/准 {number} 理由，或 /不准 {number} 理由",
    "telling": "告知后请发送：/告知 {number} 渠道 内容",
}
WAITS_FOR: dict[str, str] = {
    "supervision": "等{whom}签发",
    "release": "等{whom}签发",
    "request": "等{whom}裁定",
    "telling": "等{whom}告知",
}
TELLING_WAITS = "待告知诉求人{about}"
TITLE_UNTOLD = "{no} 待告知诉求人{what}"
HOW_TO_TELL = (
    "请告知诉求人，告知后点“告知”，或发送：/告知 {number} 渠道 内容，例如：/告知 {number} 电话 请到供电营业厅办理"
)
TITLE_MINE = "有 {count} 件等您签发、裁定或告知"
PRESS_TO_DECIDE = "点按钮直接办理；先看内容请发送：/查 编号"
CIRCULAR = (
    "【关于{departments}“有诉即办”诉求办理逾期情况的通报】\n"
    "{no} {title}：{dispatched}转办，期间催办 {nudges} 次，督办时间：{supervised}，督办期满仍未落实。"
    "现予以通报，请立即办理并反馈结果。（依据《工作机制（试行）》第九条）"
)
SEAL = "{no} {title}：{what}已签发，请打印、编号、用印后送出。"
SEALED: dict[EventType, str] = {
    EventType.CIRCULATED: "通报",
    EventType.GOVERNMENT_TOLD: "向同级政府的报告",
    EventType.DISCIPLINE_COPIED: "抄送同级纪委监委的函",
}
COPY = (
    "【抄送同级纪委监委】\n{no} {title}，承办：{departments}，{level}。您可以查看该件的办理过程（已脱敏）：/查 {number}"
)

LINES: dict[EventType, str] = {
    EventType.DECLINE_GRANTED: "{no} {title}：同意退单，贵单位不再承办。",
    EventType.REQUEST_DENIED: "{no} {title}：申请未获同意（{opinion}），原期限 {limit} 不变，请继续办理。",
    EventType.EXTENDED: "{no} {title}：同意延期，新期限 {limit}。",
    EventType.PLANNED: "{no} {title}：{departments}已报送方案，办理结果期限 {limit}。方案答复诉求人后，请窗口或管理机构发送：/告知 {number} 方式和内容",
    EventType.PROMISED: "{no} {title}：{departments}承诺 {limit} 前办结。",
    EventType.REVIEW_FAILED: "{no} {title}：质检不合格（{opinion}），退回重办，第{round}轮。",
    EventType.DISSATISFIED: "{no} {title}：诉求人不满意（{opinion}），退回重办，第{round}轮。",
    EventType.CLOSED: "{no} {title}：{state}。感谢办理。",
    EventType.WITHDRAWN: "{no} {title}：诉求人已撤回，不必再办。",
    EventType.MERGED_INTO: "{no} {title}：已并入 {master} 办理，本单不必再办。",
    EventType.SENT_BACK: "{no} {title}：经研究退回重办（{opinion}），第{round}轮。",
    EventType.REASSIGNED: "{no} {title}：已改由{departments}承办，贵单位不再承办。",
    EventType.ASSISTED: "{no} {title}：{name}已反馈配合意见，发送 /查 {number} 查看。",
    EventType.ASSIST_OVERDUE: "{no} {title}：有配合单位超期未反馈（{departments}），请协调。",
    EventType.SUSPENDED: "{no} {title}：已同意中止计时，恢复前不再催办。",
    EventType.RESUMED: "{no} {title}：恢复计时，新期限 {limit}。",
    EventType.RECALCULATED: "{no} {title}：放假安排调整，期限改为 {limit}。",
    EventType.RETURNED_AGAIN: "{no} {title}：已第 {count} 次退回重办（{departments}），请关注，必要时组织会商。",
    EventType.EXTERNAL_DUE: "{no} {title}：热线要求的期限已到，尚未报送办理结果，当前{state}（{departments}）。",
    EventType.PEER_CLOSED: "{no} {title}：{name}已办结（{what}），本件当前{state}，请跟进。",
    EventType.LEFT: "{no} {title}：诉求人已撤回，为并单的诉求人继续办理，只回访他们。",
    EventType.ABSORBED: "{no} {title}：并入一件相同诉求，请一并办理、分别答复。",
    EventType.URGED: "{no} {title}：诉求人第 {urgings} 次催单，当前{state}（{departments}）。",
}

#: What the department hears once its far date was agreed to; of a date it chose by itself it need not be told.
AGREED: dict[EventType, str] = {
    EventType.PROMISED: "{no} {title}：同意承诺，办理结果期限 {limit}。",
    EventType.PLANNED: "{no} {title}：同意方案，办理结果期限 {limit}。",
}

OWNER_HEAD = "有 {count} 件诉求等您处理："
OWNER_LINES: dict[State, str] = {
    State.DRAFT: "待核对登记，/确认 {number}",
    State.REGISTERED: "待转办，/转办 {number} 部门",
    State.SUBMITTED: "待转办，/转办 {number} 部门",
    State.REVIEW: "待质检，/质检 {number} 通过",
    State.CALL_BACK: "待回访，/回访 {number} 满意",
}

OWNER_DECISION = "{what}待裁定，/准 {number} 理由 或 /不准 {number} 理由"

#: What the review looks for (第十条 质检), by the category of the case; the first list is for all.
CHECKLIST: dict[str, tuple[str, ...]] = {
    "": ("逐条回应诉求", "时间、结果写明", "已告知诉求人", "没有多余的个人信息"),
    "办不了": ("有具体理由", "依据写明名称和条款", "告知了其他途径"),
    "很难办": ("与方案一致", "在承诺日期内"),
    "复杂": ("与方案一致", "各配合单位意见齐全"),
    "不给办": ("写明没有及时办理的原因",),
}
CHECK = "质检要点：{points}"

UNDELIVERED = (
    "⚠ {no} 的{what}没有送到{department}（{code}）。请当面或电话送达，并在该部门群里 @机器人 发送“/绑定 {department}”"
    "或更新人员名册；部门收到后可直接发送：/签收 {number}"
)
MANY = "同时到了 {count} 件{what}，合成一条发给您："
MANY_HOW = "逐件办理请发送 /我的，或 /查 编号 打开卡片。"
NOBODY = "⚠ {no}（{departments}）：没有{audience}可收这一级消息（名册里没有，或本人和代班人都不在）。请更新人员名册或代班安排。"

DIGEST_HEAD = "【{day} 有诉即办每日对账】"
DIGEST_DUE = "在办 {open} 件；今日到期 {due_today} 件，已超期 {overdue} 件。"
DIGEST_REMINDERS = (
    "上一工作日以来应发提醒 {all} 条：已送达 {sent} 条，事情已办、不必再发 {needless} 条，失败 {failed} 条，"
    "待送 {waiting} 条（合并发送的按件计）。"
)
DIGEST_SENT = "连同工作单、卡片等各类消息，共送达 {delivered} 条，失败 {failed_count} 条；此刻待送 {pending} 条。"
DIGEST_FAILED = "- 失败：{no} 的{what}（{code}）"
DIGEST_HOTLINE = "热线期限已过、尚未报送结果的新增 {count} 件：{numbers}。"
DIGEST_UNTOLD = "待告知诉求人的 {count} 件：{numbers}。告知后请发送：/告知 编号 渠道 内容"
DIGEST_GAP = "系统曾停顿约 {minutes} 个办公分钟，期间应做的提醒已补做一次。"
DIGEST_CALENDAR = "{year} 年放假通知尚未导入，跨年期限按“暂定”显示；通知发布后请系统管理员导入，期限会自动重算。"
DIGEST_RECORD = "校验码第 {place} 号（截至 {day}，全库 {cases} 件）：{code}，请留存备查。"
DIGEST_INBOX = "有 {count} 条来消息处理失败，请告诉系统管理员。"

SUMMARY = (
    "【{centre} {month}“有诉即办”情况】\n受理 {received} 件，办结 {finished} 件；到期应办结 {due} 件，其中按期 {due_in_time} 件；"
    "催办 {nudged} 次，督办 {supervised} 次，退回重办 {returned} 件。"
)
SUMMARY_CASES: dict[str, str] = {
    "circulated": "通报 {count} 件：{numbers}。",
    "copied": "抄送贵单位 {count} 件：{numbers}，可发送 /查 编号 查看办理过程（已脱敏）。",
}

NO_LONGER_YOURS = "这件诉求已改由其他部门办理，贵单位无需再办。"
READ_STATES = (("read", "已读"), ("unread", "未读"))
ALARM = "⚠ 通道异常（{code}）：{detail}。在恢复前，消息改走其他通道并排队，不会丢失。"
ALARMS: dict[str, str] = {
    "bot_offline": "⚠ 智能机器人长连接连不上，正在自动重连；群消息排队，急件会改发联络员单聊。请检查服务器能否访问企业微信。",
    "bot_replaced": "⚠ 智能机器人长连接被另一处登录顶下线，群卡片暂停。请确认只有一处在运行，然后重启服务。",
    "853000": "⚠ 智能机器人凭证错误，群卡片暂停。请核对 WECOM_BOT_ID 和 WECOM_BOT_SECRET 后重启服务。",
    "40001": "⚠ 企业微信应用密钥错误，单聊消息暂停。请核对 WECOM_CORP_ID 和 WECOM_SECRET 后重启服务。",
    "invalidClientIdOrSecret": "⚠ 钉钉应用凭证错误，钉钉消息暂停。请核对 DINGTALK_CLIENT_ID 和 DINGTALK_CLIENT_SECRET 后重启服务。",
    "stream_offline": "⚠ 钉钉长连接连不上，正在自动重连；钉钉里的点击和指令暂时收不到，消息照常发出。请检查服务器能否访问钉钉。",
    "card_template": "⚠ 钉钉卡片模板不可用，已改发带链接的消息：点一下等于替本人发一条指令。请核对 DINGTALK_CARD_TEMPLATE_ID 后重启服务。",
    "quota_70": "⚠ 钉钉本月额度已用到 70%：{detail}。可以关注用量，或考虑加购。",
    "quota_90": "⚠ 钉钉本月额度已用到 90%：{detail}。工作单、催办、督办照发。",
    "quota_100": "⚠ 钉钉本月接口额度已用完：工作单和催办发不出去，已排队，加购或到下月后自动补发。急件请当面或电话送达。",
    "quota_inbound": "⚠ 钉钉本月推送额度已用完：钉钉里的点击和指令收不到。请加购，或请各部门改用其他方式答复。",
    "task_ill": "⚠ 系统的一项后台工作出了故障：{detail}。程序自己在不断重试，已收下的诉求不会丢失。请运维查看 /readyz 和日志。",
    "person_left": "⚠ {detail} 已离开本单位（平台通讯录），已从名册停用。请更新名册，指定接手的人；手头的件会提醒下一顺位。",
    "stranger": "⚠ 平台通讯录里找不到 {detail}：可能已离职或账号填错，也可能应用的通讯录权限不够。请核对名册。",
}

STRANGER = "您的账号不在有诉即办人员名册里，暂时不能使用。请联系本中心管理员，把您加入名册。"
UNKNOWN_COMMAND = "没有“{word}”这个指令。{guess}发送 /帮助 查看全部指令。"
GUESS = "您是不是要用：{usage} ？"
NOT_FOUND = "没有找到编号为“{text}”的诉求，或者它不归您办理。发送 /我的 查看您手头的诉求。"
AMBIGUOUS = "有几件诉求都符合，请写全一点：{numbers}"
NUMBER_NEEDED = "请写上编号，写法：{usage}"
ONE_AT_A_TIME = "“{word}”的内容每件不同，一次只办一件；这条写了 {count} 个编号，都没有办。请逐件发送：{usage}"
TOO_MANY_AT_ONCE = "一次最多办 {most} 件，这条写了 {count} 件，都没有办，请分几次发送。"
CONTENDED = "这件诉求刚好有别人也在操作，请再试一次。"
FAILED = "系统处理这条消息时出错，已记录并会自动重试；如果几分钟后仍没有结果，请联系管理员。"
BAD_BUTTON = "这张卡片不是本系统当前发出的，请发送 /我的 查看最新情况。"
BAD_DATE = "日期“{text}”看不懂或不存在，请写成 YYYY-MM-DD，例如 {example}。"
DATE_NEEDED = "没有读到日期，请写上日期，写法：{usage}（周五、下周三、月底、5个工作日内也认）"
DATE_ALONE = "已读到日期 {day}，还缺{what}，请和日期写在一起。"
HEARD_ONLY = "“{text}”只说明收到了，不是办理结果，没有记录。请写办了什么、结果如何，例如：/答复 {number} 已为其办结退休手续，并电话告知本人"
SETTLED_HOW = "“{text}”不是答复内容，没有记录。请写当场怎样答复、怎样解决的，例如：已当场告知所需材料"
PROMPT_STILL = "这一问还开着：请直接回复{what}{mention}，例如：{example}。不办了请回复“取消”。"
PROMPT_WAITS = "（{no} 的{what}还等您回复；不办了请回复“取消”。）"
ONE_TO_ONE = "涉及个人信息，已单独发给您，请查看单聊。"
ONE_TO_ONE_OPINION = "详见单聊"
CANCELLED = "好的，已取消。"
NOTHING_TO_CANCEL = "现在没有等您回答的问题，不用取消。"
#: The words that take in after all what looked like no complaint.
YES = frozenset({"登记", "是", "是的", "是诉求", "要登记", "请登记", "确认登记"})
NO_COMPLAINT = (
    "“{text}”读着像{kind}，没有读到要反映的事，没有登记。"
    "确是诉求的，请在 30 分钟内回复“登记”；不是就不用理会。发送 /我的 查看待办。"
)
PLAIN_WORDS = "同事之间的一句话"
ABOUT_A_CASE = (
    "您说的是 {no}（{state}）：看进度请发送 /查 {number}，补记内容请发送 /补充 {number} 内容。这句话没有另行登记；"
    "确是一件新的诉求，请在 30 分钟内回复“登记”。"
)
HEARD = "这句话像是{kind}，没有记入任何诉求。发送 /我的 查看待办，发送 /帮助 查看指令。"
#: What people send beside words, by the platforms' own names.
MEDIA: dict[str, str] = {
    "image": "图片", "picture": "图片", "photo": "图片", "emotion": "表情图片", "voice": "语音", "audio": "语音",
    "video": "视频", "shortvideo": "视频", "file": "文件", "location": "位置", "link": "链接", "news": "图文",
    "chatRecord": "聊天记录", "chatrecord": "聊天记录", "merged_msg": "聊天记录", "mixed": "图文消息",
    "richText": "图文消息", "miniprogram": "小程序", "weapp": "小程序", "card": "名片", "business_card": "名片",
    "markdown": "排版消息", "interactiveCard": "卡片", "sticker": "表情图片", "unknownMsgType": "这类消息",
}  # fmt: skip
#: What was sent beside words: what became of it, and what to do.
ATTACHED = "{what}已存入 {no}（附件 {numbers}）。"
WHICH_CASE = (
    "收到{what}，还没有归到哪一件。30 分钟内回复“编号 说明”就会存进那一件（例如：{example}）；发送“取消”不要了。"
)
WHICH_CASE_CENTRE = (
    "收到{what}，还没有归到哪一件。30 分钟内回复编号就会存进那一件（例如：{example}）；"
    "要登记新的诉求，请用文字说明情况；发送“取消”不要了。"
)
WITH_THE_ANSWER = "收到{what}，会随您的文字一并提交。请再用文字回复{what_next}{mention}。"
LET_GO = "好的，刚才收到的{count}件没有留下。"
LOST: dict[str, str] = {
    "too_large": "{what}超过 20 MB，没有收下。请压缩后再发，或拆成几个文件；视频请截取要紧的一段。",
    "gone": "{what}没有取到，请重新发送一次。",
    "empty": "{what}是空的，没有收下。",
    "program": "{what}是程序文件，不能作为材料，没有收下。",
}
MATERIALS_HEAD = "{no} 的附件（{count} 件）："
MATERIAL_LINE = "{number}．{kind}《{name}》，{size}，{role} {at} 提交"
MATERIALS_HOW = "发送 /附件 {number} 件号，单独发给您；每次查看都有记录。"
MATERIAL_SENT = "{no} 附件 {number} 见下。"
MATERIAL_BROKEN = "{no} 附件 {number} 打不开了：存放的内容与收到时不符，请告知管理员运行 yousu verify。"
MATERIAL_UNREADABLE = "{no} 附件 {number} 已存好，但没法显示：{why}。"
FILE_UNREADABLE = "《{name}》收到了，没读出文字：{why}。要存进某一件，请回复它的编号；30 分钟内有效。"
SEVERAL_IN_FILE = (
    "《{name}》里有 {count} 件，其中 {known} 件已登记。回复“登记”全部登记（已登记的不会重复）；发送“取消”不登记。"
)
NOT_ATTACHED = "文件里有几件诉求的信息，没有存为附件；原件请窗口自行留存。"
MATERIAL_COUNT = "{count} 件（/附件 {number}）"
SPOKEN = "（以上由语音转写，可能听错，请核对文字和数字。）"
NOT_TAKEN = (
    "您发的{what}这里收不到，没有记入任何诉求。请把要反映或答复的事用文字发来；"
    "需要留存的照片、文件，请交窗口随工作单保存。"
)
LEFT_OUT = "只收了文字；一起发来的{what}这里收不到，没有记入，需要留存的请交窗口随工作单保存。"
HOW_TO_USE = "您好，{name}。发送 /我的 看等您办的，发送 /帮助 看您能用的指令；卡片上的按钮直接点就行。"
ENTER = "您好，{name}。我是有诉即办助手。发送 /我的 查看待办，发送 /帮助 查看指令。"

PROMPT = "{name}，请直接回复 {what}{mention}，例如：{example}。30 分钟内有效，发送“取消”放弃。也可以发送：{usage}"
PROMPT_MENTION = "（在群里请先 @机器人）"
PROMPTS: dict[PromptCode, str] = {
    PromptCode.TELL: "告知方式和内容",
    PromptCode.CONSULT: "会商纪要：参加单位、意见和分工",
    PromptCode.ANSWER: "办理结果",
    PromptCode.PLAN: "承诺日期和方案内容",
    PromptCode.PROMISE: "承诺办结日期",
    PromptCode.CANNOT_DO: "办不了的理由和依据，用分号隔开",
    PromptCode.EXTEND: "新期限和理由",
    PromptCode.DECLINE: "退单理由",
    PromptCode.REVIEW_FAIL: "不合格的理由",
    PromptCode.DENY: "不同意的理由",
    PromptCode.SETTLE: "当场答复的内容",
    PromptCode.SUPPLEMENT: "要补充的内容",
    PromptCode.WITHDRAW: "撤回原因",
    PromptCode.DISPATCH: "承办部门，多个用逗号隔开，第一个牵头",
    PromptCode.SUBMIT: "办理分类：一般、办不了、很难办、不给办、复杂、范围外、未进驻",
    PromptCode.CLASSIFY: "办理分类：一般、办不了、很难办、不给办、复杂、范围外、未进驻",
    PromptCode.HOLD: "暂缓的理由",
    PromptCode.OPINION: "诉求人意见",
    PromptCode.CONTACT: "查看联系方式的用途",
    PromptCode.SUSPEND: "中止理由：待补材料、检验鉴定听证、不可抗力或待上级批复，并写明具体情况",
    PromptCode.VOID: "作废的理由",
    PromptCode.SPLIT: "要拆出的另一件事的内容",
    PromptCode.CONCLUDE: "给诉求人的书面说明",
}

#: An answer that would be taken, for each question.
PROMPT_EXAMPLES: dict[PromptCode, str] = {
    PromptCode.CONSULT: "人社局、医保局参加，同意由人社局牵头，三日内办结",
    PromptCode.TELL: "已电话告知办理情况",
    PromptCode.ANSWER: "已为其办结退休手续，并电话告知本人",
    PromptCode.PLAN: "{day} 先补正材料再核验",
    PromptCode.PROMISE: "{day}",
    PromptCode.CANNOT_DO: "不符合参保条件；《社会保险法》第十六条",
    PromptCode.EXTEND: "{day} 需现场核验",
    PromptCode.DECLINE: "不属于本单位职责，应由住建局办理",
    PromptCode.REVIEW_FAIL: "没有写明办理结果",
    PromptCode.DENY: "理由不充分，请按期办理",
    PromptCode.SETTLE: "已当场告知所需材料",
    PromptCode.SUPPLEMENT: "联系电话：00012345678",
    PromptCode.WITHDRAW: "诉求人已自行办好",
    PromptCode.DISPATCH: "人社局,医保局",
    PromptCode.SUBMIT: "很难办",
    PromptCode.CLASSIFY: "很难办",
    PromptCode.HOLD: "部门已在办理，本周内有结果",
    PromptCode.OPINION: "问题没有解决",
    PromptCode.CONTACT: "核实办理情况",
    PromptCode.SUSPEND: "待诉求人补充缴费凭证",
    PromptCode.VOID: "重复登记",
    PromptCode.SPLIT: "大厅中午没有人值班",
    PromptCode.CONCLUDE: "已书面说明依据和救济途径",
}

REGISTERED = "已收下，编号 {numbers}。请在卡片上核对后确认。"
CONFIRM_TOGETHER = "核对无误的可以一起确认：/确认 {numbers}"
REGISTERED_AWAY = "已收下，编号 {no}。这件诉求涉及您或窗口人员，按回避要求由其他人核对办理，不再发给您。"
REGISTERED_ABOVE = "已收下，编号 {no}。这件诉求涉及本中心人员，按回避要求由{centre}受理。"
REGISTERED_AGAIN = "这件诉求已经登记过：{no}（{state}），没有重复登记。"
REGISTERED_ELSEWHERE = "这件工单已由{centre}登记，没有重复登记。"
URGED = "已记为 {no} 的第 {urgings} 次催单，并告知管理机构。"
RECALL_ORIGINAL = "原文含个人信息，请您在群里撤回刚才那条消息。"
CONFIRMED = "{no} 已登记，等待转办。"
SETTLED = "{no} 已记为当场办结，等待回访（由其他人员进行）。"
SUBMITTED = "{no} 已提交管理机构，分类：{category}。"
CLASSIFIED = "{no} 分类为：{category}。"
DISPATCHED = "{no} 已转办{departments}。{when}"
DISPATCHED_BY = "要求 {day} 前办结。"
DISPATCHED_NOW = "工作单正在送达，送达后开始计算期限。"
DISPATCHED_LATER = "现在是非办公时间，将于 {at} 送达，送达后开始计算期限。"
TRANSFERRED_TOO = "请同时告知并单的诉求人：{merged}。"
TRANSFERRED = "{no} 已转交{body}，已记录告知情况。"
TRANSFERRED_UNTOLD = "{no} 已转交{body}。还要告知诉求人，告知后发送：/告知 {number} 方式和内容"
TOLD = "{no} 已记录：{way}告知诉求人{about}。"
TOLD_NO_WAY = "没有写明渠道（电话、短信、当面、书面……），可再发送：/告知 {number} 渠道 内容"
CONSULTED = "{no} 已记录会商纪要。"
REFERRED = "{no} 已函转{body}，请跟踪并在 {limit} 前记录结果：/答复 {number} 内容\n请把办理渠道告知诉求人，告知后发送：/告知 {number} 方式和内容"
WITHDRAWN = "{no} 已按诉求人意愿撤回。"
SUPPLEMENTED = "{no} {done}已补充。{missing}"
PUT_IN = "填入{names}，"
NOTED = "记为补充说明，"
ALREADY_FILLED = "{names}已有登记，没有改（要改请发送：/更正 {number} {first}：新值 理由），这次的话记为补充说明，"
AMENDED = "{no} 已改：{names}。{missing}"
AMEND_AFTER = "{no} 已确认登记，不能直接改；改动须另一人同意，请发送：/更正 {number} {text} 理由"
ASK_MISSING = "（仍缺：{missing}；可以只回复内容，或写“{first}：内容”）"
STILL_MISSING = "仍缺：{missing}。"
ACCEPTED = "{no} 已签收。{hint}"
ANSWERED = "{no} 已收到答复，等待质检。"
ASSISTED = "{no} 的配合意见已报牵头部门{lead}，由其汇总报送结果。"
PLANNED = "{no} 方案已收到，办理结果期限 {limit}。"
PROMISED = "{no} 已承诺，期限 {limit}。"
PROMISE_ASKED = (
    "{no} 承诺 {day} 超过 {days} 个工作日（最晚 {last}），须管理机构同意，已送管理机构；裁定前按原期限 {limit}。"
)
DECLINE_ASKED = "{no} 退单申请已送管理机构；裁定前期限不停。"
EXTENSION_ASKED = "{no} 延期申请已送{who}，申请延至 {day}；裁定前按原期限 {limit}。"
ASKED_INSTEAD = "原来的{what}申请随之撤回。"
GRANTED_BACK = "{no} 已同意退单，请重新转办：/转办 {number} 部门"
GRANTED: dict[EventType, str] = {
    EventType.DECLINE_GRANTED: "{no} 已同意退单，该部门不再配合。",
    EventType.EXTENDED: "{no} 已延期至 {limit}，请告知诉求人。",
    EventType.SUSPENDED: "{no} 已中止计时，恢复前不再催办。",
    EventType.PROMISED: "{no} 已同意，承诺 {limit} 前办结。",
    EventType.PLANNED: "{no} 已同意方案，办理结果期限 {limit}。方案答复诉求人后，请发送：/告知 {number} 方式和内容",
    EventType.CORRECTED: "{no} 已更正，原内容保留在办理过程中。",
    EventType.CLOSED: "{no} {state}。",
}
DENIED = "{no} 已驳回申请。"
REVIEW_PASSED = "{no} 质检通过，已请窗口回访。"
REVIEW_CLOSED = "{no} 质检通过；{state}。"
REVIEW_FAILED = "{no} 质检不合格，已退回重办（第{round}轮）。"
CALLED_SATISFIED = "{no} 回访{rating}，已清零销号。"
CALLED_UNANSWERED = "{no} 第 {attempt} 次回访未接通，请换个时间再打。"
CALLED_BACK_TO_WORK = "{no} 回访{rating}，已退回重办（第{round}轮）。"
CALLED_BACK_TO_DISPATCH = "{no} 回访{rating}，请管理机构转办（第{round}轮）。"
CALLED_CLOSED = "{no} 回访{rating}，已办结未销号。"
CALLED_FOR_THE_LEAD = "{no} 已记录，{what}待负责人裁定。"
CALLED_MERGED_LEFT = "{no} 已记录；并单的诉求人还要回访：{left}。"
PAUSE_REASONS = "中止只限四种情形：待诉求人补充材料、法定检验鉴定听证、不可抗力、待上级批复。请写明是哪一种。"
SUSPENSION_ASKED = "{no} 中止申请已送管理机构；裁定前期限不停。"
RESUMED = "{no} 已恢复计时，期限 {limit}。"
CORRECTABLE = "可更正的有：{names}，例如：/更正 {number} 电话：00012345678 录入有误"
CORRECTION_ASKED = "{no} 更正申请已记录，须另一位管理人员发送 /准 同意。"
DISCARDED = "{no} 已放弃：不是诉求，不进台账和统计，编号不再使用。"
VOIDED = "{no} 已作废，编号保留。"
MERGED_AWAY = "原由{departments}承办的一件不再单独办理；需要一起办的，请发送：/转办 {number} {together}"
CALLED_MERGED_UNREACHED = "{no} 第 {attempt} 次回访未接通，已记为未联系上，不再等候；{master} 照常办结。"
CALLED_LAST = "{no} 回访{rating}；第一位诉求人已撤回，并单的诉求人均已回访，办结。"
WITHDRAWN_GOES_ON = "{no} 已记录撤回，今后不再联系该诉求人；为并单的诉求人继续办理：{left}。"
WITHDRAWN_FREED = "并单的诉求已恢复单独办理，请分别转办：{freed}。"
MERGED = "已并入 {no}：{merged}。答复时请分别告知每位诉求人。"
SPLIT = "已从 {no} 拆出新的一件：{new}。"
CONCLUDED = "{no} 已依法办结（未销号），请把书面说明送达诉求人。"
#: What the hotline is told, line by line; a line without a value is left out.
HOTLINE_HEAD = "【{source}工单办理{what}】"
HOTLINE_RESULT, HOTLINE_PROGRESS = "结果", "情况"
HOTLINE_LINES: dict[str, str] = {
    "external": "工单编号：{}",
    "no": "本中心编号：{}",
    "departments": "承办单位：{}",
    "outcome": "办理情况：{}",
    "finished": "办结时间：{}",
    "rating": "回访结果：{}",
    "state": "办理状态：{}",
}
HOTLINE_OUTCOMES: dict[State, str] = {
    State.REFERRED: "已函转{body}，跟踪办理，有结果另行反馈",
    State.TRANSFERRED: "不属于政务服务范围，已转交{body}依法依规处理",
    State.WITHDRAWN: "诉求人撤回",
    State.VOID: "登记有误，本件作废",
    State.DISCARDED: "经核对不是诉求，没有登记",
    State.MERGED: "与另一件同一诉求合并办理，并入{master}",
    State.SUBMITTED: "继续办理",
}
NOT_IN_DIRECTORY = "文中提到{bodies}，名录里没有，请确认由哪个部门承办。"
SIMILAR = "可能与以前的诉求重复：{numbers}。确是同一件事请管理机构 /并单。"
ASSIST_HINT = "贵单位为配合单位，请把意见报给牵头部门：/答复 {number} 内容"
ASSIST_DONE = "贵单位的配合意见已报牵头部门，由其汇总报送结果。"
DEPUTY_SET = "好的，{start} 至 {end} 由{deputy}代{person}的班，这期间的消息改发给代班人。"
NO_DEPUTY: dict[str, str] = {
    "unknown": "名册里没有“{name}”，请写全名。",
    "ambiguous": "有几位都叫“{name}”，请联系管理员安排。",
    "elsewhere": "{name}不在贵单位，不能代班；请先请管理员把本单位的代班人加入名册。",
    "circle": "{name}（或其代班人）这几天正请您代班，不能互相代班，请另请一位同事。",
    "self": "不能请自己代班，请写另一位同事的姓名。",
    "period": "请写明起止日期，且结束日期不早于今天：/代班 姓名 起 止",
}
PAPERS = "{no} 可以打印：{names}。例如：/打印 {number} 工作单"
PAPER_SENT = "已生成：{name}。"
MONTH_NEEDED = "请写成 /月报 {month}"
NUDGED = "{no} 已催办。"
SUPERVISED = "{no} 督办单 {number} 已签发，{date} 前落实。"
APPROVED = "{no} 已签发：{what}。"
HELD = "{no} 已暂缓签发，{until} 再提请您。"
REOPENED = "{no} 已重新打开，请转办。"
BOUND = "本群已绑定为“{department}”的工作群，今后该部门的工作单发到这里。"
BIND_IN_GROUP = "请在该部门的群里 @机器人 发送：/绑定 部门"
NO_SUCH_DEPARTMENT = "名册里没有“{text}”。{candidates}"
CANDIDATES = "您是不是指：{names}"
KNOWN_DEPARTMENTS = "现有部门：{names}"
CONTACT_OTHERS = "；原文中的其他号码：{numbers}"
CONTACT = "{no} 诉求人：{name}，电话：{phone}{others}。用途“{purpose}”已记录，请勿转发。"
SEARCH_HOW = "请写上编号、姓名、电话或关键词（至少两个字），例如：/查 7，/查 养老保险"
NOTHING_FOUND = "没有找到含“{text}”的诉求，或者它不归您办理。发送 /我的 查看您手头的诉求。"
FOUND = "含“{text}”的诉求有 {count} 件："
FOUND_HOW = "看其中一件请发送 /查 编号。"
FOUND_MORE = "只列出最近的，还有更多，请写得具体一点；看其中一件请发送 /查 编号。"
NOTHING_WAITING = "您现在没有待办，辛苦了。"
WAITING_HEAD = "等您办理的有 {count} 件："
MINE_MORE = "……另有 {count} 件，办好前面的再发 /我的"
SHOW_DETAIL = "办理过程："
LEDGER_EXPORTED = "台账已生成，共 {count} 件（{form}）。"
LEDGER_OWN = "本部门"
LEDGER_NOTHING = "没有“{text}”这个部门，也没有含这几个字的诉求。写法：{usage}"
NOTHING_COPIED = "目前没有抄送给您的诉求。督办期满仍未落实、由负责人签发抄送后，会单独告诉您，这里也能看到。"
LEDGER_EMPTY = "没有符合条件的诉求。"
HELP_HEAD = "有诉即办指令（编号可只写末几位，如 7 或 1123-7；群里请先 @机器人）："
HELP_MORE = "（{page}/{pages}）下一页：/帮助 {next}"
REVIEW_FAIL_USAGE = "/质检 编号 不合格 理由"
