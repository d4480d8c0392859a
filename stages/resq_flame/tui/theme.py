"""The look: the SVG's canvas and ink, a warm accent, in both themes."""

from __future__ import annotations

from textual.theme import Theme

from resq_flame.render import palette

DARK = Theme(
    name="resq-dark",
    primary="#e0915c",
    secondary="#9aa7c7",
    accent="#e0915c",
    foreground="#dcd7cd",
    background=palette.CANVAS[palette.DARK],
    surface="#1d1f24",
    panel="#24272d",
    success="#8fb86e",
    warning="#d9b25f",
    error="#e07a6c",
    dark=True,
    variables={
        "muted": "#8b877f",
        "line": "#33363d",
        "input-selection-background": "#e0915c 35%",
        "block-cursor-background": "#3a332d",
        "block-cursor-foreground": "#f5f2ec",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#26282d",
        "footer-background": palette.CANVAS[palette.DARK],
        "footer-key-foreground": "#e0915c",
        "footer-description-foreground": "#8b877f",
        "scrollbar": "#33363d",
        "scrollbar-hover": "#4a4e57",
        "scrollbar-active": "#5b606b",
        "scrollbar-background": palette.CANVAS[palette.DARK],
        "scrollbar-background-hover": palette.CANVAS[palette.DARK],
        "scrollbar-background-active": palette.CANVAS[palette.DARK],
        "scrollbar-corner-color": palette.CANVAS[palette.DARK],
        "border": "#33363d",
        "border-blurred": "#33363d",
    },
)

LIGHT = Theme(
    name="resq-light",
    primary="#a8521c",
    secondary="#4c5d8a",
    accent="#a8521c",
    foreground=palette.INK[palette.LIGHT],
    background=palette.CANVAS[palette.LIGHT],
    surface="#f5f3ee",
    panel="#edeae3",
    success="#4d7a2b",
    warning="#8a6410",
    error="#b03a2b",
    dark=False,
    variables={
        "muted": "#77736b",
        "line": "#d9d5cc",
        "input-selection-background": "#a8521c 25%",
        "block-cursor-background": "#f3dfcf",
        "block-cursor-foreground": palette.INK[palette.LIGHT],
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#f0ede7",
        "footer-background": palette.CANVAS[palette.LIGHT],
        "footer-key-foreground": "#a8521c",
        "footer-description-foreground": "#77736b",
        "scrollbar": "#d0ccc3",
        "scrollbar-hover": "#b7b2a8",
        "scrollbar-active": "#a09b91",
        "scrollbar-background": palette.CANVAS[palette.LIGHT],
        "scrollbar-background-hover": palette.CANVAS[palette.LIGHT],
        "scrollbar-background-active": palette.CANVAS[palette.LIGHT],
        "scrollbar-corner-color": palette.CANVAS[palette.LIGHT],
        "border": "#d9d5cc",
        "border-blurred": "#d9d5cc",
    },
)
