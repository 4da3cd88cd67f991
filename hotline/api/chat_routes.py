"""The URLs of the chat (机器人会话): the citizen's, by the token of the conversation, and the seat's."""

from __future__ import annotations

from typing import Final

from hotline.api import channels, chat_actions, chat_stream, chats, openapi, seat_chat, utterances
from hotline.api.url import HOTLINE, MOMENT, ON_LINE, PAGE, SYSTEM, Endpoint, get, post
from hotline.giving import AGENTS
from models.vocabulary import Role

ID: Final = {"id": "^[0-9]{1,18}$"}
# Who makes the chatbot better by what it did not understand.
TEACHERS: Final = frozenset({Role.KNOWLEDGE, Role.QUALITY, Role.SUPERVISOR})
AFTER: Final = {"type": "integer", "minimum": 0, "maximum": 2**31 - 1}

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    post("/api/v1/chats", chats.begin, "开始一个机器人会话", answers=(201,), answer=chats.ChatBegun, problems=(429,)),
    post("/api/v1/chats/{id}/messages", chats.say, "诉求人说一句，答以此后的各句", body=chats.ChatMessage, answer=chats.ChatTurns,
         problems=(401, 409, 429), patterns=ID),
    get("/api/v1/chats/{id}/turns", chats.turns, "会话中某句之后的各句", answer=chats.ChatTurns, problems=(401,), patterns=ID,
        query={"after": AFTER}),
    get("/api/v1/chats/{id}/stream", chat_stream.listen, "会话有新内容即告知（WebSocket，可续传）", media_type=openapi.WEBSOCKET,
        patterns=ID, query={"after": AFTER}),
    post("/api/v1/chats/{id}/end", chats.end, "诉求人结束会话", answer=chats.ChatTurns, problems=(401,), patterns=ID),
    post("/api/v1/chats/{id}/phone", chats.send_code, "向手机发送验证码", body=chats.ChatPhone, answer=chats.ChatTurns,
         problems=(401, 429), patterns=ID),
    post("/api/v1/chats/{id}/phone/verify", chats.check_code, "核对验证码；可接上同一手机先前的会话", body=chats.ChatCode,
         answer=chats.ChatVerified, problems=(401, 429), patterns=ID),
    get("/api/v1/chats/{id}/tickets", chats.tickets, "已验证手机号的诉求", answer=chats.OwnTickets, problems=(401, 403), patterns=ID),
    post("/api/v1/channels/sms/messages", channels.short_message, "短信网关送入诉求人的短信", roles=ON_LINE, body=channels.ShortMessage,
         answer=channels.ShortMessageTaken, problems=(429,)),
    # WeChat's own protocol, described by WeChat.
    get("/wechat", channels.wechat_echo, "微信公众号验证地址", media_type="text/html"),
    post("/wechat", channels.wechat_message, "微信公众号送入消息", media_type="text/html", answers=(200, 401, 404, 413, 422, 429, 503)),
    get("/api/v1/chats/figures", utterances.figures, "会话指标：完成率、机器人自办率、转人工率等", roles=HOTLINE | SYSTEM,
        answer=utterances.ChatFigures, query={"since": MOMENT, "until": MOMENT}, is_far=True),
    get("/api/v1/chats/utterances", utterances.listed, "机器人没听懂、答不上的话，待复核", roles=TEACHERS,
        answer=utterances.UtteranceLines, problems=(404,), query=PAGE),
    post("/api/v1/chats/utterances/{utterance}/review", utterances.review, "复核一句：作为样例，或不采用", roles=TEACHERS,
         body=utterances.UtteranceReview, answer=utterances.UtteranceReviewed, patterns={"utterance": utterances.UTTERANCE}),
    get("/api/v1/chats/examples", utterances.examples, "由复核产生的训练样例", roles=TEACHERS | SYSTEM,
        answer=utterances.UtteranceExamples, problems=(404,), query=PAGE),
    post("/api/v1/chat/actions", chat_actions.act, "机器人请中枢办一步（Rasa 的动作接口，只供本机）", body=chat_actions.ChatAction,
         answer=chat_actions.ChatActed, problems=(401, 404)),
    get("/api/v1/interactions/{id}/chat", seat_chat.show, "坐席所接会话的全部内容（已脱敏）", roles=AGENTS, answer=seat_chat.SeatChat,
        patterns=ID, query={"after": AFTER}),
    post("/api/v1/interactions/{id}/chat", seat_chat.say, "坐席在会话中回复诉求人", roles=AGENTS, body=seat_chat.SeatWords,
         answer=seat_chat.SeatChat, problems=(409,), patterns=ID),
    post("/api/v1/interactions/{id}/chat/give_back", seat_chat.give_back, "坐席把会话转回机器人", roles=AGENTS,
         answer=seat_chat.SeatChat, problems=(409,), patterns=ID),
)  # fmt: skip
