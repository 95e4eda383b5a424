"""The Sankey diagram of origins and countries on paper, as the page draws it."""

from __future__ import annotations

from bot.analytics.flows import Flows, Node, Ribbon
from bot.analytics.report.paper import LEFT, WIDE, Paper, colour

FROM, TO, BAR = 62.0, 116.0, 3.0  # from the left margin: where streams start and end; a bar's width
MOST_HIGH = 120.0


def draw(paper: Paper, found: Flows) -> None:
    """The whole drawing, below what stands on the page."""
    scale = MOST_HIGH / max(found.high, 1)
    if paper.will_page_break(MOST_HIGH):
        paper.add_page()
    top = paper.get_y() + 2
    for each in found.ribbons:
        _stream(paper, each, top, scale)
    for node in found.origins:
        _end(paper, node, top, scale, left=True)
    for node in found.countries:
        _end(paper, node, top, scale, left=False)
    paper.set_xy(LEFT, top + MOST_HIGH + 4)


def _stream(paper: Paper, each: Ribbon, top: float, scale: float) -> None:
    start, end, high = top + each.start_y * scale, top + each.end_y * scale, each.high * scale
    left, right = LEFT + FROM, LEFT + TO
    middle = (left + right) / 2
    with paper.new_path() as path:
        path.style.fill_color = each.origin.colour
        path.style.fill_opacity = 0.6
        path.style.stroke_color = None
        path.move_to(left, start)
        path.curve_to(middle, start, middle, end, right, end)
        path.line_to(right, end + high)
        path.curve_to(middle, end + high, middle, start + high, left, start + high)
        path.close()


def _end(paper: Paper, node: Node, top: float, scale: float, *, left: bool) -> None:
    y, high = top + node.y * scale, max(node.high * scale, 0.3)
    x = LEFT + (FROM - BAR if left else TO)
    paper.set_fill_color(*colour(node.colour))
    paper.rect(x, y, BAR, high, style="F")
    paper.pen(8.5)
    words = f"{node.name}  {node.told}"
    wide = FROM - BAR - 2 if left else WIDE - TO - BAR - 2
    paper.set_xy(LEFT if left else x + BAR + 1, y + max(high, 3) / 2 - 2.5)
    paper.cell(wide, 5, paper.fitted(words, wide), align="R" if left else "L")
