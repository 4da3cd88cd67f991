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
*{box-sizing:border-box}
body{font:15px/1.6 "Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;margin:0;background:#f3f5f8;
color:#1d2b3a}
header{background:#0b3d7a;color:#fff;padding:12px 24px;display:flex;flex-wrap:wrap;gap:2px 20px;align-items:baseline}
header h1{font-size:20px;margin:0 auto 0 0}header span{opacity:.85}
main{max-width:1440px;margin:16px auto;padding:0 16px;display:grid;gap:16px;grid-template-columns:repeat(12,1fr)}
main.narrow{max-width:680px}
section{background:#fff;border-radius:10px;padding:14px 18px;grid-column:span 12;min-width:0;
box-shadow:0 1px 2px #1d2b3a14}
h2{font-size:16px;margin:0 0 10px}h2 small{font-weight:400;color:#5b6b7d;margin-left:8px}
.alarm{background:#fff6dc;border-left:4px solid #d39e00;padding:10px 18px}
.error{background:#fdecec;border-left:4px solid #c0262d;padding:10px 18px}
.way{display:grid;grid-auto-flow:column;grid-auto-columns:1fr;gap:18px;list-style:none;margin:0;padding:0}
.way li{position:relative;background:#e9f1fb;border-radius:8px;padding:8px 12px;text-align:center}
.way li+li::before{content:"›";position:absolute;left:-14px;top:50%;transform:translateY(-54%);color:#8796a8;
font-size:22px}
.way b,.card b{display:block;font-size:26px;line-height:1.25;font-variant-numeric:tabular-nums}
.way .off{background:#f3f5f8;color:#8796a8}.way .on{background:#0b3d7a;color:#fff}
.ends{display:flex;flex-wrap:wrap;gap:6px 18px;margin:10px 0 0;color:#5b6b7d}.ends b{color:#1d2b3a}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(104px,1fr));gap:10px}
.card{background:#f3f5f8;border-radius:8px;padding:8px 12px}.card.none b{color:#9aa8b7}.card.bad b{color:#c0262d}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:6px 12px 6px 0;border-bottom:1px solid #e5e9ef;vertical-align:top}
tr:last-child td{border-bottom:0}
th{color:#5b6b7d;font-weight:500;white-space:nowrap}.n{white-space:nowrap;font-variant-numeric:tabular-nums}
.state{border-radius:10px;padding:1px 9px;background:#e9f1fb;white-space:nowrap}.muted{color:#5b6b7d}
p{margin:6px 0}form{display:grid;gap:12px}label{display:grid;gap:4px}fieldset{border:0;padding:0;margin:0;display:flex;
flex-wrap:wrap;gap:4px 18px}fieldset label{display:flex;align-items:center;gap:6px}
input,textarea,select,button{font:inherit;padding:9px 12px;border-radius:8px;border:1px solid #b8c3d0;width:100%}
input[type=radio]{width:auto}button{background:#0b3d7a;color:#fff;border:0;cursor:pointer}
summary{cursor:pointer;padding:4px 0}details[open]{padding-bottom:8px}
dl{display:grid;grid-template-columns:auto 1fr;gap:6px 16px;margin:0}dt{color:#5b6b7d}dd{margin:0}
@media(min-width:900px){.half{grid-column:span 6}}
@media(max-width:700px){main{padding:0 10px;margin:10px auto;gap:10px}header{padding:10px 16px}
section{padding:12px 14px}.way{grid-auto-flow:row;grid-template-columns:repeat(auto-fill,minmax(88px,1fr));gap:8px}.way li{padding:6px}
.way li+li::before{content:""}
.cards{grid-template-columns:repeat(3,1fr)}.wide thead{display:none}.wide tr{display:flex;flex-wrap:wrap;gap:0 10px;
padding:8px 0;border-bottom:1px solid #e5e9ef}.wide td{border:0;padding:1px 0}.wide .all{flex-basis:100%}}
"""


def page(
    title: str, content: str, *, head: str = "", status: int = 200, headers: Mapping[str, str] = SECURITY
) -> web.Response:
    """Return a whole page; `content` and `head` are HTML, `title` is text."""
    text = (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">{head}'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head><body>{content}</body></html>"
    )
    return web.Response(text=text, status=status, content_type="text/html", headers=headers)
