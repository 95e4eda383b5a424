"""The report as a PDF: the same figures give the same file, to the byte."""

from __future__ import annotations

from bot.analytics.report.paper import BLUE, LEFT, ROW, SOFT, WIDE, Paper
from bot.analytics.report.parts import Bars, Block, Chapter, Paragraphs, Report, Streams
from bot.analytics.report.streams import draw
from bot.analytics.report.words import text


def as_pdf(report: Report) -> bytes:
    """Title page, contents, key figures, then chapter by chapter."""
    paper = Paper(report.language, f"{report.title} · {report.span} · {report.place}")
    paper.set_title(f"{report.title}: {report.kind}, {report.span}. {report.place}")
    paper.set_author("Comadre")
    paper.set_creation_date(report.rule.published_at)
    _front(paper, report)
    paper.add_page()
    paper.write_line(text("contents", report.language), 17, bold=True, tint=BLUE)
    paper.ln(4)
    paper.insert_toc_placeholder(lambda _, outline: paper.contents(outline))
    _keys(paper, report)
    for chapter in report.chapters:
        _chapter(paper, chapter)
    return bytes(paper.output())


def _front(paper: Paper, report: Report) -> None:
    paper.add_page()
    paper.set_fill_color(*BLUE)
    paper.rect(0, 0, paper.w, 60, style="F")
    paper.set_y(24)
    paper.write_line("Comadre", 20, bold=True, tint=(255, 255, 255))
    paper.write_line(text("countries_of", report.language), 11, tint=(255, 255, 255))
    paper.set_y(92)
    paper.write_line(report.title, 30, bold=True, tint=BLUE)
    paper.ln(8)
    paper.write_line(report.kind, 18)
    paper.ln(2)
    paper.write_line(report.span, 18)
    paper.ln(2)
    paper.write_line(report.place, 18, bold=True)
    paper.set_y(205)
    for each in report.front:
        paper.write_line(each, 10.5, tint=SOFT)
        paper.ln(2.5)


def _keys(paper: Paper, report: Report) -> None:
    paper.chapter(text("key", report.language))
    paper.ln(3)
    for each in report.keys:
        y = paper.get_y()
        paper.pen(20, bold=True, tint=BLUE)
        paper.cell(44, 11, each.number, align="R")
        paper.pen(11)
        paper.set_xy(LEFT + 50, y + 2.6)
        paper.multi_cell(WIDE - 50, 5.6, each.words, align="L", new_x="LMARGIN", new_y="NEXT")
        paper.set_y(max(paper.get_y(), y + 11) + 4.5)
    paper.ln(6)
    rule = report.rule
    reading = text("reading", report.language, threshold=rule.threshold, step=rule.step)
    paper.write_line(reading, 10, tint=SOFT)


def _chapter(paper: Paper, chapter: Chapter) -> None:
    if chapter.on_new_page:
        paper.add_page()
    else:
        paper.ln(8)
    paper.chapter(chapter.title)
    if chapter.lead:
        paper.write_line(chapter.lead, 10.5)
        paper.ln(4)
    for block in chapter.blocks:
        _block(paper, block)


def _block(paper: Paper, block: Block) -> None:
    if isinstance(block, Paragraphs):
        for each in block.texts:
            paper.write_line(each, 10.5)
            paper.ln(3)
        return
    if isinstance(block, Streams):
        draw(paper, block.flows)
        return
    if isinstance(block, Bars):
        paper.heading(block.title, len(block.lines) * ROW + 6 * bool(block.note))
        if block.note:
            paper.write_line(block.note, 9, tint=SOFT)
            paper.ln(2)
        paper.bars(block.lines)
    else:
        paper.heading(block.title, (len(block.rows) + 1) * ROW + 8)
        paper.grid(block.corner, block.columns, block.rows)
        if block.legend:
            paper.write_line(block.legend, 7.5, tint=SOFT)
        paper.ln(4)
