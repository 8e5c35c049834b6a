"""The vocabulary of labels seen on hotline orders, window forms and their copies, and which field each one names.

Sources: the 18-column export of a district platform, the Shanghai table, a two-level district system, the work sheet
of annex 2 (R62) and the ledger of annex 3 (R64). The position in a row is the rank: an earlier synonym is the better
witness for the same field. `ignored` labels only end the value before them.
"""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


LABELS: dict[str, tuple[str, ...]] = {
    "external_no": _words(
        "工单编号 工单号 工单号码 热线工单编号 热线工单号 工单流水号 办件编号 办件号 诉求编号 受理编号 "
        "受理单号 留言编号 来信编号 信访编号 热线编号 案件编号 事件编号 转办单号 转办编号 交办单号 登记编号 信件编号 流水号 流水单号 "
        "业务流水号 单号 编号 external_no"
    ),
    "original_no": _words("原工单编号 原工单号 原工单 原单号 关联工单 关联工单号 关联编号 前次工单 首次工单编号"),
    "other_no": _words(
        "市级编号 省级编号 区级编号 县级编号 平台编号 上级编号 市编号 市级工单号 市级工单编号 省平台编号"
    ),
    "reported_at": _words(
        "reported_at 来电时间 留言时间 写信时间 收信时间 发信时间 发送时间 发件时间 诉求反映时间 反映时间 诉求时间 投诉时间 来访时间 来信时间 举报时间 "
        "咨询时间 接听时间 反映日期 来电日期 诉求日期 受理时间 受理日期 登记时间 登记日期 创建时间 "
        "工单生成时间 生成时间 提交时间 建单时间 接收时间 时间 日期 接单时间 市派单时间 派发时间 "
        "派单时间 区派单时间 转办时间 转交时间 交办时间 下派时间"
    ),
    "name": _words(
        "诉求人姓名 来电人姓名 反映人姓名 投诉人姓名 市民姓名 群众姓名 客户姓名 联系人姓名 当事人姓名 诉求人 "
        "来电人 反映人 投诉人 举报人 求助人 咨询人 建议人 来访人 来信人 写信人 留言人 发信人 申请人 当事人 姓名或单位名称 "
        "诉求人名称 诉求人(单位) 姓名 市民 客户 来电主体 联系人 称呼 name caller"
    ),
    "unit_name": _words(
        "企业名称 单位名称 公司名称 诉求单位 反映单位 反映企业 诉求企业 来电企业 来访企业 投诉企业 企业来电 "
        "企业来访 企业全称 单位全称 企业 公司 单位"
    ),
    "contact": _words("单位联系人 企业联系人 公司联系人 contact"),
    "phone": _words(
        "联系电话 诉求人电话 诉求人联系电话 诉求人联系方式 市民电话 反映人电话 投诉人电话 联系手机 手机号码 "
        "手机号 手机 移动电话 联系方式 联系号码 电话号码 电话 单位电话 企业电话 座机 固定电话 固话 来电号码 "
        "来电电话 主叫号码 来电显示 tel phone mobile"
    ),
    "address": _words(
        "联系地址 家庭住址 家庭地址 现住址 居住地址 住址 单位地址 企业地址 经营地址 详细地址 诉求人地址 "
        "通讯地址 地址 发生地址 事发地址 诉求地址 问题地址 事发地点 发生地点 诉求地点 地点 所在地 address"
    ),
    "kind": _words(
        "诉求类型 诉求性质 诉求类别 诉求反映类别 反映类别 反映类型 工单类型 工单类别 信件类型 来电类型 "
        "事项类型 业务类型 办件类型 类型 类别 性质 kind"
    ),
    "category": _words("办理分类 办理类别 研判分类 分类"),
    "content": _words(
        "诉求内容 反映内容 诉求主要内容 主要内容 工单内容 来电内容 投诉内容 举报内容 咨询内容 求助内容 "
        "建议内容 留言内容 来信内容 信件内容 邮件内容 正文 具体情况描述 情况描述 具体描述 内容描述 问题描述 诉求描述 事件描述 具体内容 详细内容 诉求详情 反映事项 诉求事项 反映问题 "
        "反映情况 主要诉求 具体问题 情况说明 内容 诉求 详情 问题 反映 情况 事由 content "
        "issue complaint problem description details"
    ),
    "wish": _words("希望 诉求目的 诉求要求 期望 期望结果 要求 具体要求"),
    "handling": _words(
        "处理意见 处理要求 拟办意见 办理意见 转办意见 交办意见 处置意见 处置要求 转办要求 办理要求 "
        "领导批示 批示 批示意见"
    ),
    "title": _words("诉求标题 工单标题 留言标题 来信标题 来信主题 信件标题 信件主题 邮件主题 诉求主题 标题 主题 title"),
    "department": _words(
        "承办单位 承办部门 主办单位 主办部门 责任部门 责任单位 办理单位 办理部门 政务服务责任部门及牵头部门 "
        "政务服务责任部门 政务服务部门及牵头部门 政务服务部门 牵头部门 牵头单位 协办单位 协办部门 涉及部门 "
        "涉及单位 被反映单位 被投诉单位 拟办部门"
    ),
    "limit": _words(
        "承诺完成时间 截止时间 市截止时间 办理时限 完成时限 办结时限 处置时限 回复时限 反馈时限 要求办理期限 "
        "办理期限 要求完成时间 完成期限 办结期限 到期时间 回复期限 反馈期限 时限 期限 external_deadline"
    ),
    "source": _words(
        "办件来源 诉求来源 工单来源 来源 受理渠道 诉求渠道 反映渠道 来电渠道 渠道 转办单位 转办来源 交办单位 "
        "来件单位 source"
    ),
    "anonymous": _words("是否匿名 匿名"),
    "confidential": _words("是否保密 信息保密 是否信息保密 保密"),
    "reply": _words("是否回复 是否需要回复 是否需回复 是否回访 需要回复"),
    "remark": _words("备注 备注信息"),
    "published": _words(
        "回复内容 答复内容 办理回复 官方回复 部门回复 单位回复 回复情况 答复意见 回复意见 公开回复 办理答复 回复正文"
    ),
    "staff": _words(
        "经办人 派单员 派发人 坐席 坐席员 受理人 受理员 登记人 接线员 话务员 记录人 工作单联系人 工单联系人 承办人 "
        "联络员 值班员 审核人 接待人 填表人 转办人 签发人 发件人 转发人 工号 坐席工号 窗口联系人"
    ),
    "ignored": _words(
        "回复单位 答复单位 回复部门 答复部门 回复时间 答复时间 处理状态 办理状态 处理时间 办理时间 收件人 "
        "抄送 抄送人 "
        "序号 性别 年龄 身份证号 身份证号码 身份证 证件号码 证件号 统一社会信用代码 信用代码 紧急程度 "
        "紧急级别 工单等级 办理科室 处理结果 办理结果 处理描述 事项大类 事项小类 一级分类 二级分类 三级分类 "
        "四级分类 问题分类 办件状态 工单状态 状态 预警状态 标签 用户评价 满意度 回访 回访时间 诉求区域 区域 "
        "社区 客户类型 服务类型 通话编号 录音编号 邮编 邮箱 电子邮箱 预约号 预约编号 受理号 金额 附件 图片 "
        "特殊人群 不稳定因素 强制派单 流程 派单类型 剩余时间 完成时间 办结时间 服务对象 民族 职业 业务编号 "
        "订单号 合同号 车牌号 账号 卡号 银行卡号 开户行 "
        "法定代表人 法人代表 法人"
    ),
}
"""field -> synonyms, best witness first."""

