"""The URLs of the lines: the register of telephone numbers, sub-centres' feeds, numbers in other systems."""

from __future__ import annotations

from typing import Final

from hotline import announcement
from hotline.api import external_ids, feeds, lines
from hotline.api.auth import INTAKE
from hotline.api.url import HOTLINE, INTEGRATION, MOMENT, ON_LINE, PAGE, SYSTEM, TEXT, Endpoint, get, post
from hotline.reconciliation import DayList
from hotline.request import OutsideRecord
from models.lifecycle import DESK
from models.vocabulary import Role

# Who keeps the public register.
REGISTRARS: Final = SYSTEM | {Role.SUPERVISOR}

LINES: Final = (
    get("/api/v1/lines", lines.listed, "公开电话台账", answer=lines.LineRegister,
        query={"integration": INTEGRATION, "q": TEXT, **PAGE}),
    get("/api/v1/lines/announcements", lines.announced, "公开电话台账的变更公告", answer=lines.LineAnnouncements, query=PAGE),
    post("/api/v1/lines/announcements", lines.plan, "预告号码变更（注明何时起）", roles=REGISTRARS, body=announcement.PlannedChange,
         answers=(201,), answer=lines.LineAnnouncement, problems=(404, 409)),
    post("/api/v1/lines/announcements/{announcement}/steps", lines.move, "取消一条预告", roles=REGISTRARS,
         body=announcement.AnnouncementStep, answer=lines.LineAnnouncement, problems=(409,),
         patterns={"announcement": "^[0-9]{1,18}$"}),
    get("/api/v1/lines/figures", lines.figures, "来话数量：按拨打的号码、按接听的席组，溢出、转接、转介", roles=HOTLINE | SYSTEM,
        answer=lines.CallsByLine, query={"since": MOMENT, "until": MOMENT}, is_far=True),
    get("/api/v1/lines/{line}", lines.one, "公开电话台账中的一个号码", answer=lines.RegisteredLine),
)  # fmt: skip
EXTERNAL_IDS: Final = (
    get("/api/v1/lines/{line}/unnumbered", external_ids.unnumbered, "尚未收到对方编号的工单", roles=HOTLINE | INTAKE,
        answer=external_ids.UnnumberedTickets, query={"since": MOMENT, **PAGE}),
    post("/api/v1/tickets/{number}/external-ids", external_ids.give, "登记工单在其他系统的编号", roles=INTAKE | DESK,
         body=OutsideRecord, answer=external_ids.ExternalIdsOfTicket, problems=(409,)),
    Endpoint(method="DELETE", path="/api/v1/tickets/{number}/external-ids/{system}/{external_id}",
             handler=external_ids.take_away, summary="删去抄错的外部编号", roles=DESK, answer=external_ids.ExternalIdsOfTicket,
             patterns={"external_id": "^[A-Za-z0-9][A-Za-z0-9_.-]{1,63}$"}),
)  # fmt: skip
FEEDS: Final = (
    Endpoint(method="PUT", path="/api/v1/feeds/{line}/{external_id}", handler=feeds.put_record,
             summary="分中心镜像记录", roles=ON_LINE, body=feeds.FeedRecord, answer=feeds.FeedKept),
    get("/api/v1/feeds/{line}/reconciliations", feeds.listed, "分中心各日对账情况", roles=HOTLINE | ON_LINE,
        answer=feeds.ReconciledDays, query=PAGE),
    Endpoint(method="PUT", path="/api/v1/feeds/{line}/reconciliations/{date}", handler=feeds.put_list,
             summary="分中心报送一日的对账清单", roles=ON_LINE, body=DayList, answer=feeds.Reconciliation,
             patterns={"date": feeds.DATE}),
    get("/api/v1/feeds/{line}/reconciliations/{date}", feeds.one, "分中心一日的对账结果", roles=HOTLINE | ON_LINE,
        answer=feeds.Reconciliation, query=PAGE, patterns={"date": feeds.DATE}),
)  # fmt: skip

ENDPOINTS: Final[tuple[Endpoint, ...]] = (*LINES, *EXTERNAL_IDS, *FEEDS)
