"""Refusals: what the mechanism does not allow, and the sentence that tells the person what would work.

`REFUSALS` is the one place where these sentences stand; each names a way on.
"""

from __future__ import annotations

REFUSALS: dict[str, str] = {
    "wrong_state": "{no} 现在是“{state}”，不能{verb}。{hint}",
    "not_allowed": "{verb}由{who}办理，您当前的身份不能操作。",
    "other_centre": "{no} 属于{centre}，您不在该中心。",
    "other_department": "{no} 转办给了{departments}，只有其联络员可以{verb}。",
    "closed": "{no} 已办结（{state}），不再接受{verb}。确有新情况，请负责人发送：/重开 {number} 理由",
    "discarded": "{no} 已放弃，不是诉求，不能{verb}。确是诉求的，请重新登记：/登记 文本",
    "stale": "这张卡片已过时：{no} 现在是“{state}”。最新情况见下方卡片。",
    "group_elsewhere": "本群已是{centre}{department}的工作群，只有该中心的管理机构能改绑。如确需改绑，请联系{centre}。",
    "not_yours": "{no} 不归您办理，不能操作。发送 /我的 查看您手头的诉求。",
    "ledger_for_centre": "台账由窗口、管理机构、负责人查看；联络员、分管领导看本部门的，纪检看抄送的。您当前的身份没有台账可看。",
    "category_needed": "{no} 还没有办理分类，请先发送：/分类 {number} 类别（一般、办不了、很难办、不给办、复杂）",
    "cannot_needs_basis": "{no} 的答复说的是办不了，请写明具体理由和依据：/办不了 {number} 理由；依据",
    "settle_needs_basis": "{no} 的答复说的是办不了，请明确告知不能办的原因：/当场办结 {number} 理由，依据《……》第几条；"
    "当场答复不了的，请提交管理机构：/提交 {number} 类别",
    "basis_vague": "依据要写明法律法规、政策文件的名称和条款，不能只写“有关规定”，例如：/办不了 {number} 不符合参保条件；《社会保险法》第十六条",
    "transfer_only_out_of_scope": "{no} 分类为“{category}”，转交只用于“范围外”。确属范围外的，先发送：/分类 {number} 范围外",
    "use_transfer": "{no} 分类为“范围外”，请用：/转交 {number} 单位 告知",
    "use_referral": "{no} 分类为“未进驻”，请用：/函转 {number} 单位 YYYY-MM-DD",
    "department_needed": "请写明承办部门，例如：/转办 {number} 人社局；多个部门用逗号隔开，第一个牵头。",
    "department_unreachable": "{department}还没有绑定群，也没有登记联络员，转办后无人能收到。"
    "请先在该部门群里 @机器人 发送“/绑定 {department}”，或在人员名册里补上联络员。",
    "date_past": "{date} 早于今天，请改为今天或以后的工作日。",
    "date_far": "{date} 太远：日期最晚可写到 {latest}（放假安排逐年公布，再远的期限无法计算）。请改为 {latest} 或更早。",
    "date_out_of_range": "{date} 不在可以使用的日期范围内（{first} 至 {last}），请核对年份后重新填写。",
    "span_too_long": "{what}超出工作日历能计算的范围（{first} 年至 {last} 年，最长 {years} 年），请核对日期或天数后重新填写。",
    "date_rest": "{date} 是休息日（{why}），请改为 {before} 或 {after}。",
    "date_over_limit": "{date} 超过第八条规定的期限（最晚 {limit}），请改为 {limit} 或更早；不写日期则自动按规定期限计算。",
    "date_beyond": "{date} 太远：{what}最晚 {limit}（今天起 {days} 个工作日）。请改为 {limit} 或更早；到时未完成的，再按规定延期或督办。",
    "promise_over_limit": "承诺日期不能晚于 {limit}（管理机构要求的办理期限）。请改为 {limit} 或更早。",
    "date_not_later": "新期限应晚于现在的期限 {due}，请重新填写。",
    "extension_late": "期限 {due} 已过，不能再申请延期；请尽快答复：/答复 {number} 内容",
    "extension_once": "本阶段已经延期过一次，不能再延。请在 {due} 前答复。",
    "extension_too_long": "延长时间不能超过原期限的长度，最晚可延至 {limit}。",
    "request_pending": "{no} 有一项{request}申请（{at}提出）待裁定，请{who}先发送 /准 {number} 或 /不准 {number} 理由，再{verb}。",
    "no_request": "{no} 没有待裁定的申请。",
    "lead_decides": "这项{request}由负责人裁定，请负责人发送：/准 {number} 或 /不准 {number} 理由",
    "second_person": "{no} 的更正须由申请人以外的人同意，请另一位管理人员发送 /准。",
    "not_correctable": "可更正的有：{names}，例如：/更正 {number} 电话：00012345678 录入有误",
    "entry_unknown": "没有读出要改哪一项，请写“项目：新值”，例如：标题：退休手续多次退件。可以改：{names}。",
    "entry_unreadable": "{item}“{value}”看不懂，没有改。{hint}",
    "order_taken": "单号“{external}”已经登记为 {no}，没有改。确是同一件的，请核对后放弃其中一件或请管理机构 /并单。",
    "source_unknown": "来源只能写其中一种：{sources}。",
    "number_too_long": "工单编号有 {length} 个字，最多 {most} 个，请核对。",
    "lead_submits": "{no} 由牵头部门{lead}{verb}；贵单位是配合部门，请把意见报给牵头部门：/答复 {number} 内容",
    "assisted_already": "{name}对 {no} 的配合意见已经收到，有补充请联系牵头部门。",
    "same_departments": "{no} 本来就由{departments}承办，没有变化。",
    "date_alone": "{no} 本来就由{departments}承办。转办以后不能单独改期限：要提前的请 /催办 {number}，"
    "要推后的请承办部门申请 /延期。",
    "reassign_over_limit": "{no} 改派不重新给期限，{date} 晚于现在的期限（最晚 {limit}）。请改为 {limit} 或更早，"
    "或不写日期；确需推后的，请承办部门申请 /延期 {number}。",
    "suspended_already": "{no} 正在中止计时，恢复后再办。",
    "suspended_enough": "{no} 已中止过 {times} 次，不能再中止；请在期限内答复或申请延期。",
    "not_suspended": "{no} 没有中止，期限一直在计算。",
    "cannot_merge": "{no} 不能并入另一件：它已并有别的诉求，或者两个编号相同。",
    "not_merged": "{merged} 没有并入 {no}，请直接回访：/回访 {merged} 满意",
    "merge_dispatch_first": "{no} 已并有别的诉求、还没有转办，而 {other} 已经转办：请先把 {no} 转办同一部门，再并单。",
    "merged_uncalled": "{no} 还有并单的诉求人没有回访：{left}。都回访以后再{verb}。",
    "complainant_left": "{no} 的诉求人已撤回，不再联系；为并单的诉求人继续办理：{left}。",
    "nothing_to_conclude": "{no} 还没有不满意的回访结果，不能依法办结。",
    "decline_late": "收到工作单超过 1 个工作日，不能再退单。确有困难请联系管理机构，或申请延期：/延期 {number} YYYY-MM-DD 理由",
    "decline_once": "贵单位对 {no} 已退单过一次，不能再次退单。",
    "hold_too_long": "{no} 最多暂缓到 {latest}，{date} 太晚。请改为 {latest} 或更早；到期会再提请，可以再次暂缓。",
    "reason_needed": "请写明理由，例如：/{verb} {number} 具体理由",
    "text_needed": "请写明内容，例如：/{verb} {number} 具体内容",
    "basis_needed": "“办不了”必须写明具体理由和依据，用分号隔开，例如：/办不了 {number} 不符合参保条件；《社会保险法》第十六条",
    "wrong_stage_promise": "{no} 不需要填报承诺日期。{hint}",
    "wrong_stage_plan": "{no} 不需要报送方案，请直接答复：/答复 {number} 内容",
    "answerer_calls_back": "{no} 由您办理或答复，回访须由他人进行（第十条）。请其他窗口人员、管理机构或上级中心回访。",
    "not_overdue": "{no} 尚未到期（{due}），不能督办；需要提醒请用：/催办 {number}",
    "nudged_recently": "{no} 在 {at} 刚催办过，10 分钟内不重复催办。",
    "nothing_to_release": "{no} 没有待签发的通报、报告或抄送。督办期满仍未落实后才会形成草稿（第九条）。",
    "already_released": "{no} 的{what}已经签发过。",
    "bad_rating": "满意度请从以下选一项：非常满意、满意、基本满意、不满意、非常不满意、未接通。",
    "opinion_needed": "{rating}请写明诉求人的意见，例如：/回访 {number} {rating} 问题没有解决",
    "too_many_materials": "{no} 已有 {most} 件附件，不能再加；请把其余的合成一个文件，或交窗口随工作单保存。",
    "no_materials": "{no} 没有附件。",
    "no_such_material": "{no} 没有第 {number} 件附件，共 {count} 件。发送 /附件 {short} 看清单。",
    "material_withheld": "{no} 要求保密，诉求人提供的附件不提供给承办单位；需要核对请通过管理机构。",
    "material_masked": "{no} 的附件可能写有诉求人信息，不向您提供；需要核对请通过管理机构。",
    "no_contact": "{no} 没有留下联系方式。",
    "contact_withheld": "{no} 要求保密，联系方式不提供给承办单位；需要联系诉求人请通过管理机构。",
    "guidance_unknown": "没有找到编号为“{text}”的指导案例，或者它还没有发布。发送 /案例 关键词 查找。",
    "guidance_unsolved": "{no} 现在是“{state}”；办结后的诉求才能推荐为指导案例（第十一条）。",
    "guidance_own": "{no} 由您报审，审核和发布须由同级政务服务和大数据管理部门的其他人员进行（第十一条）。",
    "guidance_incomplete": "{no} 还缺：{fields}。请先补上，例如：/案例改 {no} {first}：内容",
    "guidance_untouched": "{no} 的{fields}还是系统草拟的原文，没有人改写过。请先改写，例如：/案例改 {no} {first}：内容；"
    "逐项核对确认无误的，请发送：/{verb} {no} 已核对",
    "guidance_exposes": "{no} 含个人信息，不能保存、报审或发布：{found}。请改写后再试。",
    "guidance_too_long": "{field}有 {length} 字，最多 {most} 字，请精简后再发。",
    "guidance_body": "联合单位“{name}”不像单位名称，请写全称，例如：/发布 编号 人力资源和社会保障局",
    "guidance_field": "请写明要改哪一项，例如：/案例改 {no} 结论意见：内容。可以改：{fields}",
}


class Refused(Exception):
    """The mechanism does not allow this now. `str()` is the Chinese sentence for the person who asked."""

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = facts
        super().__init__(REFUSALS[code].format(**facts))
