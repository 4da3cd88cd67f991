"""/me/chat: where a citizen talks with the hotline's chatbot or an agent; without a script it leads to the form."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Final

from aiohttp import web

from hotline import chat_words
from hotline.api.chats import LONGEST_MESSAGE
from hotline.api.citizen_view import CHAT, REQUEST, citizen_page
from hotline.keys import HUB

TITLE: Final = "在线对话"
_SCRIPT: Final = (Path(__file__).parent / "chat.js").read_text(encoding="utf-8")


async def show(request: web.Request) -> web.Response:
    """GET /me/chat."""
    welcome = escape(chat_words.WELCOME.format(city=request.app[HUB].city.name))
    buttons = "|".join(button.title for button in chat_words.WELCOME_BUTTONS)
    content = f"""<noscript><section class="alarm"><h2>请用表单反映</h2><p>在线对话要在能运行脚本的浏览器里使用。
您可以<a class="target" href="{REQUEST}">填写诉求表单</a>，或者拨打12345。</p></section></noscript>
<section class="chat" data-chat data-welcome="{welcome}" data-replies="{escape(buttons)}" hidden>
<h2>{TITLE} <small role="status" data-stand></small></h2>
<div class="talk" role="log" aria-live="polite" aria-label="对话内容" tabindex="0" data-talk></div>
<p class="hint typing" role="status" data-status></p>
<div class="replies" role="group" aria-label="快捷回复" data-quick></div>
<form data-say><label for="say">您想说什么</label><p class="hint" id="say-hint">按回车发送，按 Shift 加回车换行。</p>
<textarea id="say" rows="2" maxlength="{LONGEST_MESSAGE}" aria-describedby="say-hint"
enterkeyhint="send" autocomplete="off" required></textarea>
<button>发送</button></form>
<p class="row"><button class="plain" type="button" data-person>转人工</button>
<button class="plain" type="button" data-end hidden>结束会话</button>
<button class="plain" type="button" data-anew hidden>重新开始</button></p>
<p class="hint">{chat_words.CONSENT}</p></section>"""
    return citizen_page(request, TITLE, content, head=f'<script type="module" src="{CHAT}.js"></script>')


async def script(request: web.Request) -> web.Response:
    """GET /me/chat.js."""
    headers = {"x-content-type-options": "nosniff", "cache-control": "no-cache"}
    return web.Response(text=_SCRIPT, content_type="text/javascript", headers=headers)
