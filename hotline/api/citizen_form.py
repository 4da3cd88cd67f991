"""What the form of /me/request and its receipt look like."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from hotline.api.citizen_view import MOST_PHOTOS, PHOTOS, REQUEST
from hotline.notice import due_day
from hotline.request import LONGEST_TEXT

if TYPE_CHECKING:
    from hotline.receipt import HandoffTold, TicketReceipt

LABELS: Final = {
    "text": "发生了什么事",
    "address": "在什么地方",
    "photo": "照片",
    "name": "姓名",
    "phone": "联系电话",
}


def form(given: dict[str, str], token: str, faults: dict[str, str]) -> str:
    """Return the form with what was typed before, its faults on top and beside their fields."""
    kept = [one for one in given.get("kept", "").split(",") if one]
    photos = f'<p class="hint">已上传{len(kept)}张照片，不必重选。</p>' if kept else ""
    is_anonymous = given.get("identity") == "anonymous"
    wants = not given or "want_reply" in given
    hidden = {"form": token, "kept": ",".join(kept), "lat": given.get("lat", "")[:30], "lon": given.get("lon", "")[:30]}
    carried = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in hidden.items())
    text = f'rows="8" required maxlength="{LONGEST_TEXT}"{_marks("text", faults, is_hinted=True)}'
    return f"""{_summary(faults)}<section><form method="post" action="{REQUEST}" enctype="multipart/form-data" data-draft>{carried}
<label for="text">{LABELS["text"]}</label><p class="hint" id="text-hint">时间、经过、希望怎样解决，用自己的话写就可以。</p>
<textarea id="text" name="text" {text}>{escape(given.get("text", ""))}</textarea>{_fault("text", faults)}
{_field("address", given, faults, 'maxlength="300" autocomplete="street-address"', "路名门牌、小区、路口或附近的单位。")}
<div class="map" data-map hidden></div>
{PHOTOS.format(id="photo", most=MOST_PHOTOS, more=_marks("photo", faults))}{photos}{_fault("photo", faults)}
<fieldset><legend>您的身份</legend>{_choice("radio", "identity", "named", "实名", is_on=not is_anonymous)}
{_choice("radio", "identity", "anonymous", "匿名（不记录姓名，承办单位看不到您的电话）", is_on=is_anonymous)}</fieldset>
{_field("name", given, faults, 'maxlength="64" autocomplete="name"', "")}
{_field("phone", given, faults, 'type="tel" maxlength="32" autocomplete="tel"', "留下电话，可以收到短信告知和回访。")}
<fieldset><legend>办理要求</legend>
{_choice("checkbox", "confidential", "yes", "为我保密（举报、投诉单位或个人时）", is_on="confidential" in given)}
{_choice("checkbox", "want_reply", "yes", "需要答复", is_on=wants)}</fieldset>
<button>提交</button></form></section>"""


def receipt_of(receipt: TicketReceipt, link: str, address: str) -> str:
    """Return the receipt: in an emergency whom to call at once comes first; `address` is the link in full, to write down."""
    lead = receipt.lead.name if receipt.lead else "待确定"
    incident = receipt.incident or None
    common = (
        f'<section class="alarm"><h2>{escape(incident.title)}</h2><p class="told">{escape(incident.answer)}</p></section>'
        if incident and incident.answer
        else ""
    )
    promised = due_day(receipt.promised_at, is_provisional=receipt.is_provisional)
    rows = {
        "工单号": f'<dd class="big">{receipt.number}</dd>',
        "查询码": f'<dd class="big">{receipt.query_code}</dd>',
        "承诺答复": f"<dd>{promised}前</dd>",
        "主办单位": f"<dd>{escape(lead)}</dd>",
    }
    shown = "".join(f"<dt>{name}</dt>{value}" for name, value in rows.items())
    return f"""{_emergency(receipt.handoff) if receipt.handoff else ""}{common}
<section class="done" role="status" data-received><h2>已登记</h2><dl>{shown}</dl></section>
<section><h2>请保存</h2><p>用工单号和查询码，或下面的链接，可以随时查询、补充和评价。知道查询码的人都能查看，请勿转给他人。</p>
<p class="keep"><a class="target" href="{escape(link)}">{escape(address)}</a></p>
<button class="plain" type="button" data-print hidden>打印回执</button></section>"""


def _emergency(told: HandoffTold) -> str:
    also = "、".join(f'<a href="tel:{number}">{number}</a>' for number in told.also)
    beside = f"<p>同时可拨打 {also}。</p>" if also else ""
    return f"""<section class="error" role="alert"><h2>请立即拨打</h2><a class="call" href="tel:{told.number}">{told.number}</a>
<p class="told"><b>{escape(told.script)}</b></p>{beside}<p>我们也会转告 {told.number}，请不要等候。</p></section>"""


def _summary(faults: dict[str, str]) -> str:
    """Return the list of what has to be mended, each leading to its field."""
    if not faults:
        return ""
    lines = "".join(
        f'<li><a class="target" href="#{name}">{LABELS[name]}：{escape(words)}</a></li>'
        if name
        else f"<li>{escape(words)}</li>"
        for name, words in faults.items()
    )
    return (
        f'<section class="error" role="alert" id="faults" tabindex="-1"><h2>还没有提交</h2><ul>{lines}</ul></section>'
    )


def _field(name: str, given: dict[str, str], faults: dict[str, str], more: str, hint: str) -> str:
    """Return a field that may be left empty, with its label, its hint and what is wrong with it."""
    shown = f'<p class="hint" id="{name}-hint">{hint}</p>' if hint else ""
    marks = _marks(name, faults, is_hinted=bool(hint))
    return (
        f'<label for="{name}">{LABELS[name]}（可选）</label>{shown}'
        f'<input id="{name}" name="{name}" value="{escape(given.get(name, ""))}" {more}{marks}>{_fault(name, faults)}'
    )


def _marks(name: str, faults: dict[str, str], *, is_hinted: bool = False) -> str:
    """Return by which words a field is described, and that it is wrong where it is."""
    ids = [f"{name}-hint"] * is_hinted + [f"{name}-fault"] * (name in faults)
    wrong = ' aria-invalid="true"' if name in faults else ""
    return (f' aria-describedby="{" ".join(ids)}"' if ids else "") + wrong


def _fault(name: str, faults: dict[str, str]) -> str:
    return f'<p class="fault" id="{name}-fault">{escape(faults[name])}</p>' if name in faults else ""


def _choice(kind: str, name: str, value: str, words: str, *, is_on: bool) -> str:
    checked = " checked" if is_on else ""
    return f'<label class="choice"><input type="{kind}" name="{name}" value="{value}"{checked}>{words}</label>'
