"""What the hub itself says in a chat, without any chatbot: for people in danger, in a queue, or at a closed counter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from models.conversation import Button
from models.vocabulary import Flag

if TYPE_CHECKING:
    from models.conversation import ChatbotState

FORM: Final = Button(title="填写诉求表单", url="/me/request")
PERSON: Final = Button(title="转人工")
NO_MORE: Final = Button(title="不用了")
BACK: Final = Button(title="回到机器人")
AGAIN: Final = Button(title="重发验证码")
WITHOUT_BOT: Final = (FORM, PERSON)

WELCOME: Final = (
    "您好，这里是{city}12345热线智能机器人。想反映什么事，直接说就可以；也可以问政策、查进度。"
    "紧急情况请直接拨打110、119、120、122。"
)
CONSENT: Final = (
    "继续对话，即表示您同意我们为办理诉求记录对话内容。"
    "姓名、手机号、证件号一律加密保存，给工作人员看的是遮盖后的文字；不留姓名也可以反映。"
)
WELCOME_BUTTONS: Final = (Button(title="我要反映问题"), Button(title="查询进度"), PERSON)

_STARTING: Final = (
    "机器人启动中，一两分钟就好。您说的内容已经记下，请稍后再发一次；着急的话，可以填写诉求表单，或者转人工。"
)
_DOWN: Final = "机器人暂时不可用，您说的内容已经记下。可以填写诉求表单，或者转人工；恢复后也可以在这里接着说。"
_OFF: Final = "智能机器人没有启用。您可以填写诉求表单，或者转人工。"

WAITING: Final = "正在为您转接人工，前面还有{n}位，请稍候。您现在发的内容，人工坐席接入后都能看到。"
NEXT: Final = "正在为您转接人工，您是下一位，请稍候。您现在发的内容，人工坐席接入后都能看到。"
STILL_WAITING: Final = "您已在排队，前面还有{n}位，请稍候。"
NOBODY_THERE: Final = "现在没有人工坐席在线。请留下手机号，我们给您回电；也可以填写诉求表单。"
CALL_BACK: Final = "好的，已经记下，我们将于{by}前给您回电，请保持电话畅通。"
BEING_CALLED: Final = "人工坐席正在给您回电，请注意接听。这次没有接通的，我们会再打给您。"
NO_CALL_BACK: Final = "好的，不回电了。您可以接着说，或者填写诉求表单。"
LEFT_QUEUE: Final = "好的，已退出排队，由机器人继续为您服务。"
GIVEN_BACK: Final = "人工坐席已处理完毕，后面由机器人继续为您服务。需要时可以随时转人工。"
LOOKED_AT: Final = "您说的是紧急情况，人工坐席接入后仍会查看并处理，这个会话先保留着。有危险请直接拨打110、119或120。"
ENDED: Final = "本次会话已结束，感谢您的来访。"
ENDED_IDLE: Final = "您有一段时间没有说话，本次会话先结束了。需要时再来，随时都可以。"
ASK_PHONE: Final = "请输入您的手机号，我们会发一条短信验证码。"
BAD_PHONE: Final = "没有看到完整的手机号，请输入11位手机号，例如138开头的号码；不想留号码，说“不用了”就可以。"
CODE_SENT: Final = "验证码已发送到尾号{tail}的手机，5分钟内有效，请输入6位数字。"
VERIFIED: Final = "手机号验证通过。"
SEE_TO_SAFETY: Final = "如果有人正处在危险中，请不要等候，立即拨打110、119或120。"

# What to do at once; the number to call comes first, so that it is read first.
_SAFETY: Final = {
    Flag.SUICIDE: "我在听，您愿意说出来，这很重要。请您先离开高处或水边，把药和刀具放远一点，叫一位信得过的人陪着您。"
    "心理援助热线12356二十四小时有人，情况紧急请拨打110或120。",
    Flag.THREAT: "听得出您很着急，这件事会有专人处理。请先不要动手，离开现场，把手里的东西放下。有人正处在危险中，请立即拨打110。",
    Flag.VIOLENCE: "请立即拨打110，有人受伤同时拨打120。请先躲到有人的地方，或者把门反锁。",
    Flag.MINOR: "请立即拨打110，孩子受伤或不舒服同时拨打120。孩子的安全最要紧，请先带孩子离开危险的地方。",
    Flag.GAS: "请不要开灯、不要动任何电器开关、不要点火；能关就关掉燃气阀门，打开门窗，所有人走到室外。"
    "到闻不到气味的地方立即拨打119，有人头晕、呕吐请拨打120。",
    Flag.FIRE: "请立即拨打119。人先撤离，不要回去拿东西，不坐电梯；有烟就用湿毛巾捂住口鼻弯腰走，走不出去就关门堵缝，到窗口呼救。",
    Flag.COLLAPSE: "请立即拨打119，有人受伤同时拨打120。"
    "所有人马上退到安全的地方，不要返回；困在电梯里请按紧急呼叫按钮，靠墙站稳，不要扒门。",
    Flag.DROWNING: "请立即拨打119和120。不要手拉手下水，用竹竿、绳子、救生圈往水里递，眼睛盯住人沉下去的位置。",
    Flag.ELECTRIC: "请立即拨打119，有人触电同时拨打120。所有人离开八米以外，高压线二十米以外；不要用手拉触电的人，不要蹚水。",
    Flag.TRAFFIC_INJURY: "请立即拨打122，有人受伤同时拨打120。打开双闪，人退到护栏外，不要随便搬动伤员，流血的用干净布按住。",
    Flag.MEDICAL: "请立即拨打120。没有呼吸的，平放在硬地上按压胸口正中；昏迷的侧卧，不要喂水喂药。请派人到门口接救护车。",
    Flag.FOOD_POISONING: "有人昏迷或呼吸困难，请立即拨打120，其他人也尽快就医。剩下的食物和包装请留着，先不要再吃。",
    Flag.GROUP: "请老人和孩子先离开人多的地方，注意安全。有人推搡、持械或受伤，请立即拨打110、120。",
}
_SAFETY_IN_ENGLISH: Final = {
    Flag.SUICIDE: "I am listening, and it matters that you said so. Please move away from heights, water, pills and knives, and stay with "
    "someone you trust. The crisis line 12356 is open day and night; if it is urgent call 110 or 120 now.",
    Flag.GAS: "Do not touch any switch and light nothing. Open the windows, close the valve if you can, go out and call 119 there; "
    "call 120 if anyone feels sick.",
    Flag.FIRE: "Call 119 now. Leave at once, take no lift, do not go back for things. In smoke stay low with a wet cloth over your mouth.",
    Flag.VIOLENCE: "Call 110 now, and 120 if anyone is hurt. Go where there are people, or lock yourself in.",
    Flag.MINOR: "Call 110 now, and 120 if the child is hurt.",
    Flag.DROWNING: "Call 119 and 120 now. Do not go into the water: reach out with a pole, a rope or anything that floats.",
    Flag.ELECTRIC: "Call 119 now, and 120 if anyone was hurt. Keep eight metres away and do not touch the person by hand.",
    Flag.TRAFFIC_INJURY: "Call 122 now, and 120 if anyone is hurt. Get behind the guardrail and do not move the injured.",
    Flag.MEDICAL: "Call 120 now. If there is no breathing, press hard on the middle of the chest until help comes.",
    Flag.COLLAPSE: "Call 119 now, and 120 if anyone is hurt. Keep everybody away; in a lift press the alarm and wait.",
}
_ENGLISH_NEXT: Final = "A person is being called to this chat. Please tell us exactly where you are."
_PERSON_COMES: Final = "人工坐席马上接入，您发的每一句话他们都看得到，请告诉我们具体在什么地方。"
_NOBODY_YET: Final = "这里现在没有人工坐席在线，请先拨打上面的电话；我们会通知值班人员，请告诉我们具体在什么地方。"
RECORDED: Final = "您说的情况已登记，工单号{number}，查询码{code}，我们同时转告{target}，请不要等我们，先拨打电话。"


def safety(flag: Flag, number: str, *, is_attended: bool, in_english: bool = False) -> str:
    """Return what somebody in danger reads at once; `is_attended` says that an agent is there."""
    if in_english:
        told = _SAFETY_IN_ENGLISH.get(flag, f"Call {number} now.")
        return f"{told} {_ENGLISH_NEXT}\n{safety(flag, number, is_attended=is_attended)}"
    what = _SAFETY.get(flag, f"请立即拨打{number}。")
    return what + (_PERSON_COMES if is_attended else _NOBODY_YET)


def without_bot(state: ChatbotState) -> str:
    """Return what is said in place of the chatbot."""
    if state == "off":
        return _OFF
    return _STARTING if state in {"preparing", "training", "starting"} else _DOWN


def spoken(text: str, buttons: tuple[Button, ...], address: str) -> str:
    """Return what goes out where nothing can be tapped: quick replies are numbered, pages have their whole address."""
    offered = "；".join(
        f"{n} {one.title}{f'（{address}{one.url}）' if one.url else ''}" for n, one in enumerate(buttons, start=1)
    )
    return f"{text}\n可回复数字：{offered}" if offered else text


def queued(ahead: int) -> str:
    """Return how long the queue before somebody is."""
    return WAITING.format(n=ahead) if ahead else NEXT