KIND_PREFIXES: dict[str, str] = {
    "投诉": "投诉",
    "匿名投诉": "投诉",
    "举报": "举报",
    "匿名举报": "举报",
    "实名举报": "举报",
    "实名投诉": "投诉",
    "咨询": "咨询",
    "疑问": "咨询",
    "建议": "建议",
    "意见": "意见",
    "求助": "求助",
    "表扬": "表扬",
    "感谢": "表扬",
}
"""A line that opens with one of these and a colon names its own kind (R02), and the rest is the content."""

NOT_A_CALLER = (
    "被",
    "窗口",
    "服务",
    "咨询",
    "办公",
    "投诉",
    "监督",
    "客服",
    "大厅",
    "部门",
    "对方",
    "物业",
    "举报",
    "监管",
)
"""Glued before a label they make it somebody else's: 窗口电话, 被投诉人."""

FIELD_OF: dict[str, tuple[str, int]] = {
    label: (field, rank) for field, labels in LABELS.items() for rank, label in enumerate(labels)
} | dict.fromkeys(KIND_PREFIXES, ("kind_prefix", 0))
"""label -> (field, rank)."""

LONGEST_LABEL = max(map(len, FIELD_OF))

EXPORT_COLUMNS: tuple[str, ...] = (
    "ignored", "external_no", "source", "other_no", "title", "content", "department", "ignored", "name", "phone",
    "ignored", "ignored", "ignored", "reported_at", "limit", "ignored", "staff", "ignored",
)  # fmt: skip
"""The 18 columns of the district platform's export: 序号, 办件编号, 办件来源, 市级编号, 诉求主题, 诉求内容,
办理单位, 办理科室, 诉求人, 诉求人电话, 处理结果, 事项大类, 事项小类, 派发时间, 承诺完成时间,
办件状态, 派单员, 预警状态."""
