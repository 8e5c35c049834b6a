"""The printed wording of annex 3, the 台账: title, the seventeen columns in order, the three notes.

Source: 平政数〔2022〕51号 附件3. Byte for byte as issued, curly quotes included; other programs read the headers.
"""

from __future__ import annotations

TITLE = "政务服务大厅、便民服务中心“有诉即办”问题工作台账"

HEADERS: tuple[str, ...] = (
    "序号",
    "姓名或单位名称",
    "单位联系人",
    "联系方式",
    "主要诉求",
    "诉求类别",
    "政务服务部门及牵头部门",
    "分办转办时间",
    "要求办理期限",
    "是否催办及时间",
    "是否督办及时间",
    "是否退回重办及时间",
    "实际办结时间",
    "办理情况",
    "回访时间",
    "办理结果满意度",
    "备注",
)

NOTES: tuple[str, ...] = (
    "注：1. “单位联系人”栏仅适用于反映人为单位的情形。",
    "2. 仅涉及多个政务服务部门的需明确牵头部门。",
    "3. “备注”栏标明“是否超期及超期时间”等。",
)
