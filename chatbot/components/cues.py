"""What is said in so many words, whatever is told with it: a person is wanted, a ticket is added to; or the bot is commanded.

A cue is surer than any reading of the rest, so it must be the wish itself: who tells of delivery riders, of a rude agent on the phone or of a swindler
who played the police wants none of this.
"""

from __future__ import annotations

import re
from typing import Optional

PERSON = re.compile(
    r"(?<!转)(?:转接|转|找|要|接|叫|换|搵|揾|整|喊)(?:个|到|一个|一下|位)?(?:人工(?!智能|费|湖|草|成本)|真人|活人)"
    r"|^(?:请|我要|我想要)?人工(?:客服|服务|坐席|座席)(?!.{0,6}态度)"
    r"|\b(?:human|live) (?:agent|please)\b|\b(?:real|live) (?:human|person)\b|\b(?:to|want|need) (?:an? )?human\b(?! rights)",
    re.I,
)
# Before the wish: it is none.
NOT = re.compile(r"(?:(?<!要)不|别|勿|唔|无)(?:要|用|想|需要?|必|使|愿意?)?(?:再|给我|帮我|老|总)?$|(?:n['’]?t|not|no) $", re.I)
SAID = (
    ("want_report", re.compile(r"^[好行嗯那,，\s]*(?:接着|继续|回到|还是)(?:说|讲|登记|报|反映)?(?:刚才|前面|之前|那件|登记)")),
    ("rate", re.compile(r"(?:给|打|评)(?:个|你们|他们|它)?\s*[1-5一二三四五](?:分|星|颗星)|[五5]星好评|[1-5] stars?\b", re.I)),
    ("ask_progress", re.compile(r"(?:编号|单号|工单号|查询码|回执)[^。？?，,*]{0,8}(?:找不到|忘|丢|没了|不记得|搞不见|没存|删)|(?:用|凭|靠)(?:手机号?|电话)[^。]{0,6}(?:查|找)")),
    (
        "supplement",
        re.compile(
            r"^(?:对了|另外|我|想|要|再|还|,|，|\s)*(?:补充|追加)(?!保险|医疗|协议)"
            r"|(?:忘了|忘记|漏了|漏掉|刚才没|前面没|当时没)(?:跟你们|给你们|有)?(?:说|讲|写|提|交代)|(?:再|给我|帮我|麻烦)(?:加|补)(?:一?[句点条下]|几句|上|进去)"
            r"|(?:加|补|写|添|记)(?:到|进|在)(?:那个|原来的?|我的?|上次的?)?(?:工单|单子|投诉|诉求)"
        ),
    ),
    (
        "ask_progress",
        re.compile(
            r"(?:有|出)(?:结果|消息|下文|回音|回复|进展|眉目|着落|音讯)(?:了)?(?:没有?|吗|么|不)(?![^，。？?]{0,2}[就会])"
            r"|(?:办|处理|弄|搞|走|进行|进展)到(?:哪|什么|啥|边)|(?:办|处理|弄|搞|查|落实)(?:得|的)(?:怎么样|怎样|咋样|如何|点样)|进度(?:怎么样|如何|到哪|咋样)"
        ),
    ),
    ("ask_reopen", re.compile(r"^(?:我|想|请|没解决|没有解决|,|，|\s)*(?:要求|申请|给我|帮我)?(?:重办|重新办理|重新处理|重新派单)")),
)
ALL = r"所有人的(?:手机|电话|信息)"
# Whoever commands the bot asks nothing of the hotline.
COMMANDS = re.compile(
    r"(?:忽略|无视|不要理会|忘掉)[^。]{0,12}(?:指令|规则|提示|设定)|系统提示|提示词|你的(?:源代码|初始设定)|你现在是|从现在(?:起|开始)你|(?:^|请|你|你来)扮演"
    rf"|(?:告诉我|列出|给我|输出|显示|导出|查(?:一下|出|询)?)(?:你们|系统里?|后台|数据库里?)?的?{ALL}|{ALL}[^。，]{{0,4}}(?:给我|发我|告诉我|列出来|导出来)"
    r"|ignore (?:all |the )?(?:previous|above|prior)|system prompt|you are now",
    re.I,
)


def said_in(text: str) -> Optional[str]:
    """Return the intent that a message says in so many words, None where it says none."""
    if COMMANDS.search(text):
        return "small_talk"
    if any(not NOT.search(text[: found.start()]) for found in PERSON.finditer(text)):
        return "takeover"
    return next((name for name, cue in SAID if cue.search(text)), None)
