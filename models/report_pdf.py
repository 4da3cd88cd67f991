"""报表 as a document to read and to print: A4, with pictures.

The text is set in STSong-Light, one of the Chinese typefaces that every reader of PDF has or replaces; nothing needs to be installed here.
"""

from io import BytesIO
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from reportlab.graphics.charts.barcharts import HorizontalBarChart
from reportlab.graphics.charts.linecharts import HorizontalLineChart
from reportlab.graphics.shapes import Drawing, String
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import CondPageBreak, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, TableStyle
from reportlab.platypus import Table as PdfTable

from models.report import Chart, Report, Section, Table, printable, written

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

_FONT: Final = "STSong-Light"
_BLUE, _GREY, _PALE = colors.HexColor("#1F4E79"), colors.HexColor("#666666"), colors.HexColor("#EEF3F8")
_COLOURS: Final = (_BLUE, colors.HexColor("#E07B39"), colors.HexColor("#4C9A6A"))
_MARGIN: Final = 18 * mm
_WIDTH: Final = A4[0] - 2 * _MARGIN
_TITLE: Final = ParagraphStyle("title", fontName=_FONT, fontSize=20, leading=28, textColor=_BLUE, alignment=TA_CENTER)
_UNDER: Final = ParagraphStyle("under", fontName=_FONT, fontSize=10, leading=16, textColor=_GREY, alignment=TA_CENTER)
_HEADING: Final = ParagraphStyle(
    "heading", fontName=_FONT, fontSize=14, leading=20, textColor=_BLUE, spaceBefore=10, spaceAfter=4
)
_WORDS: Final = ParagraphStyle("words", fontName=_FONT, fontSize=10.5, leading=17, wordWrap="CJK", firstLineIndent=21)
_CELL: Final = ParagraphStyle("cell", fontName=_FONT, fontSize=8.5, leading=12, wordWrap="CJK")
_NUMBER: Final = ParagraphStyle("number", parent=_CELL, alignment=TA_RIGHT)
_HEAD: Final = ParagraphStyle("head", parent=_CELL, textColor=colors.white, alignment=TA_CENTER)
_STYLE: Final = TableStyle(
    [
        ("BACKGROUND", (0, 0), (-1, 0), _BLUE),
        ("ROWBACKGROUNDS", (0, 1), (-1, -1), [colors.white, _PALE]),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, colors.HexColor("#BFBFBF")),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
)
_LABELS_ON_AXIS: Final = 12
_A_BAR: Final = 16
_LONGEST_LABEL: Final = 12


def paper(report: Report) -> bytes:
    """Return the report as PDF."""
    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    out = BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN,
        title=report.title,
        author="",
        lang="zh-CN",
    )
    made = f"编制时间：{report.made_at:%Y-%m-%d %H:%M}"
    story: list[Any] = [
        Paragraph(_told(report.title), _TITLE),
        Paragraph(f"统计时段：{report.period}　　{made}", _UNDER),
        Spacer(1, 4 * mm),
    ]
    for n, section in enumerate(report.sections, 1):
        story += _section(n, section)

    def footer(canvas: "Canvas", _: Any) -> None:
        canvas.setFont(_FONT, 8)
        canvas.setFillColor(_GREY)
        canvas.drawString(_MARGIN, 10 * mm, f"{report.title}　{report.period}")
        canvas.drawRightString(A4[0] - _MARGIN, 10 * mm, f"第{canvas.getPageNumber()}页")

    document.build(story, onFirstPage=footer, onLaterPages=footer)
    return out.getvalue()


def _section(n: int, section: Section) -> list[Any]:
    """A heading never stands at the foot of a page, away from its words and its picture."""
    top: list[Any] = [Paragraph(f"{n}　{_told(section.title)}", _HEADING)]
    top += [Paragraph(_told(words), _WORDS) for words in section.words]
    if section.chart is not None and section.chart.labels:
        top += [Spacer(1, 2 * mm), _picture(section.chart)]
    found: list[Any] = [CondPageBreak(45 * mm), KeepTogether(top)]
    if section.table is not None and section.table.rows:
        found += [Spacer(1, 2 * mm), _table(section.table)]
    return found


