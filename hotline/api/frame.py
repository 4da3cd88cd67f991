"""What every plain page shares: its frame, its style, and headers that let nothing foreign in."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Mapping

SECURITY: Final = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
# A page for whoever is signed in: its photos are ours, and so that its forms tell where they come from, no other site learns more.
SIGNED_IN: Final = {
    **SECURITY,
    "content-security-policy": f"{SECURITY['content-security-policy']}; img-src 'self'",
    "referrer-policy": "same-origin",
}
STYLE: Final = """
:root{color-scheme:light dark;--paper:#fff;--soft:#f3f5f8;--ink:#1d2b3a;--muted:#566577;--faint:#5d6b7b;--tint:#e9f1fb;--line:#e5e9ef;
--edge:#7f8c9b;--blue:#0b3d7a;--link:#0b3d7a;--bad:#b01f27;--rose:#fdecec;--warm:#fff2cc;--amber:#6b4e00;--mint:#e0f3e7;
--green:#17603a}
@media screen and (prefers-color-scheme:dark){:root{--paper:#1b232d;--soft:#11171e;--ink:#e6ebf1;--muted:#aab7c5;--faint:#9aa8b7;
--tint:#21344e;--line:#303c49;--edge:#75849a;--blue:#1a4f94;--link:#9cc4f5;--bad:#ff9b9b;--rose:#40201f;--warm:#3b3114;--amber:#f2d27a;--mint:#17352a;
--green:#93dfb2}}
a{color:var(--link)}:focus-visible{outline:3px solid #d98a00;outline-offset:2px}
*{box-sizing:border-box}
body{font:15px/1.6 "Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;margin:0;background:var(--soft);
color:var(--ink)}
header{background:var(--blue);color:#fff;padding:12px 24px;display:flex;flex-wrap:wrap;gap:2px 20px;align-items:baseline}
header h1{font-size:1.34em;margin:0 auto 0 0}header a{color:#fff}
main{max-width:1440px;margin:16px auto;padding:0 16px;display:grid;gap:16px;grid-template-columns:repeat(12,1fr)}
main.narrow{max-width:680px}
section{background:var(--paper);border-radius:10px;padding:14px 18px;grid-column:span 12;min-width:0;
box-shadow:0 1px 2px #1d2b3a14}
h2{font-size:1.07em;margin:0 0 10px}h2 small{font-weight:400;color:var(--muted);margin-left:8px}
.alarm{background:var(--warm);border-left:4px solid #d39e00;padding:10px 18px}
.error{background:var(--rose);border-left:4px solid var(--bad);padding:10px 18px}
.way{display:grid;grid-auto-flow:column;grid-auto-columns:1fr;gap:18px;list-style:none;margin:0;padding:0}
.way li{position:relative;background:var(--tint);border-radius:8px;padding:8px 12px;text-align:center}
.way li+li::before{content:"›";position:absolute;left:-14px;top:50%;transform:translateY(-54%);color:var(--faint);
font-size:22px}
.way b,.card b{display:block;font-size:1.74em;line-height:1.25;font-variant-numeric:tabular-nums}
.way .off{background:var(--soft);color:var(--faint)}.way .on{background:var(--blue);color:#fff}
.ends{display:flex;flex-wrap:wrap;gap:6px 18px;margin:10px 0 0;color:var(--muted)}.ends b{color:var(--ink)}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(104px,1fr));gap:10px}
.card{background:var(--soft);border-radius:8px;padding:8px 12px}.card.none b{color:var(--faint)}.card.bad b{color:var(--bad)}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:6px 12px 6px 0;border-bottom:1px solid var(--line);vertical-align:top}
tr:last-child td{border-bottom:0}
th{color:var(--muted);font-weight:500;white-space:nowrap}.n{white-space:nowrap;font-variant-numeric:tabular-nums}
.state{border-radius:10px;padding:1px 9px;background:var(--tint);white-space:nowrap}.muted{color:var(--muted)}
p{margin:6px 0}form{display:grid;gap:12px}label{display:grid;gap:4px}fieldset{border:0;padding:0;margin:0;display:flex;
flex-wrap:wrap;gap:4px 18px}fieldset label{display:flex;align-items:center;gap:6px}
input,textarea,select,button{font:inherit;padding:9px 12px;border-radius:8px;border:1px solid var(--edge);width:100%;
background:var(--paper);color:inherit}::placeholder{color:var(--muted);opacity:1}
input[type=radio],input[type=checkbox]{width:auto}button{background:var(--blue);color:#fff;border:0;cursor:pointer}
summary{cursor:pointer;padding:4px 0}details[open]{padding-bottom:8px}
dl{display:grid;grid-template-columns:auto 1fr;gap:6px 16px;margin:0}dt{color:var(--muted)}dd{margin:0}
@media(min-width:900px){.half{grid-column:span 6}}
@media(max-width:700px){main{padding:0 10px;margin:10px auto;gap:10px}header{padding:10px 16px}
section{padding:12px 14px}.way{grid-auto-flow:row;grid-template-columns:repeat(auto-fill,minmax(88px,1fr));gap:8px}.way li{padding:6px}
.way li+li::before{content:""}
.cards{grid-template-columns:repeat(3,1fr)}.wide thead{display:none}.wide tr{display:flex;flex-wrap:wrap;gap:0 10px;
padding:8px 0;border-bottom:1px solid var(--line)}.wide td{border:0;padding:1px 0}.wide .all{flex-basis:100%}}
"""


def page(
    title: str,
    content: str,
    *,
    head: str = "",
    status: int = 200,
    headers: Mapping[str, str] = SECURITY,
    body_class: str = "",
) -> web.Response:
    """Return a whole page; `content` and `head` are HTML, `title` is text."""
    text = (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style>{head}</head><body{' class=' + body_class if body_class else ''}>{content}</body></html>"
    )
    return web.Response(text=text, status=status, content_type="text/html", headers=headers)
