"""The medians as a small SVG that suits light and dark pages."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

WIDTH, ROW, LABEL = 640, 26, 210
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#777}.mine{fill:#2a7ae2}.other{fill:#999}"
    ".range{stroke:#777;stroke-width:1}.grid{stroke:#777;stroke-opacity:.25}"
)


def chart(title: str, rows: Sequence[tuple[str, float, float]]) -> str:
    """Bars on a logarithmic scale, one for each (label, median, worst) in milliseconds; "ours…" stands out."""
    low = math.floor(math.log10(min(median for _, median, _ in rows)))
    high = math.ceil(math.log10(max(worst for _, _, worst in rows)))
    scale = (WIDTH - LABEL - 70) / (high - low)

    def at(value: float) -> float:
        return LABEL + (math.log10(value) - low) * scale

    bottom = 40 + ROW * len(rows)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom + 44}" role="img" '
        f'aria-label="{escape(title)}"><style>{_STYLE}</style><text x="8" y="18">{escape(title)}</text>'
    ]
    for power in range(low, high + 1):
        x = at(10.0**power)
        parts.append(f'<path class="grid" d="M{x:.1f} 30V{bottom}"/>')
        parts.append(f'<text x="{x:.1f}" y="{bottom + 17}" text-anchor="middle">{10.0**power:g} ms</text>')
    for number, (label, median, worst) in enumerate(rows):
        y = 36 + ROW * number
        kind = "mine" if label.startswith("ours") else "other"
        parts.append(f'<text x="{LABEL - 8}" y="{y + 14}" text-anchor="end">{escape(label)}</text>')
        parts.append(f'<rect class="{kind}" x="{LABEL}" y="{y}" width="{at(median) - LABEL:.1f}" height="18" rx="2"/>')
        parts.append(f'<path class="range" d="M{at(median):.1f} {y + 9}H{at(worst):.1f}m0 -4v8"/>')
        parts.append(f'<text x="{at(worst) + 6:.1f}" y="{y + 14}">{median:.3g}</text>')
    if any("*" in label for label, _, _ in rows):
        parts.append(f'<text x="8" y="{bottom + 37}">* does less of the work</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"