def _table(table: Table) -> PdfTable:
    styles = [_CELL if column.format == "text" else _NUMBER for column in table.columns]
    cells = [[Paragraph(_told(column.name), _HEAD) for column in table.columns]]
    for row in table.rows:
        told = zip(row, table.columns, styles, strict=True)
        cells.append([Paragraph(_told(written(value, column.format)), style) for value, column, style in told])
    whole = sum(column.width for column in table.columns)
    widths = [_WIDTH * column.width / whole for column in table.columns]
    return PdfTable(cells, colWidths=widths, repeatRows=1, style=_STYLE, hAlign="LEFT")


def _picture(chart: Chart) -> Drawing:
    height = 60 * mm if chart.kind == "line" else (len(chart.labels) * _A_BAR + 12 * mm)
    drawing = Drawing(_WIDTH, height + 8 * mm)
    drawing.add(
        String(_WIDTH / 2, height + 3 * mm, printable(chart.title), fontName=_FONT, fontSize=10, textAnchor="middle")
    )
    drawing.add(_lines(chart, height) if chart.kind == "line" else _bars(chart, height))
    if len(chart.series) > 1:
        _legend(drawing, chart, height)
    return drawing


def _legend(drawing: Drawing, chart: Chart, height: float) -> None:
    for n, (name, _) in enumerate(chart.series):
        at = n * 30 * mm
        drawing.add(String(at, height + 3 * mm, f"— {name}", fontName=_FONT, fontSize=8, fillColor=_COLOURS[n % 3]))


def _lines(chart: Chart, height: float) -> HorizontalLineChart:
    drawn = HorizontalLineChart()
    drawn.x, drawn.y, drawn.width, drawn.height = 10 * mm, 10 * mm, _WIDTH - 14 * mm, height - 12 * mm
    drawn.data = [list(values) for _, values in chart.series]
    every = max(1, -(-len(chart.labels) // _LABELS_ON_AXIS))
    drawn.categoryAxis.categoryNames = [label if n % every == 0 else "" for n, label in enumerate(chart.labels)]
    drawn.categoryAxis.labels.fontName = drawn.valueAxis.labels.fontName = _FONT
    drawn.categoryAxis.labels.fontSize = drawn.valueAxis.labels.fontSize = 8
    drawn.valueAxis.valueMin = 0
    drawn.valueAxis.visibleGrid, drawn.valueAxis.gridStrokeColor = True, colors.HexColor("#DDDDDD")
    for n in range(len(chart.series)):
        drawn.lines[n].strokeColor, drawn.lines[n].strokeWidth = _COLOURS[n % 3], 1.6
    return drawn


def _bars(chart: Chart, height: float) -> HorizontalBarChart:
    drawn = HorizontalBarChart()
    drawn.x, drawn.y, drawn.width, drawn.height = 42 * mm, 8 * mm, _WIDTH - 58 * mm, height - 10 * mm
    # The first name stands on top.
    drawn.data = [list(reversed(values)) for _, values in chart.series]
    drawn.categoryAxis.categoryNames = [_short(label) for label in reversed(chart.labels)]
    drawn.categoryAxis.labels.fontName = drawn.valueAxis.labels.fontName = drawn.barLabels.fontName = _FONT
    drawn.categoryAxis.labels.fontSize = drawn.valueAxis.labels.fontSize = drawn.barLabels.fontSize = 8
    drawn.categoryAxis.labels.boxAnchor = "e"
    drawn.categoryAxis.labels.dx = -4
    drawn.valueAxis.valueMin = 0
    drawn.barLabelFormat = "%g"
    drawn.barLabels.nudge = 10
    for n in range(len(chart.series)):
        drawn.bars[n].fillColor, drawn.bars[n].strokeColor = _COLOURS[n % 3], None
    return drawn


def _told(text: str) -> str:
    return escape(printable(text))


def _short(label: str) -> str:
    label = printable(label)
    return label if len(label) <= _LONGEST_LABEL else f"{label[: _LONGEST_LABEL - 1]}…"
