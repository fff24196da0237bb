"""A QR code as a picture inside the page: nothing is stored, and nothing is fetched."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from reportlab.graphics.barcode.qr import QrCodeWidget

# Modules of white around it, which readers look for; also on a dark page.
QUIET = 4


def qr_svg(text: str, *, label: str) -> SafeString:
    """One path of squares on white; `label` is what a screen reader says."""
    code = QrCodeWidget(text, barLevel="M").qr
    code.make()
    squares = "".join(
        f"M{x + QUIET} {y + QUIET}h1v1h-1z"
        for y, row in enumerate(code.modules)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    return format_html(
        '<svg class="zt-qr" role="img" aria-label="{label}" viewBox="0 0 {size} {size}"'
        ' shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{size}v{size}h-{size}z"/>'
        '<path fill="#000" d="{squares}"/></svg>',
        label=label,
        size=len(code.modules) + 2 * QUIET,
        squares=squares,
    )
